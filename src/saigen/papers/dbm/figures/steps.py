"""Figures of random machines: steps over size (slide 24), bias, meeting times."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.papers.dbm.figures.names import Samples, Tables, present

_LAWS = {
    "orthogonal": "orthogonal weights, gain 1",
    "orthogonal_4": "orthogonal weights, gain 4",
    "normal": "weights N(0, 1)",
}
_COUNTS = {
    "search": ("T: local search, sweeps", "C0", "o"),
    "lmi": ("τ: MH from local mode initialisation", "C2", "s"),
    "uniform": ("τ: MH from a uniform start (control)", "C1", "^"),
    "gibbs": ("τ: maximally coupled Gibbs chains", "C3", "D"),
}
_ESTIMATORS = {
    "mode": ("local mode", "0.5"),
    "as_run": ("as run: f(x₀)", "C0"),
    "as_coded": ("as coded: f at the first stay", "C4"),
    "as_specified": ("as specified: two chains", "C2"),
    "gibbs": ("coupled Gibbs chains", "C3"),
}


def toy(tables: Tables, samples: Samples) -> Figure:
    """Draw steps over units a layer: means, hollow where pairs were given up (a lower bound).

    Dashes are medians, and bands go on to the 90% quantile. Grey: a probe that was made beforehand.
    """
    table, probes = tables["toy"], tables["probes"]
    slopes = tables["toy_slopes"].set_index("law")
    laws = present(table["law"], _LAWS)
    figure, axes = plt.subplots(
        1, len(laws), figsize=(3.6 * len(laws), 3.4), sharey=True, squeeze=False
    )
    for axis, law in zip(axes[0], laws, strict=True):
        for count, (label, colour, marker) in _COUNTS.items():
            part = table[(table["law"] == law) & (table["count"] == count)]
            cells = part.groupby("units")[["mean", "median", "quantile_90", "capped"]].mean()
            axis.plot(cells.index, cells["mean"], color=colour, label=label)
            axis.plot(cells.index, cells["median"], color=colour, ls="--", lw=0.9)
            low, high = cells["median"], cells["quantile_90"]
            axis.fill_between(cells.index, low, high, color=colour, alpha=0.15, lw=0)
            whole = cells["capped"] == 0.0
            axis.scatter(
                cells.index[whole], cells["mean"][whole], color=colour, marker=marker, s=22
            )
            axis.scatter(
                cells.index[~whole],
                cells["mean"][~whole],
                facecolors="white",
                edgecolors=colour,
                marker=marker,
                s=22,
                zorder=3,
            )
            probe = probes[(probes["law"] == law) & (probes["count"] == count)]
            axis.scatter(probe["units"], probe["probe"], color="0.55", marker="x", s=26, zorder=4)
        if law in slopes.index:
            b = slopes.loc[law]
            told = f"T ∝ nᵇ, b = {b['slope']:.2f} [{b['low']:.2f}, {b['high']:.2f}]"
            axis.text(0.03, 0.97, told, transform=axis.transAxes, va="top", fontsize=7)
        sizes = sorted(table["units"].unique())
        axis.set(xscale="log", yscale="log", title=_LAWS[law], xlabel="units a layer, n")
        axis.set_xticks(sizes, [f"{size}" for size in sizes], fontsize=7)
        axis.minorticks_off()
    axes[0, 0].scatter([], [], color="0.55", marker="x", label="a probe, not the paper's")
    axes[0, 0].plot(
        [], [], color="0.3", ls="--", lw=0.9, label="medians; bands to the 90% quantile"
    )
    axes[0, 0].set_ylabel("steps")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def unbiasedness(tables: Tables, samples: Samples) -> Figure:
    """Draw bias and spread of every estimator; a bar is what chance alone would leave."""
    table = tables["unbiasedness"]
    cells = sorted(set(zip(table["units"], table["scale"], strict=True)))
    labels = [f"{3 * units} units\nscale {scale:g}" for units, scale in cells]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for offset, (name, (label, colour)) in zip(
        np.linspace(-0.3, 0.3, len(_ESTIMATORS)), _ESTIMATORS.items(), strict=True
    ):
        for place, (units, scale) in enumerate(cells):
            part = table[
                (table["estimator"] == name) & (table["units"] == units) & (table["scale"] == scale)
            ]
            noise = part["noise"].mean()
            x = np.full(len(part), place + offset)
            axes[0].bar(place + offset, noise, width=0.12, color=colour, alpha=0.25)
            axes[0].scatter(
                x,
                part["bias"].clip(lower=0.0),
                s=14,
                color=colour,
                label=label if place == 0 else None,
            )
            axes[0].scatter(x[:1], part["probe"][:1], s=26, marker="x", color="0.55", zorder=4)
            axes[1].scatter(x, part["sd"], s=14, color=colour)
    axes[0].set(
        ylabel="bias, root mean square", title="against exact enumeration (bars: sampling noise)"
    )
    axes[0].set_yscale("symlog", linthresh=1e-3)
    axes[0].set_ylim(bottom=0.0)
    axes[1].set(yscale="log", ylabel="standard deviation", title="of one chain's estimate")
    for axis in axes:
        axis.set_xticks(range(len(cells)), labels)
    axes[0].scatter([], [], color="0.55", marker="x", label="a probe, not the paper's")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def meeting_times(tables: Tables, samples: Samples) -> Figure:
    """Draw the share of pairs that have not met after so many steps."""
    table = tables["meeting_times"]
    table = table[table["estimator"].isin(["as_specified", "gibbs"]) & (table["share"] > 0.0)]
    figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
    for axis, (name, part) in zip(axes, table.groupby("estimator"), strict=True):
        for index, ((units, scale), cell) in enumerate(part.groupby(["units", "scale"])):
            means = cell.groupby("at_least")["share"].mean()
            label = f"{3 * units} units, scale {scale:g}"
            axis.plot(means.index, means, marker=".", color=f"C{index}", label=label)
        axis.set(xscale="log", yscale="log", title=_ESTIMATORS[name][0], xlabel="t, steps")
    axes[0].set_ylabel("share of pairs with τ ≥ t")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure
