"""Figure 1: value surfaces, gradients over layers, histograms of weights."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saigen.papers.wgan_gp.figures.names import COLOURS, METHODS, TOYS, Samples, Tables

#: Half the side of the window that the surfaces were taken over.
WINDOW = 2.0

CLIPPED = {"clip_0_001": "c = 0.001", "clip_0_01": "c = 0.01", "clip_0_1": "c = 0.1"}
HISTOGRAMS = {
    "clip_0_01": "clipping, c = 0.01",
    "clip_0_01_inside": "c = 0.01, begun inside",
    "clip_0_01_shallow": "c = 0.01, begun inside, three layers",
    "gp": "gradient penalty",
}

_STATISTICS = {
    "slope_cv": "variation of the gradient's norm\nbetween data and samples",
    "potential_correlation": "correlation with\nthe optimal potential",
    "normalised": "estimate of W₁ / (steepest · W₁)",
}


def figure1a(tables: Tables, samples: Samples) -> Figure:
    """Draw the surfaces of the first seed: a row a method, a column a toy."""
    figure, axes = plt.subplots(2, 3, figsize=(8, 5.4), sharex=True, sharey=True)
    ends = tables["value_surfaces"].query("seed == 0").set_index(["toy", "method"])
    for run in samples:
        params = run.facts["params"]
        if run.facts["seed"] or not (arrays := run.samples()):
            continue
        axis = axes[["clip", "gp"].index(params["method"]), list(TOYS).index(params["toy"])]
        surface, data = arrays["surface"], arrays["data"]
        side = np.linspace(-WINDOW, WINDOW, len(surface))
        axis.contour(side, side, surface, levels=14, cmap="viridis", linewidths=1.0)
        axis.scatter(*data.T, s=2, color="C1", alpha=0.6, linewidths=0)
        end = ends.loc[params["toy"], params["method"]]
        axis.set_title(f"estimate {end['estimate']:.2f} of {end['w1']:.2f}", fontsize=7)
    for axis, title in zip(axes[0], TOYS.values(), strict=True):
        axis.set_title(f"{title}\n{axis.get_title()}", fontsize=8)
    for axis, method in zip(axes[:, 0], ("clip", "gp"), strict=True):
        axis.set_ylabel(METHODS[method])
    for axis in axes.flat:
        axis.set(xlim=(-WINDOW, WINDOW), ylim=(-WINDOW, WINDOW), aspect="equal")
        axis.grid(False)
    return figure


def surface_statistics(tables: Tables, samples: Samples) -> Figure:
    """Draw the statistics of every surface, a dot a seed."""
    runs = tables["value_surfaces"]
    figure, axes = plt.subplots(1, 3, figsize=(9, 2.6))
    for axis, (metric, label) in zip(axes, _STATISTICS.items(), strict=True):
        for offset, method in ((-0.12, "clip"), (0.12, "gp")):
            part = runs[runs["method"] == method]
            places = part["toy"].map(list(TOYS).index) + offset
            axis.scatter(places, part[metric], s=18, color=COLOURS[method], label=METHODS[method])
        axis.set_xticks(range(3), list(TOYS.values()))
        axis.set_title(label, fontsize=8)
    axes[0].set_yscale("log")
    axes[0].legend()
    return figure


def figure1b(tables: Tables, samples: Samples) -> Figure:
    """Draw log₁₀ of the gradient's norm over layers, and histograms of the hidden weights."""
    figure = plt.figure(figsize=(9, 4.2))
    grid = figure.add_gridspec(len(HISTOGRAMS), 2, width_ratios=[1.4, 1.0], hspace=0.1)
    _norms(figure.add_subplot(grid[:, 0]), tables)
    first = {run.facts["variant"]: run.samples() for run in samples if not run.facts["seed"]}
    for place, (variant, label) in enumerate(HISTOGRAMS.items()):
        axis = figure.add_subplot(grid[place, 1])
        if arrays := first.get(variant):
            colour = COLOURS["gp" if variant == "gp" else "clip"]
            axis.stairs(arrays["share"], arrays["edges"], fill=True, color=colour)
        axis.set_title(label, fontsize=7, loc="left")
        axis.set_ylabel("share", fontsize=7)
    axis.set_xlabel("weights between hidden layers")
    return figure


def _norms(axis: Axes, tables: Tables) -> None:
    runs = tables["layer_norms"]
    shades = dict(zip(CLIPPED, (0.35, 0.65, 1.0), strict=True))
    for variant, label in {**CLIPPED, "gp": "gradient penalty"}.items():
        by_layer = runs[runs["variant"] == variant].groupby("layer")["log10_norm"]
        mean = by_layer.mean()
        colour, alpha = COLOURS["gp" if variant == "gp" else "clip"], shades.get(variant, 1.0)
        axis.plot(mean.index, mean, marker=".", color=colour, alpha=alpha, label=label)
        axis.fill_between(
            mean.index, by_layer.min(), by_layer.max(), color=colour, alpha=0.2, linewidth=0
        )
    axis.invert_xaxis()
    axis.set_xticks([13, 10, 7, 4, 1])
    axis.set(xlabel="critic layer (13 = output)", ylabel="log₁₀ of the gradient's norm")
    axis.legend()
