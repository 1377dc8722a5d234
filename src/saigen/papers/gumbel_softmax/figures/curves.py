"""Figures 3 and 4: test curves of the four panels of table 1, and where table 1 has their ends."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from saigen.figures import PUBLISHED
from saigen.papers.gumbel_softmax.figures.names import (
    COLOURS,
    LATENTS,
    NAMES,
    NUMBERS,
    Samples,
    Tables,
)

#: How table 1's mean is drawn at a curve's last step: the curve is of fewer images.
_RING: dict[str, Any] = {
    "marker": "o",
    "markersize": 5.5,
    "fillstyle": "none",
    "color": "0.2",
    "linestyle": "",
}


def figure3(tables: Tables, samples: Samples) -> Figure:
    """Draw the test curves of structured prediction, the published curves behind in grey."""
    return _curves(tables, "structured_prediction")


def figure4(tables: Tables, samples: Samples) -> Figure:
    """Draw the test curves of the autoencoders, the published curves behind in grey."""
    return _curves(tables, "vae")


def _curves(tables: Tables, experiment: str) -> Figure:
    """Draw a grid of curves, a row a kind of latent and a column an estimator."""
    runs, ends = (
        table[table["experiment"] == experiment]
        for table in (tables["mean_curves"], tables["table1"])
    )
    figure, axes = plt.subplots(2, len(NAMES), figsize=(12, 4), sharex=True, sharey="row")
    for axis, name in zip(axes[0], NAMES.values(), strict=True):
        axis.set_title(name)
    for row, latent in zip(axes, LATENTS, strict=True):
        panel = runs[runs["latent"] == latent]
        if panel.empty:
            continue
        final = ends[ends["latent"] == latent].set_index("estimator")
        low, high = _limits(panel, final["mean"])
        row[0].set(ylabel=f"{LATENTS[latent]}\ntest {NUMBERS[experiment]} (nats)", ylim=(low, high))
        for axis, estimator in zip(row, NAMES, strict=True):
            cell = panel[panel["estimator"] == estimator].sort_values("step")
            _cell(axis, cell, COLOURS[estimator])
            if estimator in final.index:
                end = final.loc[estimator]
                axis.plot(end["step"] / 1000.0, end["mean"], zorder=4, **_RING)
                _tell_end(axis, cell, end["mean"])
    for axis in axes[-1]:
        axis.set_xlabel("steps (thousands)")
    lines = {
        "ours": Line2D([], [], color="0.2", marker="."),
        "ours, table 1": Line2D([], [], **_RING),
    }
    if runs["published"].notna().any():
        lines = {"published": Line2D([], [], **PUBLISHED), **lines}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=3)
    return figure


def _cell(axis: Axes, cell: pd.DataFrame, colour: str) -> None:
    steps = cell["step"] / 1000.0
    if cell["published"].notna().any():
        axis.plot(steps, cell["published"], **PUBLISHED)
    axis.plot(steps, cell["mean"], color=colour, marker=".", markersize=3)
    axis.fill_between(steps, cell["low"], cell["high"], color=colour, alpha=0.25, lw=0)


def _limits(panel: pd.DataFrame, final: pd.Series) -> tuple[float, float]:
    """Return the limits of a row: a diverging estimator must not flatten the others into one line.

    The second worst, at its end, decides how far up the row goes. With nothing published to compare
    ends with it is their courses that there are to see, and the second worst at its worst. Where a
    curve ends in sight so does its ring.
    """
    shown = panel["published"].notna().any()
    counted = panel[panel["step"] == panel["step"].max()] if shown else panel
    high = counted.groupby("estimator")["mean"].max().nlargest(2).min()
    low = min(np.nanmin(panel[["mean", "published"]]), final.min())
    bottom, top = low - 0.05 * (high - low), high + 0.4 * (high - low)
    last = panel[panel["step"] == panel["step"].max()].set_index("estimator")["mean"]
    rings = final.reindex(last.index)[last <= top]
    return bottom, max(top, rings.max() + 0.05 * (top - bottom))


def _tell_end(axis: Axes, cell: pd.DataFrame, final: float) -> None:
    """Say where the curve and table 1 end, if either is above the frame, where nothing is drawn."""
    low, high = axis.get_ylim()
    last = cell["mean"].iloc[-1] if len(cell) else np.nan
    if not max(last, final) > high:
        return
    drawn = cell[["mean", "published"]].to_numpy()
    # Curves fall and flatten out: there is room under one that stays up, above one that ends low.
    if (drawn < (low + high) / 2.0).any():
        where = {"x": 0.97, "y": 0.95, "ha": "right", "va": "top"}
    else:
        where = {"x": 0.5, "y": 0.06, "ha": "center", "va": "bottom"}
    told = f"ours ends at {last:.0f},\nin table 1 at {final:.0f}"
    axis.text(**where, s=told, fontsize=8, color="0.4", transform=axis.transAxes)
