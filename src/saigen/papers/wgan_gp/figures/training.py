"""Figures of training courses: scores, language, losses as meters."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from saigen.figures import COLOURBLIND
from saigen.papers.wgan_gp.figures.names import COLOURS, METHODS, VARIANTS, Samples, Tables
from saigen.papers.wgan_gp.language_tables import GRAMS

FOUR = ("clip", "gp_rmsprop", "gp_adam", "gan")

#: The distance of figure 5a, on an axis of its own, in a colour that no method has.
DISTANCE = COLOURBLIND[5]

#: New images in figure 5: dashed over the training images' line, on which they often lie.
_NEW = {"color": "0.1", "linestyle": "--", "linewidth": 1.0}


def figure3(tables: Tables, samples: Samples) -> Figure:
    """Draw scores over iterations (left) and seconds (right), a row a set of images."""
    table, names = tables["convergence"], _sets(samples)
    sets = list(dict.fromkeys(table["experiment"]))
    figure, axes = plt.subplots(len(sets), 2, figsize=(8, 2.7 * len(sets)), squeeze=False)
    for row, experiment in zip(axes, sets, strict=True):
        part = table[table["experiment"] == experiment]
        for axis, along in zip(row, ("step", "seconds"), strict=True):
            for variant in FOUR:
                _band(axis, part[part["variant"] == variant], along, "score", variant)
            real = part["real_score"].mean()
            axis.axhline(real, color="0.5", linestyle="--", linewidth=1.0, label="real images")
            axis.set(ylabel=f"score\n({names.get(experiment, experiment)})")
        row[0].set_xlabel("generator iterations")
        row[1].set_xlabel("seconds")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=3, fontsize=7)
    return figure


def table4(tables: Tables, samples: Samples) -> Figure:
    """Write lines of both language models side by side."""
    figure, axes = plt.subplots(1, 2, figsize=(8, 2.2))
    first = {run.facts["variant"]: run.samples() for run in samples if not run.facts["seed"]}
    for axis, variant in zip(axes, ("wgan_gp", "gan"), strict=True):
        if arrays := first.get(variant):
            lines = [_readable(line) for line in arrays["lines"][:16]]
            axis.text(
                0.0, 0.98, "\n".join(lines), family="monospace", fontsize=7, va="top",
                transform=axis.transAxes, parse_math=False,
            )  # fmt: skip
        axis.set_title(VARIANTS[variant] if variant == "wgan_gp" else "standard GAN objective")
        axis.set_axis_off()
    return figure


def language_curves(tables: Tables, samples: Samples) -> Figure:
    """Draw the divergence of n-grams over iterations, a panel an n."""
    table, ends = tables["language"], tables["language_ends"]
    drawn = ends[ends["variant"] == "unigram"]
    figure, axes = plt.subplots(1, len(GRAMS), figsize=(11, 2.5), sharey=True)
    for axis, n in zip(axes, GRAMS, strict=True):
        for variant in ("wgan_gp", "gan"):
            _band(axis, table[table["variant"] == variant], "step", f"js/{n}", variant)
        axis.axhline(table[f"js_floor/{n}"].mean(), color="0.5", linestyle="--", linewidth=1.0)
        axis.axhline(drawn[f"js/{n}"].mean(), color="0.5", linestyle=":", linewidth=1.0)
        axis.set(title=f"{n}-grams", xlabel="generator iterations", ylim=(0, 1.02))
    axes[0].set_ylabel("Jensen-Shannon divergence (bits)")
    axes[-1].legend(
        axes[-1].lines,
        ["WGAN-GP", "standard GAN", "held-out lines", "symbols alone"],
        loc="lower left",
        fontsize=6,
    )
    return figure


def figure5a(tables: Tables, samples: Samples) -> Figure:
    """Draw the loss of WGAN-GP beside the distance to the data, over iterations."""
    table, names = tables["convergence"], _sets(samples)
    table = table[(table["variant"] == "gp_adam") & (table["seed"] == 0)]
    sets = list(dict.fromkeys(table["experiment"]))
    figure, axes = plt.subplots(1, len(sets), figsize=(4.4 * len(sets), 2.8), squeeze=False)
    for axis, experiment in zip(axes[0], sets, strict=True):
        run = table[table["experiment"] == experiment].sort_values("step")
        for split, label, style in (
            ("train", "training images", {"marker": ".", "color": COLOURS["gp"]}),
            ("valid", "new images", _NEW),
        ):
            loss = run[f"negative_loss/{split}"]
            axis.plot(run["step"], loss, label=f"negative critic loss, {label}", **style)
        twin = axis.twinx()
        label = "Fréchet distance (right)"
        twin.plot(
            run["step"], run["frechet"], marker="s", markersize=3, color=DISTANCE, label=label
        )
        twin.grid(False)
        twin.spines["right"].set(visible=True, color=DISTANCE)
        twin.tick_params(axis="y", colors=DISTANCE)
        twin.set_ylabel("Fréchet distance", color=DISTANCE)
        axis.set(
            title=names.get(experiment, experiment),
            xlabel="generator iterations",
            ylabel="negative critic loss",
        )
        lines = [*axis.lines, *twin.lines]
    figure.legend(handles=lines, loc="outside lower center", ncols=3, fontsize=7)
    return figure


def figure5b(tables: Tables, samples: Samples) -> Figure:
    """Draw losses on training and new digits, a line a seed.

    A column is a method, with a scale of its own, a row a number of digits.
    """
    table = tables["overfitting"]
    numbers = sorted(set(table["examples"]), key=lambda n: n or np.inf)
    figure, axes = plt.subplots(
        len(numbers), 2, figsize=(7.5, 2.4 * len(numbers)), sharex=True, squeeze=False
    )
    for row, number in zip(axes, numbers, strict=True):
        for axis, method in zip(row, ("clip", "gp"), strict=True):
            cell = table[(table["examples"] == number) & (table["method"] == method)]
            for _, run in cell.groupby("seed"):
                axis.plot(run["step"], run["negative_loss/train"], color=COLOURS[method])
                axis.plot(run["step"], run["negative_loss/valid"], **_NEW)
            told = f"{number:,} digits" if number else "all digits"
            axis.set_title(f"{METHODS[method]}, {told}", fontsize=8)
            axis.set_ylabel("negative critic loss", fontsize=8)
    for axis in axes[-1]:
        axis.set_xlabel("generator iterations")
    lines = {
        f"training digits, {METHODS[method]}": Line2D([], [], color=COLOURS[method])
        for method in ("clip", "gp")
    }
    lines["new digits"] = Line2D([], [], **_NEW)
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=3)
    return figure


def _band(axis: Axes, runs, along: str, metric: str, variant: str) -> None:
    """Draw the mean of a metric over seeds, and a band from the least to the most."""
    by_place = runs.groupby(along)[metric]
    mean = by_place.mean()
    colour = COLOURS[variant]
    axis.plot(mean.index, mean, marker=".", color=colour, label=VARIANTS.get(variant, variant))
    axis.fill_between(
        mean.index, by_place.min(), by_place.max(), color=colour, alpha=0.2, linewidth=0,
        label="_",
    )  # fmt: skip


def _sets(samples: Samples) -> dict[str, str]:
    """Return the name of the set that each experiment was run on."""
    return {run.facts["experiment"]: ", ".join(run.facts["datasets"]) for run in samples}


def _readable(line: np.ndarray) -> str:
    """Return a line's bytes as text, whatever they are."""
    text = bytes(line).decode("latin-1")
    return "".join(mark if mark.isprintable() else "·" for mark in text)
