"""What all figures share."""

import subprocess
import sys

import numpy as np
import pytest
import seaborn as sns
from matplotlib import pyplot as plt

from saigen.errors import SaigenError
from saigen.figures import COLOURBLIND, build_figure, numbered
from saigen.paper import Figure
from saigen.records import Record


def test_the_palette_is_seaborns():
    assert list(COLOURBLIND) == [c.lower() for c in sns.color_palette("colorblind", 10).as_hex()]


@pytest.mark.parametrize(
    "low, high, told",
    [
        (0.9, 1.25, "0.9 1 1.1 1.2"),
        (0.65, 1.8, "0.7 1 1.5"),
        (1.5e5, 1.4e6, "150,000 200,000 300,000 500,000 700,000 1,000,000"),
        (4.0, 45.0, "5 7 10 15 20 30"),
    ],
)
def test_a_log_axis_is_numbered_within_decades_where_few_are_in_sight(low, high, told):
    figure, axis = plt.subplots()
    axis.set(yscale="log", ylim=(low, high))
    numbered(axis.yaxis)
    figure.draw_without_rendering()
    shown = [
        label.get_text()
        for label in axis.get_yticklabels(which="both")
        if low <= label.get_position()[1] <= high and label.get_text()
    ]
    assert shown == told.split()
    plt.close(figure)


def test_a_log_axis_with_two_powers_of_ten_keeps_its_powers_of_ten():
    figure, axis = plt.subplots()
    axis.set(yscale="log", ylim=(0.9, 11.0))
    figure.draw_without_rendering()
    before = [label.get_text() for label in axis.get_yticklabels()]
    numbered(axis.yaxis)
    figure.draw_without_rendering()
    assert [label.get_text() for label in axis.get_yticklabels()] == before
    plt.close(figure)


def test_drawing_waits_for_no_library_that_it_does_not_use():
    code = "import sys, saigen.papers.gumbel_softmax.figures; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"tensorflow", "seaborn", "scipy.stats"} & set(done.stdout.split())


@pytest.fixture
def draw(toy_paper, monkeypatch, tmp_path):
    """Draw a figure that shows samples of two experiments, from runs as they are given."""
    entry = Figure(caption="", samples=["toy", "other"])
    paper = toy_paper({"other": {}}).model_copy(update={"figures": {"pics": entry}})
    monkeypatch.setattr("saigen.figures.function_of", lambda *_: lambda *_: plt.figure())
    monkeypatch.setattr("saigen.figures.fingerprint", lambda module: "c")

    def of(*runs):
        """Runs are (experiment, status, whether it has samples)."""
        records = []
        for number, (experiment, status, has) in enumerate(runs):
            folder = tmp_path / experiment / f"seed{number}"
            folder.mkdir(parents=True)
            facts = {"experiment": experiment, "variant": "only", "seed": number, "status": status}
            records.append(
                Record(folder, facts | {"params": {}, "datasets": {"digits": ""}, "stamps": []})
            )
            if has:
                np.savez(folder / "samples.npz", images=np.zeros(2))
        build_figure(paper, "pics", "smoke", {}, records, tmp_path / "pics.svg")
        return (tmp_path / "pics.svg").is_file()

    return of


@pytest.mark.parametrize(
    "other", [[("other", "diverged", False)], [("other", "finished", has) for has in (False, True)]]
)
def test_a_figure_of_samples_may_lack_those_of_some_runs_and_of_the_diverged(draw, other):
    assert draw(("toy", "finished", True), *other)


def test_a_figure_whose_samples_are_gone_is_not_drawn_blank(draw, tmp_path):
    gone = [
        ("other", "finished", False),
        ("other", "diverged", False),
        ("other", "finished", False),
    ]
    with pytest.raises(SaigenError) as caught:
        draw(("toy", "finished", True), *gone)
    told = str(caught.value)
    assert told.startswith(f"{tmp_path}/other/seed1/samples.npz: is not there, nor is that of any ")
    assert (
        "of the 2 runs of other that ended, which figure `pics` shows; delete the folders" in told
    )
    assert "`saigen restore --scale smoke --papers toy` puts kept runs back" in told
    assert not (tmp_path / "pics.svg").exists()
