"""Figures of sweeps over batch sizes: steps, cost, courses, samples."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from saigen.figures import blank, numbered
from saigen.papers.critical_batch.figures.marks import draw_critical_sizes, mark_least
from saigen.papers.critical_batch.figures.names import (
    AXES,
    COLOURS,
    DASHES,
    SETTINGS,
    Samples,
    Tables,
    label_batches,
    mean_of_all,
)

OPTIMISERS = ("adam", "adabelief", "rmsprop")
#: Points that a row of arrows takes above a panel: a setting's runs without an N.
_ROW = 9
#: Factor by which an axis goes on beyond the batch sizes.
_BESIDE = 2.0**0.6
#: Share of an axis that the critical sizes take at its foot.
_BELOW = 0.2


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
    settings = ("adam", "penalty_twice", "batch_norm", "as_coded")
    fixed, stretched = (
        [_chosen(tables, "wgan_gp", "target", kind, name) for name in ("crossings", "fits")]
        for kind in ("fixed", "stretched")
    )
    runs, fits = fixed
    coded = [
        runs.assign(sfo=runs["sfo_as_coded"], censored=runs["sfo_as_coded"].isna()),
        fits.assign(place=fits["place_as_coded"]),
    ]
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.3))
    panels = {
        "images in a fixed range": fixed,
        "each image stretched": stretched,
        "coarse looks, first one counts": coded,
    }
    for axis, (runs, fits) in zip(axes, panels.values(), strict=True):
        _sweep(axis, runs, "sfo", settings)
        mark_least(axis, runs, fits, settings)
    titles = [f"{title}\n{_aim(runs)}" for title, (runs, _) in panels.items()]
    _entitle(axes, titles, pd.concat(runs for runs, _ in panels.values()), settings)
    handles = [
        Line2D([], [], color=COLOURS[each], linestyle=DASHES.get(each, "-")) for each in settings
    ]
    axes[0].legend(handles, ["as specified", *(SETTINGS[each] for each in settings[1:])])
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
    """Draw distances over steps, a colour a batch size, with both targets.

    Means over seeds, at the steps that all seeds have, and every seed as a thin line to its end.
    """
    table = tables["courses"].query("model == 'dcgan' and setting == 'adam' and reading == 'fixed'")
    aims = tables["targets"].query("model == 'dcgan' and reading == 'fixed'")
    seeds = table.groupby("batch_size")["seed"].nunique()
    table = table[table["step"] > 0]
    sizes = sorted(table["batch_size"].unique())
    colours = mpl.colormaps["viridis"](np.linspace(0.0, 0.92, len(sizes)))
    figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.2), sharey=True)
    for size, colour in zip(sizes, colours, strict=True):
        part = table[table["batch_size"] == size]
        mean = mean_of_all(part, "distance", seeds[size])
        for axis, examples in zip(axes, (1, size), strict=True):
            for _, run in part.groupby("seed"):
                axis.plot(run["step"] * examples, run["distance"], color=colour, lw=0.4, alpha=0.7)
            axis.plot(mean.index * examples, mean, color=colour, label=f"b = {int(size)}")
    for axis, along in zip(axes, ("steps", "examples seen"), strict=True):
        for row in aims.itertuples():
            axis.axhline(row.value, color="0.4", linestyle="--", linewidth=1.0)
        axis.set(xscale="log", yscale="log", xlabel=along)
        numbered(axis.yaxis)
    for row in aims.itertuples():
        # Beside the panel: within, curves end where the targets are.
        axes[1].annotate(
            f"{row.aim}: {row.value:.3g}", (1.01, row.value), xycoords=("axes fraction", "data"),
            fontsize=7, va="center", color="0.3", annotation_clip=False,
        )  # fmt: skip
    axes[0].set_ylabel("Fréchet distance, judged by\nthe classifier or Inception")
    axes[0].legend(fontsize=6, ncols=2)
    return figure


def samples(tables: Tables, samples: Samples) -> Figure:
    """Show the last samples of the first seed, a panel a batch size."""
    shown = sorted(
        (run for run in samples if not run.facts["seed"] and run.facts["status"] == "finished"),
        key=lambda run: run.facts["params"]["batch_size"],
    )
    if not shown:
        return blank("no run of seed 0 came to its end")
    size = (1.6 * max(2, len(shown)), 2.0)
    figure, axes = plt.subplots(1, len(shown), figsize=size, squeeze=False)
    for axis, run in zip(axes[0], shown, strict=True):
        images = run.samples()["images"][:16]
        side, channels = images.shape[1], images.shape[3]
        grid = images.reshape(4, 4, side, side, channels).transpose(0, 2, 1, 3, 4)
        grid = grid.reshape(4 * side, 4 * side, channels)
        axis.imshow(grid[..., 0] if channels == 1 else grid)
        axis.set_title(f"b = {run.facts['params']['batch_size']}\n{run.facts['steps']:,} steps")
        axis.set_axis_off()
    return figure


def _steps_and_cost(tables: Tables, model: str, settings: Sequence[str] = ("adam",)) -> Figure:
    table = _chosen(tables, model, aim="target")
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.1))
    for axis, value in zip(axes, AXES, strict=True):
        _sweep(axis, table, value, settings)
    _entitle(axes, [_aim(table)] * 2, table, settings)
    mark_least(axes[1], table, _chosen(tables, model, aim="target", name="fits"), settings)
    return figure


def _two_aims(tables: Tables, model: str, value: str) -> Figure:
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.1), sharey=True)
    aims = {aim: _chosen(tables, model, aim=aim) for aim in ("target", "stricter")}
    for axis, (aim, table) in zip(axes, aims.items(), strict=True):
        _sweep(axis, table, value, OPTIMISERS)
        if value == "sfo":
            fits, sizes = (_chosen(tables, model, aim, name=n) for n in ("fits", "critical_sizes"))
            mark_least(axis, table, fits, OPTIMISERS)
            draw_critical_sizes(axis, sizes, OPTIMISERS)
    _entitle(axes, [_aim(table) for table in aims.values()], pd.concat(aims.values()), OPTIMISERS)
    if value == "sfo" and axes[0].get_yscale() == "log":
        # Room for the critical sizes below.
        low, high = axes[0].get_ylim()
        axes[0].set_ylim(low * (low / high) ** _BELOW)
    axes[1].set_ylabel("")
    axes[0].legend()
    return figure


def _chosen(
    tables: Tables, model: str, aim: str, reading: str = "fixed", name: str = "crossings"
) -> pd.DataFrame:
    table = tables[name]
    kept = (table["model"] == model) & (table["aim"] == aim) & (table["reading"] == reading)
    return table[kept]


def _aim(runs: pd.DataFrame) -> str:
    """Return what a panel's runs are to reach, for its title."""
    return f"Fréchet distance ≤ {runs['target'].iloc[0]:.3g}"


