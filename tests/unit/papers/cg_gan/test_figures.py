"""Figures of conjugate gradients: what lies on one spot is still to be seen."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
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


def published_bests():
    """Return the published rows of gradient descent, momentum and one rule."""
    rows = [("sgd", 25, 30.3, 41.1, 8.1, np.nan), ("momentum9", 25, 34.4, 82.15, 51.82, np.nan),
            ("prp", 75, 28.9, 34.5, 2.0, 33.2)]  # fmt: skip
    columns = ["optimiser", "trials", "top1", "top10", "sd", "if_inert"]
    return pd.DataFrame(rows, columns=columns).assign(schedule="constant")


def test_published_intervals_that_are_cut_are_told_and_crosses_lie_beside_means():
    ours = pd.DataFrame([{"optimiser": rule, "trials": 27, "sgd_trials": 9, "k": 4, "sgd": 1.5,
                          "as_published": 0.6, "equal_trials": 1.2, "inert": 1.5}
                         for rule in ("fr", "prp")])  # fmt: skip
    tables = {"published_bests": published_bests(), "selection": ours}
    left, right = figures.top10(tables, ()).axes
    assert [text.get_text() for text in left.texts] == ["82.2 ± 51.8 →"]
    crosses = next(line for line in left.lines if line.get_marker() == "x")
    assert crosses.get_ydata()[-1] == pytest.approx(2.3)
    assert "k = 4" in right.get_title() and "9" in right.get_title()
    rules = [label.get_text() for label in right.get_yticklabels()]
    assert rules == ["CG: FR (27)", "CG: PRP (27)"]
    assert right.yaxis_inverted()


def test_forms_are_named_by_what_they_do_to_the_same_bytes():
    table = pd.DataFrame([{"optimiser": "prp", "form": form, "frechet": 1.0 + seed}
                          for form in figures.FORMS for seed in range(3)])  # fmt: skip
    axes = [figures.forms({"forms": table}, ()).axes[0] for _ in range(2)]
    _, words = axes[0].get_legend_handles_labels()
    assert words == [*figures.FORMS.values()] and "unbounded" not in words
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["PRP"]
    first, second = (np.concatenate([d.get_offsets() for d in a.collections]) for a in axes)
    np.testing.assert_array_equal(first, second)


def test_distances_within_a_power_of_ten_have_plain_numbers_on_the_axis():
    row = {"data": "clothes", "optimiser": "hz"}
    grid = pd.DataFrame([{**row, "frechet": distance} for distance in (2.6130, 2.6131, 2.6132)])
    bests = pd.DataFrame([{**row, "best_k": 2.613}])
    figure = figures.grids({"grid": grid, "bests": bests}, ())
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels(which="both")]
    assert "2.6131" in labels and not any("10" in label for label in labels)
