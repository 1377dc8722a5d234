"""Figures of conjugate gradients: what lies on one spot is still to be seen."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from saigen.papers.cg_gan import figures
from saigen.papers.cg_gan.names import METHODS
from saigen.records import Record


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def record(folder, method):
    """Return a run of the toy game that goes from (2, −4) to (1, −3.9) in every panel."""
    folder.mkdir()
    path = np.linspace((2.0, -4.0), (1.0, -3.9), 5)[:, np.newaxis].repeat(16, axis=1)
    np.savez(folder / "samples.npz", path=path)
    return Record(folder, {"params": {"method": method, "gradients": "correct"}})


def test_toy_paths_that_coincide_end_in_marks_of_their_own(tmp_path):
    figure = figures.toy({}, [record(tmp_path / method, method) for method in METHODS])
    corner = figure.axes[0]
    paths = [line for line in corner.lines if len(line.get_xdata()) == 5]
    assert {tuple(line.get_markevery()) for line in paths} == {(-1,)}
    marks = {(line.get_marker(), line.get_markersize()) for line in paths}
    assert len(marks) == len(METHODS)
    low, high = corner.get_ylim()
    assert high - low < 6.0 and low < -4.0 and high > 0.0