def _entitle(
    axes: Sequence[Axes], titles: Sequence[str], runs: pd.DataFrame, settings: Sequence[str]
) -> None:
    """Title panels at one height, above the arrows of any."""
    lost = set(runs.loc[runs["censored"].astype(bool), "setting"])
    rows = max((place + 1 for place, each in enumerate(settings) if each in lost), default=0)
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title, pad=6 + _ROW * rows)


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
        style = {"color": colour, "linestyle": DASHES.get(setting, "-")}
        axis.plot(middle.index, middle, label=SETTINGS[setting], **style)
        for size, lost in sizes["censored"].sum().items():
            if lost:
                axis.annotate(
                    f"↑{int(lost)}", (size, 1.0), (0.0, 3.0 + _ROW * place),
                    xycoords=("data", "axes fraction"), textcoords="offset points",
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
    # A size at which no run reached the target has its place and its arrow too.
    axis.set_xlim(table["batch_size"].min() / _BESIDE, table["batch_size"].max() * _BESIDE)
    axis.set_ylabel(AXES[value])


def _number_steps(axis: Axes) -> None:
    """Write steps as numbers at powers of two, and between them where few are in sight."""
    low, high = axis.get_ylim()
    between = (1.0,) if high > 16.0 * low else (1.0, 1.25, 1.5, 1.75)
    axis.yaxis.set_major_locator(ticker.LogLocator(base=2.0, subs=between))
    axis.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))
