"""What figures draw of runs of unequal length."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.papers.critical_batch.figures import (
    conditional,
    courses,
    estimates,
    laws,
    noise,
)
from saigen.papers.critical_batch.figures.names import COLOURS, LAW, LINE, mean_of_all


def test_a_mean_ends_where_the_first_seed_does():
    part = pd.DataFrame(
        {"seed": [0, 0, 0, 1, 1], "step": [10, 20, 30, 10, 20], "value": [1.0, 2.0, 9.0, 3.0, 4.0]}
    )
    assert mean_of_all(part, "value", 2).to_dict() == {10: 2.0, 20: 3.0}
    # An undefined value is missing, not left out of a mean.
    part.loc[1, "value"] = np.nan
    assert mean_of_all(part, "value", 2).to_dict() == {10: 2.0}
    # A third seed that diverged before any look.
    assert mean_of_all(part, "value", 3).empty


def test_courses_and_noise_draw_what_all_seeds_have():
    """And courses each seed as well, thin, to its own end."""
    labels = {"model": "dcgan", "setting": "adam", "reading": "fixed", "batch_size": 8}
    looks = [(seed, step) for seed, last in ((0, 50), (1, 30)) for step in range(10, last + 1, 10)]
    table = pd.DataFrame(looks, columns=["seed", "step"]).assign(distance=2.0, **labels)
    aims = pd.DataFrame([{**labels, "aim": "target", "value": 1.0}])
    figure = courses({"courses": table, "targets": aims}, [])
    assert figure.axes[0].get_legend()
    for axis, times in zip(figure.axes, (1, 8), strict=True):
        thin = [line for line in axis.lines if line.get_linewidth() < 1.0]
        ends = [max(line.get_xdata()) for line in thin]
        assert ends == [50 * times, 30 * times]
        (mean,) = [line for line in axis.lines if line.get_label() == "b = 8"]
        assert list(mean.get_xdata()) == [10 * times, 20 * times, 30 * times]
    assert [text.get_text() for text in figure.axes[1].texts] == ["target: 1"]
    quantities = dict.fromkeys(("variance", "noise_scale", "least", "median"), 1.0)
    table = table.assign(optimiser="adam", network="generator", **quantities)
    figure = noise({"gradient_noise": table}, [])
    assert list(figure.axes[0].lines[0].get_xdata()) == [10, 20, 30]
    plt.close("all")


#: No row of `fits`: what is drawn of the runs alone is looked at.
NONE = pd.DataFrame(columns=["model", "setting", "reading", "aim", "place"])


def sweep(model, cost, sizes=(8, 16, 32)):
    """Rows of `crossings` of one seed with cost N b = cost(size)."""
    keys = {"model": model, "setting": "adam", "reading": "fixed", "aim": "target", "seed": 0}
    return pd.DataFrame(
        [
            {**keys, "batch_size": size, "steps": cost(size) / size, "sfo": cost(size),
             "censored": False, "last_step": 1e4, "bound": np.nan, "target": 1.0} for size in sizes
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        # Less than a decade, with one power of ten or none; less than a factor of 2; two powers.
        (lambda size: 15_000.0 * size, ["150,000", "200,000", "300,000"]),
        (lambda size: 8_000.0 * size, ["70,000", "100,000", "150,000", "200,000"]),
        (lambda size: 7_000.0 * size**0.3, ["14,000", "16,000", "18,000"]),
        (lambda size: 100.0 * size**2, ["$\\mathdefault{10^{4}}$", "$\\mathdefault{10^{5}}$"]),
    ],
)
def test_costs_are_numbered_where_few_powers_of_ten_are_in_sight(cost, told):
    figure = conditional({"crossings": sweep("conditional", cost), "fits": NONE}, [])
    axis = figure.axes[1]
    figure.draw_without_rendering()
    low, high = axis.get_ylim()
    ticks = [tick for tick in axis.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert set(told) <= {tick.label1.get_text() for tick in ticks}
    plt.close("all")


def test_the_line_of_least_squares_has_a_colour_and_a_name_of_its_own():
    runs = pd.concat([sweep(model, lambda size: 100.0 * size) for model in ("dcgan", "wgan_gp")])
    fits = runs.drop_duplicates("model").assign(
        law_floor=100.0, law_critical=8.0, noise_floor=100.0, noise_scale=8.0, line_floor=100.0,
        line_critical=6.0,
    )  # fmt: skip
    figure = laws({"crossings": runs, "fits": fits}, [])
    legend = figure.axes[1].get_legend()
    assert legend
    lines = zip(legend.get_texts(), legend.get_lines(), strict=True)
    named = {text.get_text(): line.get_color() for text, line in lines}
    assert named["law: N = a b / (b − β)"] == LAW != LINE
    assert named["E1: least squares on 1/N"] == LINE == figure.axes[1].lines[-1].get_color()
    plt.close("all")


def test_an_estimate_that_one_size_makes_is_hollow():
    keys = {"model": "dcgan", "reading": "fixed", "aim": "target"}
    fits = pd.DataFrame(
        [
            {**keys, "setting": setting, "seed": seed, "line_critical": 4.0, "line_rest": rest}
            for setting, seed, rest in (("adam", 0, 4.1), ("adam", 1, 8.0), ("rmsprop", 0, np.nan))
        ]
    )
    # Another target's line is not the one that is drawn.
    fits = pd.concat([fits, fits.assign(aim="stricter", line_rest=8.0)])
    rows = [("adam", 0), ("adam", 1), ("rmsprop", 5)]
    values = dict.fromkeys(("measured", "E1", "E2_median", "E2_least", "E3"), 4.0)
    table = pd.DataFrame(
        [
            {"optimiser": optimiser, "network": network, "seed": seed, **values}
            for network in ("discriminator", "generator")
            for optimiser, seed in rows
        ]
    )
    figure = estimates({"estimates": table, "fits": fits}, [])
    hollow = [line for line in figure.axes[0].lines if line.get_fillstyle() == "none"]
    points = [(line.get_color(), round(x)) for line in hollow for x in line.get_xdata()]
    assert points == [(COLOURS["adam"], 1), (COLOURS["rmsprop"], 1)]
    full = [line for line in figure.axes[0].lines if line.get_fillstyle() == "full"]
    assert sum(len(line.get_xdata()) for line in full + hollow) == 15
    legend = figure.axes[0].get_legend()
    assert legend
    told = [text.get_text() for text in legend.get_texts()]
    assert told == ["Adam", "AdaBelief", "RMSProp"]
    plt.close("all")
