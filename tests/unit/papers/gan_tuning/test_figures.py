"""Figures of the tuning guide: runs that diverged, and what an axis alone would not show."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from saigen.papers.gan_tuning import figures
from saigen.papers.gan_tuning.names import FAULTS


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def cells(column, levels):
    """Return two runs a level; the second of the last level diverged."""
    table = pd.DataFrame([{column: level, "seed": seed} for level in levels for seed in range(2)])
    table = table.assign(frechet=2.0, accuracy=0.7, frechet_floor=0.1, status="finished")
    table.loc[table.index[-1], ["frechet", "status"]] = np.nan, "diverged"
    return table


def counts_in(axis):
    return [text.get_text() for text in axis.texts]


def test_a_level_with_a_diverged_run_has_a_cross_and_no_mean():
    columns = {
        "batches": "batch_size", "equal_images": "in_steps", "rates": "learning_rate",
        "d_dropout": "d_dropout", "g_dropout": "g_dropout", "d_widths": "d_width",
    }  # fmt: skip
    tables = {name: cells(column, (1.0, 2.0, 4.0)) for name, column in columns.items()}
    figure = figures.settings(tables, ())
    _, means, *_ = figure.axes[0].lines
    assert means.get_xdata().tolist() == [1.0, 2.0, 4.0]
    assert np.isnan(means.get_ydata()[-1]) and means.get_ydata()[0] == 2.0
    assert counts_in(figure.axes[0]) == ["1"]


def test_ways_of_weakening_with_a_diverged_run_have_a_cross():
    names = {"weakened": ("strong", "w1"), "rate_ratios": ("1:1", "4:1"),
             "batch_norm": ("apart_batch", "no_norm")}  # fmt: skip
    figure = figures.balance({name: cells("name", levels) for name, levels in names.items()}, ())
    assert [counts_in(axis) for axis in figure.axes[:3]] == [["1", "0.700", "–"]] * 3


def log(experiment, what, **columns):
    return pd.DataFrame({"step": [100, 200], **columns}).assign(
        experiment=experiment, what=what, seed=0
    )


def test_a_log_has_accuracy_on_an_axis_of_its_own_and_says_where_cut_losses_end():
    ends = {"strong": [5.0, 14.3], "saturating": [-0.6, -1.5], "idle_generator": [9.0, np.nan]}
    table = pd.concat(
        log("faults", fault, d_loss=[0.6, 0.6], g_loss=ends.get(fault, [9.0, 0.9]),
            accuracy=[0.5, 0.9])
        for fault in FAULTS
    )  # fmt: skip
    figure = figures.logs({"logs": table}, ())
    losses = {axis.get_title(): counts_in(axis) for axis in figure.axes if axis.get_title()}
    told = {fault: losses[words] for fault, words in FAULTS.items() if losses[words]}
    assert told == {
        "strong": ["G ends at 14.3"],
        "saturating": ["G ends at -1.5"],
        "idle_generator": ["G ends at 9.0"],
    }
    strips = [axis for axis in figure.axes if not axis.get_title()]
    assert [axis.get_ylim() for axis in strips] == [(0.0, 1.05)] * len(FAULTS)


def test_the_profile_says_which_lines_are_ours_outside_the_panels():
    columns = {"d_loss": [0.6, 0.6], "g_loss": [0.9, 0.9], "accuracy": [0.7, 0.7]}
    table = pd.concat([log(name, "healthy", **columns) for name in ("article", "profile")])
    figure = figures.profile({"logs": table}, ())
    (legend,) = figure.legends
    words = [text.get_text() for text in legend.get_texts()]
    assert words[:2] == ["ours: loss of D", "article: loss of D"] and len(words) == 6
