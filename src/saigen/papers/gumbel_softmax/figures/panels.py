"""Figures of the four panels of table 1: final numbers, and how learning rates were chosen."""

from collections.abc import Iterable

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saigen.papers.gumbel_softmax.figures.names import (
    COLOURS,
    LATENTS,
    NAMES,
    NETWORKS,
    NUMBERS,
    Samples,
    Tables,
)

#: How far published numbers stand above their row's middle, and ours below: neither hides another.
_APART = 0.17


def table1_dots(tables: Tables, samples: Samples) -> Figure:
    """Draw table 1: every cell's mean and interval below the published numbers in grey.

    An open dot is the best of the other settings that table `off_curve` has of a cell.
    """
    table, others = tables["table1"], _best(tables["off_curve"])
    figure, axes = plt.subplots(1, 4, figsize=(10, 3.6), sharey=True)
    panels = [(experiment, latent) for experiment in NETWORKS for latent in LATENTS]
    places = {name: place for place, name in enumerate(reversed(NAMES))}
    for axis, (experiment, latent) in zip(axes, panels, strict=True):
        cells, tried = (
            each[(each["experiment"] == experiment) & (each["latent"] == latent)]
            for each in (table, others)
        )
        _published(axis, cells, cells["estimator"].map(places) + _APART)
        height = cells["estimator"].map(places) - _APART
        axis.hlines(height, cells["low"], cells["high"], color="C0")
        axis.scatter(cells["mean"], height, s=18, color="C0", zorder=3, label="ours")
        axis.scatter(
            tried["mean"],
            tried["estimator"].map(places) - _APART,
            s=42,
            facecolors="none",
            edgecolors="C0",
            zorder=4,
            label="ours, best of the settings in table off_curve",
        )
        axis.set_yticks(list(places.values()), [NAMES[name] for name in places])
        axis.set(
            title=f"{NETWORKS[experiment]}, {LATENTS[latent]}",
            xlabel=f"test {NUMBERS[experiment]} (nats)",
            ylim=(-0.6, len(places) - 0.4),
        )
    named = _named(axes)
    figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=2)
    return figure


def learning_rates(tables: Tables, samples: Samples) -> Figure:
    """Draw the validation number of every learning rate; a ring marks the best of a cell."""
    table = tables["learning_rates"]
    panels = table.groupby(["experiment", "latent"], sort=False)
    size = (2.5 * len(panels), 3.4)
    figure, axes = plt.subplots(1, len(panels), figsize=size, squeeze=False)
    for axis, ((experiment, latent), panel) in zip(axes[0], panels, strict=True):
        for estimator, cell in panel.groupby("estimator", sort=False):
            cell = cell.sort_values("learning_rate")
            axis.plot(
                cell["learning_rate"],
                cell["mean"],
                marker=".",
                color=COLOURS[estimator],
                label=NAMES[estimator],
            )
        best = panel[panel["chosen"]]
        axis.scatter(
            best["learning_rate"],
            best["mean"],
            s=45,
            facecolors="none",
            edgecolors="0.2",
            label="best of its line",
        )
        axis.set(
            xscale="log",
            title=f"{NETWORKS[experiment]}, {LATENTS[latent]}",
            xlabel="learning rate",
        )
        rates = sorted(panel["learning_rate"].unique())
        axis.set_xticks(rates, [f"{rate:g}" for rate in rates], fontsize=7)
        axis.minorticks_off()
        if latent == "bernoulli":
            axis.set_ylabel(f"validation {NUMBERS[experiment]} (nats)")
    named = _named(axes[0])
    figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=len(named))
    return figure


def _named(axes: Iterable[Axes]) -> dict[str, Artist]:
    """Return the marks of all panels by their label: one may lack what another has."""
    return {
        label: mark
        for axis in axes
        for mark, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }


def _best(tried: pd.DataFrame) -> pd.DataFrame:
    """Return of every cell the row with the lowest mean; a setting that diverged has none."""
    cells = tried.dropna(subset="mean").groupby(["experiment", "latent", "estimator"])["mean"]
    return tried.loc[cells.idxmin()]


def _published(axis: Axes, cells: pd.DataFrame, height: pd.Series) -> None:
    axis.scatter(
        cells["published"],
        height,
        marker="|",
        s=110,
        color="0.55",
        label="published, table 1 (two misprints by figure 4)",
    )
    if cells["published_at_step"].notna().any():
        axis.scatter(
            cells["published_at_step"],
            height,
            marker="d",
            s=22,
            color="0.65",
            label="published curve at our last step",
        )
