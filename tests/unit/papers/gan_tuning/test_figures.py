"""Figures of the tuning guide: what is drawn of runs that diverged."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from saigen.papers.gan_tuning import figures


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
    assert [counts_in(axis) for axis in figure.axes[:3]] == [["1"]] * 3
