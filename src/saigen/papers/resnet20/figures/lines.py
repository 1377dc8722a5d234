"""Curves of losses and errors along the epochs, and the log that was published of them."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from saigen.figures import PUBLISHED
from saigen.paper import load_paper
from saigen.papers.resnet20.figures.names import COLOURS, STYLES
from saigen.papers.resnet20.optimisers import NAMES
from saigen.published import published

#: Passes over CIFAR-10's training images in what the AdaHessian authors' log calls an epoch.
LOG_PASSES = 200 * 256 / 50_000
LOG_STYLES = {"sgd": "-", "adam": "--", "adahessian": ":"}


def every_optimiser(axis: Axes, rows: pd.DataFrame, experiment: str, metric: str) -> None:
    """Draw every optimiser of an experiment."""
    rows = rows[rows["experiment"] == experiment]
    for optimiser in NAMES:
        part = rows[rows["optimiser"] == optimiser]
        if not part.empty:
            draw_line(axis, part, metric, COLOURS[optimiser], NAMES[optimiser], STYLES[optimiser])
    axis.set(yscale="log", xlabel="epoch")


def draw_line(
    axis: Axes,
    rows: pd.DataFrame,
    metric: str,
    colour: str,
    label: str | None,
    style: str | tuple = "-",
    marker: str = "",
) -> None:
    """Draw the mean over seeds, as far as all came, and the seeds thin where there are several."""
    wide = by_seed(rows, metric)
    if wide.shape[1] > 1:
        axis.plot(wide.index, wide, color=colour, lw=0.4, ls=style, alpha=0.5)
    means = wide.dropna().mean(axis=1)
    axis.plot(means.index, means, color=colour, lw=1.2, ls=style, label=label, marker=marker)


def by_seed(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return [epoch, seed] of one optimiser, empty where a seed was lost before.

    A mean of those that came through would be of the lucky ones.
    """
    wide = rows.dropna(subset=[metric, "epoch"]).pivot(index="epoch", columns="seed", values=metric)
    return wide.reindex(columns=rows["seed"].unique())


def adahessian_log() -> pd.DataFrame:
    """Return the AdaHessian authors' log, with passes over the images and test errors (%)."""
    log = published(load_paper("resnet20"))["adahessian_log"]
    test_error = 100.0 * (1.0 - log["test_accuracy"])
    return log.assign(**{"pass": log["epoch"] * LOG_PASSES, "test_error": test_error})


def draw_log(
    axis: Axes, log: pd.DataFrame, metric: str, end: float, styles: Mapping[str, str]
) -> None:
    """Draw the log in grey, where it has a metric, as far as a number of passes."""
    if metric not in ("loss", "test_error"):
        return
    log = log[log["pass"] <= end]
    for optimiser, style in styles.items():
        part = log[log["optimiser"] == optimiser]
        alone = "." if len(part) == 1 else ""  # one epoch makes no line
        axis.plot(part["pass"], part[metric], ls=style, marker=alone, **PUBLISHED)
