"""The figures, from tables and sample arrays; one function a figure."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Transform

from saigen.diagnose.rules import LN2, RULES
from saigen.figures import PUBLISHED
from saigen.papers.gan_tuning.names import EXPECTED, FAULTS
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

DISTANCE = "Fréchet distance (classifier)"
#: Frames of the cells where a rule should fire.
RIGHT = "tab:orange"
#: Crosses for runs that diverged.
LOST = "tab:red"
#: The losses that a log's panel shows.
SEEN = (-1.3, 6.0)
#: Lines at the distance of as many real images.
FLOOR = {"color": "0.4", "lw": 0.8, "ls": ":", "label": "real images"}
WORDS = {
    "R1": "R1 D too\nstrong",
    "R2": "R2\nbalance",
    "R3": "R3 wiring\nfault",
    "R4": "R4 D too\nweak",
    "R5": "R5 D pulls\nahead",
    "foreign": "another\nloss",
    "lost": "no\nnumbers",
    "none": "no rule",
}
WIRINGS = {
    "apart_batch": "apart,\nbatch",
    "apart_running": "apart,\nrunning",
    "together_batch": "together,\nbatch",
    "together_running": "together,\nrunning",
    "no_norm": "no norm",
}


def confusion(tables: Tables, samples: Samples) -> Figure:
    """Draw in which share of the logs of each fault each rule fires; the right cells in a frame."""
    table = tables["confusion"].set_index("fault").loc[list(FAULTS)]
    columns = [*RULES, "foreign", "lost", "none"]
    shares = table[columns].div(table["logs"], axis=0).to_numpy()
    figure, axis = plt.subplots(figsize=(7, 3.6))
    axis.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for row, column in np.ndindex(*shares.shape):
        if shares[row, column]:
            text = f"{table[columns].iloc[row, column]:.0f} of {table['logs'].iloc[row]:.0f}"
            dark = shares[row, column] > 0.6
            axis.text(column, row, text, ha="center", va="center", fontsize=6.5,
                      color="white" if dark else "0.2")  # fmt: skip
    for row, fault in enumerate(FAULTS):
        for rule in EXPECTED[fault]:
            corner = (columns.index(rule) - 0.5, row - 0.5)
            frame = Rectangle(corner, 1.0, 1.0, fill=False, ec=RIGHT, lw=1.5, clip_on=False)
            axis.add_patch(frame)
    axis.set_xticks(range(len(columns)), [WORDS[name] for name in columns], fontsize=7)
    axis.set_yticks(range(len(table)), list(FAULTS.values()), fontsize=7)
    axis.set(xlabel="rule that fires", ylabel="planted")
    axis.grid(False)
    return figure


def logs(tables: Tables, samples: Samples) -> Figure:
    """Draw the log of each fault, the first seed: both losses, and accuracy in a strip below."""
    table = tables["logs"]
    table = table[(table["experiment"] == "faults") & (table["seed"] == 0)]
    figure = plt.figure(figsize=(12, 6))
    axes = figure.subplots(
        4, 4, sharex=True, sharey="row", gridspec_kw={"height_ratios": (3, 1, 3, 1)}
    )
    losses, strips = axes[::2], axes[1::2]
    for loss, strip, (fault, words) in zip(losses.flat, strips.flat, FAULTS.items(), strict=True):
        _log(loss, strip, table[table["what"] == fault])
        loss.set_title(words, fontsize=8)
    for axis in axes[3]:
        axis.set_xlabel("iteration")
    for panels, words in ((losses, "loss (nats)"), (strips, "accuracy")):
        for axis in panels[:, 0]:
            axis.set_ylabel(words, fontsize=8)
        panels[0, 0].legend(fontsize=6)
    return figure


def _log(loss: Axes, strip: Axes, log: pd.DataFrame) -> None:
    loss.axhline(LN2, color="0.7", lw=0.8, label="ln 2")
    for name, player, height in (("d_loss", "D", 0.8), ("g_loss", "G", 0.9)):
        loss.plot(log["step"], log[name], lw=0.9, label=f"loss of {player}")
        ends = log[name].dropna().iloc[-1:]
        for end in ends[~ends.between(*SEEN)]:
            loss.text(0.97, height, f"{player} ends at {end:.1f}", fontsize=7, ha="right",
                      va="top", transform=loss.transAxes)  # fmt: skip
    loss.set_ylim(*SEEN)
    strip.axhline(0.5, color="0.7", lw=0.8, label="chance")
    strip.plot(log["step"], log["accuracy"], color="0.4", lw=0.9)
    strip.set_ylim(0.0, 1.05)


def settings(tables: Tables, samples: Samples) -> Figure:
    """Draw distance and accuracy over each setting; a dot a run, a line the mean."""
    panels = (
        ("batches", "batch_size", "batch, equal iterations", True),
        ("equal_images", "in_steps", "steps, equal images", True),
        ("rates", "learning_rate", "learning rate", True),
        ("d_dropout", "d_dropout", "dropout in D", False),
        ("g_dropout", "g_dropout", "dropout in G", False),
        ("d_widths", "d_width", "width of D", True),
    )
    figure, axes = plt.subplots(2, len(panels), figsize=(13, 4.4), sharex="col", sharey="row")
    for (top, bottom), (name, column, words, wide) in zip(axes.T, panels, strict=True):
        for axis, metric in ((top, "frechet"), (bottom, "accuracy")):
            _dots(axis, tables[name], column, metric)
        top.axhline(tables[name]["frechet_floor"].mean(), **FLOOR)
        if wide:
            bottom.set_xscale("log")
            _ticks_at(bottom, tables[name][column], rotation=60 if column == "learning_rate" else 0)
        bottom.set_xlabel(words)
        bottom.axhline(0.5, color="0.7", lw=0.8)
    axes[0, 0].set_ylabel(DISTANCE)
    axes[0, 0].legend(fontsize=6)
    axes[1, 0].set_ylabel("accuracy of D")
    return figure


def batch_costs(tables: Tables, samples: Samples) -> Figure:
    """Draw images a second and memory over the batch size."""
    table, figure = tables["batch_costs"], plt.figure(figsize=(7, 2.8))
    axes = figure.subplots(1, 2)
    costs = (("images_per_second", "images a second"), ("memory_mb", "memory of the process (MB)"))
    for axis, (metric, words) in zip(axes, costs, strict=True):
        _dots(axis, table, "batch_size", metric)
        axis.set(xlabel="batch", ylabel=words, xscale="log", ylim=(0.0, 1.1 * table[metric].max()))
        _ticks_at(axis, table["batch_size"])
    return figure


def _ticks_at(axis: Axes, levels: pd.Series, rotation: float = 0.0) -> None:
    """Mark the levels of a factor and nothing else on an axis of logarithms."""
    places = sorted(levels.unique())
    axis.set_xticks(places, [f"{place:g}" for place in places], fontsize=7, rotation=rotation)
    axis.set_xticks([], minor=True)


def _dots(axis: Axes, table: pd.DataFrame, column: str, metric: str) -> None:
    axis.plot(table[column], table[metric], "o", ms=3, alpha=0.6)
    # Without the diverged runs a mean would look better than its level is.
    means = table.groupby(column)[metric].agg(lambda values: values.mean(skipna=False))
    axis.plot(means.index, means, lw=1.0)
    for level, count in _diverged(table, table[column]).items():
        _cross(axis, (level, 1.0), axis.get_xaxis_transform(), count)


def _diverged(table: pd.DataFrame, by: pd.Series) -> dict[float, int]:
    """Return how many runs diverged at each level that has any."""
    counts = table["status"].eq("diverged").groupby(by).sum()
    return counts[counts > 0].to_dict()


def _cross(axis: Axes, at: tuple[float, float], within: Transform, count: int) -> None:
    """Put a cross with the number of runs that have no place in a panel at its edge."""
    axis.plot(*at, "x", color=LOST, ms=5, transform=within, clip_on=False)
    axis.annotate(f"{count}", at, (4, 2), xycoords=within, textcoords="offset points",
                  color=LOST, fontsize=6)  # fmt: skip


def balance(tables: Tables, samples: Samples) -> Figure:
    """Draw ways of weakening a strong D, ratios of rates, and batch norm by its wiring."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.4))
    weak, ratios, norms = (tables[name] for name in ("weakened", "rate_ratios", "batch_norm"))
    norms = norms.assign(name=norms["name"].map(WIRINGS))
    titles = ("a strong D, weakened", "rates, D : G", "batch norm in D")
    for axis, table, title in zip(axes, (weak, ratios, norms), titles, strict=True):
        names = list(dict.fromkeys(table["name"]))
        place = table["name"].map(names.index)
        drawn = axis.scatter(table["frechet"], place, c=table["accuracy"], vmin=0.4, vmax=1.0, s=18,
                             cmap="viridis")  # fmt: skip
        for level, count in _diverged(table, place).items():
            _cross(axis, (0.96, level), axis.get_yaxis_transform(), count)
        # By colour alone all rows of a D that wins would be one yellow.
        accuracy = table["accuracy"].mask(table["status"] == "diverged")
        for level, mean in accuracy.groupby(place).agg(lambda a: a.mean(skipna=False)).items():
            words = "–" if np.isnan(mean) else f"{mean:.3f}"
            axis.annotate(words, (1.01, level), xycoords=axis.get_yaxis_transform(), fontsize=7,
                          color="0.4", va="center")  # fmt: skip
        axis.axvline(table["frechet_floor"].mean(), **FLOOR)
        axis.set_yticks(range(len(names)), names, fontsize=7)
        axis.invert_yaxis()
        axis.set(xlabel=DISTANCE, title=title)
    axes[0].legend(fontsize=6)
    figure.colorbar(drawn, ax=axes, label="accuracy of D")
    return figure


def profile(tables: Tables, samples: Samples) -> Figure:
    """Draw our logs, a line a seed, over the article's healthy one."""
    table, figure = tables["logs"], plt.figure(figsize=(8, 3))
    left, right = figure.subplots(1, 2)
    theirs, ours = (table[table["experiment"] == name] for name in ("article", "profile"))
    for axis, metric, name, colour, style in (
        (left, "d_loss", "loss of D", "C0", "-"),
        (left, "g_loss", "loss of G", "C1", "--"),
        (right, "accuracy", "accuracy of D", "C2", "-"),
    ):
        for number, (_, run) in enumerate(ours.groupby("seed")):
            label = None if number else f"ours: {name}"
            axis.plot(run["step"], run[metric], color=colour, lw=0.7, alpha=0.8, label=label)
        given = {**PUBLISHED, "ls": style, "label": f"article: {name}"}
        axis.plot(theirs["step"], theirs[metric], marker="o", ms=3, **given)
    left.set(xlabel="iteration", ylabel="loss (nats)", xscale="log")
    right.set(xlabel="iteration", ylabel="accuracy of D", xscale="log")
    figure.legend(ncols=3, fontsize=7, handlelength=4.0, loc="outside lower center")
    return figure
