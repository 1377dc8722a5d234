"""Figures of sweeps over batch sizes: steps, cost, courses, samples."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saigen.figures import numbered
from saigen.papers.critical_batch.figures.names import (
    AXES,
    COLOURS,
    SETTINGS,
    Samples,
    Tables,
    label_batches,
    mean_of_all,
)

OPTIMISERS = ("adam", "adabelief", "rmsprop")
#: Where runs that never reached the target are drawn: above all others.
_ABOVE = 1.04
#: Share of an axis that the critical sizes take at its foot.
_BELOW = 0.2
#: Points between an axis and its title: room for their marks.
_ROOM = 30


def figure1(tables: Tables, samples: Samples) -> Figure:
    """Draw steps over batch sizes, DCGAN, for both targets."""
    return _two_aims(tables, "dcgan", "steps")


def figure2(tables: Tables, samples: Samples) -> Figure:
    """Draw cost over batch sizes, DCGAN."""
    return _two_aims(tables, "dcgan", "sfo")


def figure3(tables: Tables, samples: Samples) -> Figure:
    """Draw steps over batch sizes, WGAN-GP."""
    return _two_aims(tables, "wgan_gp", "steps")


def figure4(tables: Tables, samples: Samples) -> Figure:
    """Draw cost over batch sizes, WGAN-GP."""
    return _two_aims(tables, "wgan_gp", "sfo")


def variants(tables: Tables, samples: Samples) -> Figure:
    """Draw cost as specified and as coded, by both readings of the images and by the coarse count.

    The third panel counts N as the released code does.
    """
    table = _chosen(tables, "wgan_gp", aim="target", reading=None)
    settings = ("adam", "penalty_twice", "batch_norm", "as_coded")
    fixed, stretched = (table[table["reading"] == kind] for kind in ("fixed", "stretched"))
    coded = fixed.assign(sfo=fixed["sfo_as_coded"], censored=fixed["sfo_as_coded"].isna())
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.1))
    panels = {
        "images in a fixed range": fixed,
        "each image stretched": stretched,
        "coarse looks, first one counts": coded,
    }
    for axis, (title, part) in zip(axes, panels.items(), strict=True):
        _sweep(axis, part, "sfo", settings)
        axis.set_title(title, pad=_ROOM)
    axes[0].legend([mpl.lines.Line2D([], [], color=COLOURS[s]) for s in settings],
                   ["as specified", *(SETTINGS[s] for s in settings[1:])])  # fmt: skip
    return figure


def rates(tables: Tables, samples: Samples) -> Figure:
    """Draw steps and cost at several rates."""
    figure = _steps_and_cost(tables, "dcgan", ("adam", "halved", "equal", "no_momentum"))
    figure.axes[0].legend()
    return figure


def cifar(tables: Tables, samples: Samples) -> Figure:
    """Draw steps and cost of the DCGAN on CIFAR-10."""
    return _steps_and_cost(tables, "cifar")


def conditional(tables: Tables, samples: Samples) -> Figure:
    """Draw steps and cost of the conditional GAN."""
    return _steps_and_cost(tables, "conditional")


def courses(tables: Tables, samples: Samples) -> Figure:
    """Draw distances over steps, a line a batch size, with both targets.

    Means over seeds, at the steps that all seeds have.
    """
    table = tables["courses"].query("model == 'dcgan' and setting == 'adam' and reading == 'fixed'")
    aims = tables["targets"].query("model == 'dcgan' and reading == 'fixed'")
    seeds = table.groupby("batch_size")["seed"].nunique()
    table = table[table["step"] > 0]
    sizes = sorted(table["batch_size"].unique())
    colours = mpl.colormaps["viridis"](np.linspace(0.0, 0.92, len(sizes)))
    figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.2), sharey=True)
    for size, colour in zip(sizes, colours, strict=True):
        mean = mean_of_all(table[table["batch_size"] == size], "distance", seeds[size])
        axes[0].plot(mean.index, mean, color=colour, label=f"b = {int(size)}")
        axes[1].plot(mean.index * size, mean, color=colour)
    for axis, along in zip(axes, ("steps", "examples seen"), strict=True):
        for row in aims.itertuples():
            axis.axhline(row.value, color="0.4", linestyle="--", linewidth=1.0)
            axis.annotate(
                row.aim, (1.0, row.value), xycoords=("axes fraction", "data"), fontsize=7,
                ha="right", va="bottom", color="0.3",
            )  # fmt: skip
        axis.set(xscale="log", yscale="log", xlabel=along)
    axes[0].set_ylabel("Fréchet distance, judged by\nthe classifier or Inception")
    axes[0].legend(fontsize=6, ncols=2)
    return figure


def samples(tables: Tables, samples: Samples) -> Figure:
    """Show the last samples of the first seed, a panel a batch size."""
    shown = sorted(
        (run for run in samples if not run.facts["seed"] and run.facts["status"] == "finished"),
        key=lambda run: run.facts["params"]["batch_size"],
    )
    figure, axes = plt.subplots(1, max(1, len(shown)), figsize=(1.6 * max(2, len(shown)), 2.0))
    for axis, run in zip(np.atleast_1d(axes), shown, strict=False):
        images = run.samples()["images"][:16]
        side, channels = images.shape[1], images.shape[3]
        grid = images.reshape(4, 4, side, side, channels).transpose(0, 2, 1, 3, 4)
        grid = grid.reshape(4 * side, 4 * side, channels)
        axis.imshow(grid[..., 0] if channels == 1 else grid)
        axis.set_title(f"b = {run.facts['params']['batch_size']}\n{run.facts['steps']:,} steps")
    for axis in np.atleast_1d(axes):
        axis.set_axis_off()
    return figure


def _steps_and_cost(tables: Tables, model: str, settings: Sequence[str] = ("adam",)) -> Figure:
    table = _chosen(tables, model, aim="target")
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.1))
    for axis, value in zip(axes, AXES, strict=True):
        _sweep(axis, table, value, settings)
    return figure


def _two_aims(tables: Tables, model: str, value: str) -> Figure:
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.1), sharey=True)
    for axis, aim in zip(axes, ("target", "stricter"), strict=True):
        table = _chosen(tables, model, aim=aim)
        _sweep(axis, table, value, OPTIMISERS)
        axis.set_title(f"Fréchet distance ≤ {table['target'].iloc[0]:.3g}", pad=_ROOM)
        if value == "sfo":
            _critical(axis, _chosen(tables, model, aim=aim, name="critical_sizes"), OPTIMISERS)
    if value == "sfo" and axes[0].get_yscale() == "log":
        # Room for the critical sizes below.
        low, high = axes[0].get_ylim()
        axes[0].set_ylim(low * (low / high) ** _BELOW)
    axes[1].set_ylabel("")
    axes[0].legend()
    return figure


def _chosen(
    tables: Tables,
    model: str,
    aim: str,
    reading: str | None = "fixed",
    name: str = "crossings",
) -> pd.DataFrame:
    table = tables[name]
    kept = (table["model"] == model) & (table["aim"] == aim)
    return table[kept if reading is None else kept & (table["reading"] == reading)]


def _sweep(axis: Axes, table: pd.DataFrame, value: str, settings: Sequence[str]) -> None:
    """Draw a value over batch sizes: the median over seeds, every seed, and runs without one.

    A line goes through the batch sizes at which all seeds reached the target; where some did not,
    an arrow at the top says how many.
    """
    for place, setting in enumerate(settings):
        part = table[table["setting"] == setting]
        if part.empty:
            continue
        colour = COLOURS[setting]
        axis.plot(part["batch_size"], part[value], ".", color=colour, alpha=0.5, markersize=4)
        sizes = part.groupby("batch_size")
        whole = ~sizes["censored"].any()
        middle = sizes[value].median().where(whole)
        axis.plot(middle.index, middle, color=colour, label=SETTINGS[setting])
        if value == "sfo" and whole.any():
            least = middle.idxmin()
            style = "full" if _lies_within(part, least, middle[least]) else "none"
            axis.plot(least, middle[least], "v", color=colour, markersize=8, fillstyle=style)
        for size, lost in sizes["censored"].sum().items():
            if lost:
                height = _ABOVE + 0.055 * place
                axis.annotate(
                    f"↑{int(lost)}", (size, height), xycoords=("data", "axes fraction"),
                    color=colour, ha="center", fontsize=7, annotation_clip=False,
                )  # fmt: skip
    if table[value].notna().any():
        axis.set_yscale("log", base=2 if value == "steps" else 10)
        if value == "steps":
            _number_steps(axis)
        else:
            numbered(axis.yaxis)
    else:
        axis.set_yticks([])
        axis.text(0.5, 0.5, "no run reached the target", transform=axis.transAxes, ha="center")
    label_batches(axis, table["batch_size"])
    axis.set_ylabel(AXES[value])


def _lies_within(part: pd.DataFrame, least: int, cost: float) -> bool:
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


def _number_steps(axis: Axes) -> None:
    """Write steps as numbers at powers of two, and between them where few are in sight."""
    low, high = axis.get_ylim()
    between = (1.0,) if high > 16.0 * low else (1.0, 1.25, 1.5, 1.75)
    axis.yaxis.set_major_locator(ticker.LogLocator(base=2.0, subs=between))
    axis.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))


def _critical(axis: Axes, table: pd.DataFrame, settings: Sequence[str]) -> None:
    """Draw b* of each setting with its interval at the foot, and how many seeds it rests on."""
    limits = axis.get_xlim()
    for place, setting in enumerate(settings):
        for row in table[table["setting"] == setting].dropna(subset="critical").itertuples():
            height, colour = 0.03 + 0.05 * place, COLOURS[setting]
            across = axis.get_xaxis_transform()
            ends = np.array([row.low, row.high], dtype=float)
            axis.plot(ends, [height] * 2, color=colour, transform=across, linewidth=1.0)
            axis.plot(row.critical, height, "D", color=colour, transform=across, markersize=4)
            axis.annotate(
                f"{row.n} of {row.seeds}", (1.01, height), xycoords="axes fraction", color=colour,
                fontsize=6, va="center", annotation_clip=False,
            )  # fmt: skip
    axis.set_xlim(limits)
