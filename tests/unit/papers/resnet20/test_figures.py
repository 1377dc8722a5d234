"""Figures on planted tables: a mean is of all seeds or there is none."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.papers.resnet20 import figures
from saigen.papers.resnet20.h1 import under_h1

METRICS = ["loss", "error", "train_loss", "test_loss", "test_error"]


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def run(losses, seed=0, experiment="lab", optimiser="adam", status="finished"):
    """Rows of `curves`: each metric is the loss given, an epoch each."""
    rows = pd.DataFrame({"epoch": np.arange(1.0, len(losses) + 1), "seed": seed})
    labels = {"experiment": experiment, "optimiser": optimiser, "status": status}
    return rows.assign(**labels, step=rows["epoch"] * 390, **dict.fromkeys(METRICS, losses))


def means(axis):
    """The points of the lines that are means over seeds, which have a name."""
    return {
        line.get_label(): list(zip(*line.get_data(), strict=True))
        for line in axis.lines
        if not line.get_label().startswith("_")
    }


def test_curves_are_means_of_all_seeds_as_far_as_all_came():
    lost = run([3.0, np.nan, np.nan], seed=1, status="diverged")
    never = run([np.nan], seed=0, optimiser="sgd", status="diverged")
    curves = pd.concat([run([1.0, 0.5, 0.2]), lost, never, run([1.0], 1, optimiser="sgd")])
    axes = figures.lab({"curves": curves}, []).axes
    assert len(axes) == len(METRICS)
    for axis in axes:
        assert means(axis) == {"Adam": [(1.0, 2.0)], "SGD": []}


def test_training_error_has_a_panel():
    axes = figures.lab({"curves": run([1.0])}, []).axes
    assert any(axis.get_ylabel().startswith("training error") for axis in axes)


def test_augmentation_is_shown_as_far_as_all_seeds_came():
    plain = [run([1.0, 0.5], experiment="plain"), run([3.0, np.nan], 1, experiment="plain")]
    figure = figures.augmentation({"curves": pd.concat([*plain, run([1.0, 0.4])])}, [])
    solid, dashed = figure.axes[0].lines
    assert list(solid.get_ydata()) == [1.0, 0.4]
    assert list(dashed.get_ydata()) == [2.0]


def test_a_run_lost_under_h1_before_the_step_has_a_row_without_numbers():
    curves = pd.concat([run([1.0, 0.5]), run([9.0], 1, status="diverged")])
    short = run([1.0], 2, experiment="lab_short")
    found = under_h1(pd.concat([curves, short]), 780).set_index("seed")["loss"]
    # That `lab_short` ended before is not that its runs were lost.
    assert list(found.index) == [0, 1]
    assert found[0] == 0.5 and np.isnan(found[1])


def test_optimisers_that_a_seed_was_lost_with_have_no_mark():
    curves = [run([1.0, 0.5], seed, optimiser=name) for seed in (0, 1) for name in ("adam", "sgd")]
    curves[-1] = run([1.0], 1, optimiser="sgd", status="diverged")
    final = pd.concat(
        run([1.0, level], seed, "rate_tables", name, status).tail(1).assign(table="h3")
        for name, seed, level, status in (
            ("sgd", 0, 2.0, "finished"),
            ("sgd", 1, 4.0, "finished"),
            ("adam", 0, 1.0, "finished"),
            ("adam", 1, np.nan, "diverged"),
        )
    )
    (axis,) = figures.rate_tables({"curves": pd.concat(curves), "final": final}, []).axes
    heights = {dots.get_label(): dots.get_offsets()[:, 1] for dots in axis.collections}
    assert [np.ma.compressed(np.ma.masked_invalid(y)) for y in heights.values()] == [[0.5], [3.0]]
    assert list(heights) == ["H1", "H3"]


def test_a_target_that_a_seed_missed_is_marked_and_not_averaged():
    rows = [
        (experiment, "adam", seed, target, epochs, 3.0)
        for experiment in ("lab", "lab_short")
        for target, both in ((1.5, (1.0, 1.0)), (0.8, (2.0, 3.0)), (0.6, (3.0, np.nan)))
        for seed, epochs in enumerate(both)
    ]
    names = ["experiment", "optimiser", "seed", "target", "epochs", "trained"]
    figure = figures.targets({"time_to_target": pd.DataFrame(rows, columns=names)}, [])
    line, mark = figure.axes[0].lines
    assert list(line.get_xdata()) == [0.8, 1.5]
    assert list(line.get_ydata()) == [2.5, 1.0]
    assert mark.get_marker() == "^"
