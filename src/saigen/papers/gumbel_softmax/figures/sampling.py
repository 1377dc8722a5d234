"""Figures of the distribution and of the estimators themselves: figure 1 and its companions."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from saigen.figures import PUBLISHED
from saigen.papers.gumbel_softmax.figures.names import COLOURS, LATENTS, NAMES, Samples, Tables

_RANK = {name: place for place, name in enumerate(NAMES)}

_UNITS = {
    "variance": "gradient variance, mean over parameters",
    "bias": "bias, relative to the reference's norm",
}


def figure1(tables: Tables, samples: Samples) -> Figure:
    """Draw expectation and one sample of the categorical and of each temperature."""
    bars = tables["figure1_bars"]
    shown = {run.facts["params"]["temperature"]: run for run in samples if not run.facts["seed"]}
    columns = [("Categorical", None), *((f"τ = {t:g}", t) for t in sorted(shown))]
    figure, axes = plt.subplots(2, len(columns), figsize=(10, 3), sharex=True, sharey=True)
    first = next(iter(shown.values())).samples()
    for (top, bottom), (title, temperature) in zip(axes.T, columns, strict=True):
        if temperature is None:
            expectation, sample = first["probabilities"], first["hard_sample"]
        else:
            arrays = shown[temperature].samples()
            expectation, sample = arrays["expectation"], arrays["sample"]
            published = bars[bars["temperature"] == temperature]
            top.scatter(
                published["class"], published["published"], marker="_", s=90, color="0.55", zorder=3
            )
        places = np.arange(1, len(expectation) + 1)
        top.bar(places, expectation, color="C0", alpha=0.8)
        bottom.bar(places, sample, color="C1", alpha=0.8)
        top.set_title(title)
        bottom.set(xlabel="class", xticks=places)
    axes[0, 0].set_ylabel("expectation")
    axes[1, 0].set_ylabel("one sample")
    return figure


def bias_variance(tables: Tables, samples: Samples) -> Figure:
    """Draw mean and standard deviation of each estimator's gradient at each θ."""
    runs = tables["toy_gradients"]
    thetas = list(runs["theta"].unique())
    figure, axes = plt.subplots(1, len(thetas), figsize=(10, 3.4), sharey=True, squeeze=False)
    for axis, theta in zip(axes[0], thetas, strict=True):
        part = runs[runs["theta"] == theta]
        means = part.groupby(["estimator", "slope", "temperature"]).mean(numeric_only=True)
        means = means.sort_index(
            key=lambda level: level.map(_RANK) if level.name == "estimator" else level
        )
        labels = [_labelled(*settings) for settings in means.index]
        colours = [COLOURS[name] for name in means.index.get_level_values("estimator")]
        places = np.arange(len(means))[::-1]
        spread = np.sqrt(means["gradient_variance"])
        axis.hlines(
            places,
            means["gradient_mean"] - spread,
            means["gradient_mean"] + spread,
            colors=colours,
            alpha=0.45,
            linewidth=4,
        )
        axis.scatter(means["gradient_mean"], places, c=colours, s=22, zorder=3)
        axis.axvline(means["gradient_exact"].iloc[0], color="0.2", linewidth=1, label="exact")
        axis.set_yticks(places, labels)
        axis.set(title=f"θ = {theta:g}", xlabel="gradient: mean ± standard deviation")
    axes[0, 0].legend(loc="lower left")
    return figure


def variance_growth(tables: Tables, samples: Samples) -> Figure:
    """Draw the score function's gradient variance over the units, without and with a baseline."""
    runs = tables["variance_growth"]
    figure, axis = plt.subplots(figsize=(4.2, 3))
    for metric, slope, label, colour in (
        ("gradient_variance_bare", 2, "SF", COLOURS["sf"]),
        ("gradient_variance", 1, "SF, E[f] taken away", COLOURS["muprop"]),
    ):
        first = runs[runs["units"] == runs["units"].min()]
        units = np.sort(runs["units"].unique())
        line = first[metric].mean() * (units / units[0]) ** slope
        axis.plot(
            units, line, label=f"slope {slope}", linestyle=["-", "--"][slope - 1], **PUBLISHED
        )
        axis.scatter(runs["units"], runs[metric], s=14, color=colour, label=label)
    axis.set(
        xscale="log", yscale="log", xlabel="independent units", ylabel="variance of the gradient"
    )
    axis.legend()
    return figure


def trained_gradients(tables: Tables, samples: Samples) -> Figure:
    """Draw gradient variance and bias of each estimator in a trained network.

    A bias below what noise alone would give is not told from none; below 0, noise took more than
    there was.
    """
    runs = tables["trained_gradients"]
    figure, axes = plt.subplots(1, 2, figsize=(8, 3))
    for axis, metric in zip(axes, ("variance", "bias"), strict=True):
        for offset, latent in zip((-0.15, 0.15), LATENTS, strict=True):
            part = runs[runs["latent"] == latent]
            places = np.array([list(NAMES).index(name) for name in part["estimator"]]) + offset
            dots = axis.scatter(places, part[metric], s=16, label=LATENTS[latent], zorder=3)
            if metric == "bias":
                colour = dots.get_facecolor()
                axis.scatter(places, part["noise"], marker="_", s=70, color=colour, alpha=0.5)
        axis.set_xticks(range(len(NAMES)), list(NAMES.values()), rotation=30, ha="right")
        axis.set(title=_UNITS[metric])
    axes[0].set(yscale="log")
    axes[1].axhline(0.0, color="0.5", linewidth=0.8)
    handles = [*axes[1].get_legend_handles_labels()[0]]
    handles.append(Line2D([], [], color="0.5", marker="_", linestyle="", markersize=8))
    figure.legend(handles, [*LATENTS.values(), "noise alone"], loc="outside lower center", ncols=3)
    return figure


def _labelled(estimator: str, slope: float, temperature: float) -> str:
    """Return an estimator's name with the setting that tells its variants apart."""
    if estimator in ("gumbel", "st_gumbel"):
        return f"{NAMES[estimator]} τ={temperature:g}"
    return f"{NAMES[estimator]} a={slope:g}" if estimator == "slope_st" else NAMES[estimator]
