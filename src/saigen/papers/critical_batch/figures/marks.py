"""Marks of the cheapest batch size: of medians over seeds on the curves, and of b* below them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from saigen.papers.critical_batch.figures.names import COLOURS
from saigen.papers.critical_batch.fits import WITHIN

#: Factor of the batch size that sets triangles at one size apart.
_APART = 2.0**0.3


def mark_least(
    axis: Axes, table: pd.DataFrame, fits: pd.DataFrame, settings: Sequence[str]
) -> None:
    """Mark the least median cost of each setting by a triangle.

    It is full where it and the least of every seed lie within the grid. A run without an N counts
    as costlier than any. Triangles at one size stand a little apart, in the order of the settings.

    Args:
      axis: with batch sizes below.
      table: rows of `crossings` of one model, reading and target.
      fits: those of `fits`.
      settings: those to mark.
    """
    least = {}
    for setting in settings:
        part = table[table["setting"] == setting]
        medians = part["sfo"].fillna(np.inf).groupby(part["batch_size"]).median()
        if np.isfinite(medians).any():
            least[setting] = (medians.idxmin(), medians.min())
    for setting, (size, cost) in least.items():
        here = [other for other, (its_size, _) in least.items() if its_size == size]
        shift = _APART ** (here.index(setting) - (len(here) - 1) / 2)
        seeds = fits.loc[fits["setting"] == setting, "place"]
        part = table[table["setting"] == setting]
        within = lies_within(part, size, cost) and bool((seeds == WITHIN).all())
        axis.plot(
            size * shift, cost, "v", color=COLOURS[setting], markersize=7,
            fillstyle="full" if within else "none",
        )  # fmt: skip


def lies_within(part: pd.DataFrame, least: int, cost: float) -> bool:
    """Say whether the sizes on both sides of the cheapest cost no less, by the median over seeds.

    What never arrived counts by what it had spent.
    """
    sizes = sorted(part["batch_size"].unique())
    place = sizes.index(least)
    if place in (0, len(sizes) - 1):
        return False
    beside = part[part["batch_size"].isin([sizes[place - 1], sizes[place + 1]])]
    spent = beside["sfo"].fillna(beside["bound"] * beside["batch_size"])
    return bool((spent.groupby(beside["batch_size"]).median() >= cost).all())


def draw_critical_sizes(axis: Axes, table: pd.DataFrame, settings: Sequence[str]) -> None:
    """Draw b* of each setting with its interval at the foot, and how many seeds it rests on.

    An arrowhead stands where the axis cuts an interval.
    """
    low, high = axis.get_xlim()
    for place, setting in enumerate(settings):
        for row in table[table["setting"] == setting].dropna(subset="critical").itertuples():
            height = 0.03 + 0.05 * place
            look = {"color": COLOURS[setting], "transform": axis.get_xaxis_transform()}
            ends = np.array([row.low, row.high], dtype=float)
            axis.plot(ends, [height] * 2, linewidth=1.0, **look)
            axis.plot(row.critical, height, "D", markersize=4, **look)
            if row.low < low:
                axis.plot(low, height, "<", markersize=5, clip_on=False, **look)
            if row.high > high:
                axis.plot(high, height, ">", markersize=5, clip_on=False, **look)
            axis.annotate(
                f"{row.n} of {row.seeds}", (1.025, height), xycoords="axes fraction",
                color=COLOURS[setting], fontsize=6, va="center", annotation_clip=False,
            )  # fmt: skip
    axis.set_xlim(low, high)
