"""Figures on planted tables: a mean is of all seeds or there is none."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.papers.resnet20 import figures
from saigen.papers.resnet20.figures.courses import PROTOCOLS
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


def grey(axis):
    """The last pass of every grey line."""
    return [line.get_xdata()[-1] for line in axis.lines if line.get_color() == "0.65"]


def test_the_log_stands_behind_as_far_as_ours_goes():
    ends = {}
    for epochs in (10, 20):
        curves = run([1.0] * epochs, experiment="he")
        running, error, evaluated, *_ = figures.he({"curves": curves}, []).axes
        assert len(grey(running)) == 3 and not grey(error) and not grey(evaluated)
        ends[epochs] = max(grey(running))
    assert ends[10] <= 10.0 < ends[20] <= 20.0


def test_the_log_stands_behind_the_protocols_that_are_its_own():
    names = list(PROTOCOLS)
    curves = pd.concat(run([1.0] * 5, experiment="protocols").assign(variant=n) for n in names)
    axes = np.reshape(figures.protocols({"curves": curves}, []).axes, (2, len(names)))
    behind = {name: len(grey(axis)) for name, axis in zip(names, axes[0], strict=True)}
    assert behind == {**dict.fromkeys(names, 0), "log_sgd": 1, "log_adam": 1}
    assert all(axis.get_title() for axis in axes[0])
    named = {"he_2016": "Momentum", "keras_adam": "Adam", "log_sgd": "Momentum", "log_adam": "Adam"}
    for name, optimiser in named.items():
        assert axes[0, names.index(name)].get_title().endswith(optimiser)


def test_one_look_at_a_protocol_leaves_few_ticks_from_0_on():
    """As at standard: an axis of thousandths of an epoch had its numbers over each other."""
    curves = pd.concat(
        run([1.0], experiment="protocols").assign(variant=name, epoch=0.128) for name in PROTOCOLS
    )
    axes = figures.protocols({"curves": curves}, []).axes
    for axis in axes:
        low, high = axis.get_xlim()
        assert low == 0.0 and high < 0.3
        assert len([tick for tick in axis.get_xticks() if low <= tick <= high]) <= 5


def test_small_and_falling_rates_have_a_panel_each():
    curves = pd.concat(
        run([level, level / 2], seed, experiment).assign(variant=variant)
        for experiment, variants in (
            ("small_rates", ("momentum", "sgd", "sgd_same")),
            ("diminishing", ("adam-inverse_root0.0", "adam-inverse_root1.0")),
        )
        for level, variant in enumerate(variants, 1)
        for seed in (0, 1)
    )
    small, falling = figures.constant_rates({"curves": curves}, []).axes
    ends = {name: points[-1][1] for name, points in means(small).items()}
    assert ends == {"Momentum 0.9 at α": 0.5, "SGD at 10 α": 1.0, "SGD at α": 1.5}
    assert list(means(falling)) == ["Adam, constant", "Adam, falling"]


def test_lines_of_several_seeds_are_drawn():
    seeds = [run([1.0 + seed], seed, "lab_short") for seed in (0, 1)]
    (axis,) = figures.short({"curves": pd.concat(seeds)}, []).axes
    assert means(axis) == {"Adam": [(1.0, 1.5)]}


@pytest.mark.parametrize("seeds", [1, 2])
def test_sensitivity_has_a_dot_a_seed_and_rings_the_best_mean(seeds):
    rows = [
        ("adam", rate, loss, " ".join(f"{loss + apart}" for apart in (0.25, -0.25)[:seeds]),
         diverged, loss == 0.5)
        for rate, loss, diverged in ((0.1, 2.0, 0), (1.0, 0.5, 0), (10.0, 1.0, 1))
    ]  # fmt: skip
    names = ["optimiser", "multiplier", "mean", "values", "diverged", "chosen"]
    table = pd.DataFrame(rows, columns=names)
    if seeds == 1:  # as it is read from its file
        table["values"] = table["values"].astype(float)
    (axis,) = figures.sensitivity({"sensitivity": table}, []).axes
    assert means(axis) == {"Adam": [(0.1, 2.0), (1.0, 0.5)]}
    dots = [line for line in axis.lines if line.get_marker() == "."]
    found = [(x, y) for dot in dots for x, y in zip(*dot.get_data(), strict=True)]
    both = [(0.1, 2.25), (0.1, 1.75), (1.0, 0.75), (1.0, 0.25)]
    assert found == (both if seeds == 2 else both[::2])
    assert axis.collections[0].get_offsets().tolist() == [[1.0, 0.5]]


def test_augmentation_is_shown_as_far_as_all_seeds_came():
    plain = [run([1.0, 0.5], experiment="plain"), run([3.0, np.nan], 1, experiment="plain")]
    figure = figures.augmentation({"curves": pd.concat([*plain, run([1.0, 0.4])])}, [])
    solid, *seeds, dashed = [line for line in figure.axes[0].lines if len(line.get_xdata())]
    assert list(solid.get_ydata()) == [1.0, 0.4]
    assert list(dashed.get_ydata()) == [2.0]
    # Seeds are thin, in the style of their mean, and go to their own ends.
    assert [line.get_ydata()[0] for line in seeds] == [1.0, 3.0]
    assert seeds[0].get_ydata()[-1] == 0.5 and np.isnan(seeds[1].get_ydata()[-1])
    assert all(line.get_linewidth() < 0.5 and line.get_linestyle() == "--" for line in seeds)
    told = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert told == ["Adam", "augmented", "plain"]


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
    assert figure.axes[0].get_title() == "3 epochs, 2 seeds"
    assert list(line.get_xdata()) == [0.8, 1.5]
    assert list(line.get_ydata()) == [2.5, 1.0]
    assert mark.get_marker() == "^"
