"""The paper's figures, from tables and sample arrays; one function a figure."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.figures import COLOURBLIND, PUBLISHED, numbered
from saigen.papers.cg_gan.names import METHODS, OPTIMISERS, RULES
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

#: What each form of the table `forms` is.
FORMS = {
    "specified": "β ≥ 0, by tensor",
    "unbounded": "not bounded below",
    "whole": "β ≥ 0, whole vector",
    "released": "released step",
}
RATES = ("5e-06", "1e-05", "2.5e-05", "5e-05")
#: Where the published axis ends: Adam's and momentum's spreads go beyond all rules of β.
CUT = 60.0
_COLOURS = dict(zip(METHODS, COLOURBLIND, strict=False))
#: Shape and size of the mark at a path's end: those that coincide differ in both.
_ENDS = {
    "sgd": ("o", 10.0),
    "momentum": ("s", 8.0),
    "fr_half": ("D", 5.0),
    "fr": ("x", 5.0),
    "prp_half": ("s", 5.5),
    "prp": ("x", 4.0),
    "hs": ("^", 8.0),
    "dy": ("+", 11.0),
}


def toy(tables: Tables, samples: Samples) -> Figure:
    """Draw the paths: a panel a pair of rates; left correct, right summed gradients."""
    figure, axes = plt.subplots(4, 8, figsize=(13, 7), sharex="col")
    for run in samples:
        method, gradients = (run.facts["params"][name] for name in ("method", "gradients"))
        path = run.samples()["path"]  # [step, panel, player]
        shape, size = _ENDS[method]
        # Paths hide each other: the last points are marked by shapes that show through.
        end = {"marker": shape, "ms": size, "mfc": "none", "mew": 1.0, "markevery": [-1]}
        for panel in range(16):
            row, column = divmod(panel, 4)
            axis = axes[row, column + (4 if gradients == "accumulated" else 0)]
            shown = np.clip(path[:, panel], -12, 12)
            label = METHODS[method] if not panel and gradients == "correct" else "_"
            axis.plot(*shown.T, color=_COLOURS[method], lw=0.9, alpha=0.8, label=label, **end)
    for row in range(4):
        axes[row, 0].set_ylabel(f"rate of x {RATES[row]}\ny", fontsize=7)
    for column in range(8):
        kind = "gradients as they are" if column < 4 else "summed, as in the notebook"
        axes[0, column].set_title(f"{kind}\nrate of y {RATES[column % 4]}", fontsize=6.5)
        axes[3, column].set_xlabel("x")
        for row in range(4):
            axis = axes[row, column]
            axis.plot(0, 0, "k*", ms=6)
            axis.plot(2, -4, "ko", ms=3)
            axis.tick_params(labelsize=6, labelleft=column in (0, 4))
            axis.set_xlim((-0.4, 2.3) if column < 4 else (-9, 9))
            axis.set_ylim((-4.7, 0.7) if column < 4 else (-8, 8))
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), ncols=8, fontsize=7, loc="outside lower center"
    )
    return figure


def grids(tables: Tables, samples: Samples) -> Figure:
    """Draw the distance of every run, an optimiser a row, with the mean of the best two fifths."""
    table, bests = tables["grid"], tables["bests"]
    sets = list(dict.fromkeys(table["data"]))
    figure, axes = plt.subplots(1, len(sets), figsize=(4.6 * len(sets), 3.6), squeeze=False)
    for axis, data in zip(axes[0], sets, strict=True):
        part = table[table["data"] == data]
        names = [name for name in OPTIMISERS if name in set(part["optimiser"])]
        for place, name in enumerate(names):
            values = part[part["optimiser"] == name]["frechet"]
            axis.plot(values, np.full(len(values), place), "o", ms=4, alpha=0.6)
            row = bests[(bests["optimiser"] == name) & (bests["data"] == data)]
            axis.plot(row["best_k"], np.full(len(row), place), "k|", ms=12)
        axis.set_yticks(range(len(names)), [OPTIMISERS[name] for name in names])
        axis.invert_yaxis()
        axis.set(xlabel="Fréchet distance (classifier)", title=data, xscale="log")
        numbered(axis.xaxis)
    return figure


def top10(tables: Tables, samples: Samples) -> Figure:
    """Draw the published averages beside gradient descent's if its grid were tripled."""
    table = tables["published_bests"]
    table = table[table["schedule"] == "constant"]
    names = [name for name in OPTIMISERS if name in set(table["optimiser"])]
    table = table.set_index("optimiser").loc[names]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    places = np.arange(len(names))
    left.errorbar(table["top10"], places, xerr=table["sd"], fmt="o", **PUBLISHED)
    left.plot(table["top1"], places, "D", ms=4, **PUBLISHED)
    # Below the means, with which they would coincide.
    left.plot(table["if_inert"], places + 0.3, "kx", ms=5, label="SGD's, if β were inert")
    for place, (mean, sd) in enumerate(zip(table["top10"], table["sd"], strict=True)):
        if mean + sd > CUT:
            left.text(CUT, place - 0.3, f"{mean:.1f} ± {sd:.1f} →", fontsize=7, ha="right")
    left.set_yticks(places, [f"{OPTIMISERS[name]} ({table['trials'][name]})" for name in names])
    left.invert_yaxis()
    left.set(xlabel="FID, CIFAR-10", title="published: top 10 ± sd, top 1 (trials)")
    left.set_xlim(right=CUT)
    left.legend(fontsize=7, loc="lower right")
    ours = tables["selection"]
    rules = list(dict.fromkeys(ours["optimiser"]))
    rows = ours["optimiser"].map(rules.index)
    words = {
        "sgd": ("s", "SGD, its grid"),
        "as_published": ("o", "rule, all coefficients"),
        "equal_trials": ("D", "rule, as many trials as SGD"),
        "inert": ("kx", "the same draws of SGD's runs"),
    }
    for place, (how, (mark, label)) in enumerate(words.items()):
        right.plot(ours[how], rows + 0.12 * (place - 1.5), mark, ms=5, alpha=0.8, label=label)
    trials = ours.groupby("optimiser")["trials"].first()
    right.set_yticks(range(len(rules)), [f"{OPTIMISERS[name]} ({trials[name]})" for name in rules])
    best, descent = (" or ".join(map(str, ours[n].unique())) for n in ("k", "sgd_trials"))
    right.set(
        xlabel="Fréchet distance (classifier), mean of the best k",
        title=f"ours, digits: best k = {best} (trials; SGD's {descent})",
    )
    right.margins(y=0.2)
    right.invert_yaxis()
    right.ticklabel_format(axis="x", useOffset=False)
    right.locator_params(axis="x", nbins=4)
    marks = right.get_legend_handles_labels()
    figure.legend(*marks, ncols=2, fontsize=7, loc="outside lower right")
    return figure


def capped(tables: Tables, samples: Samples) -> Figure:
    """Draw the shares of β at the cap and below 0, by rule and player."""
    # Digits alone: there every rule was run, and a mean over fewer sets would be another one.
    table = tables["grid"].query("data == 'digits'")
    names = [n for n in OPTIMISERS if n in set(table["optimiser"]) and n in RULES]
    figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), sharey=True)
    for axis, share, title in zip(
        axes, ("capped", "negative"), ("at the cap of 1/2", "below 0 by the rule"), strict=True
    ):
        for offset, (player, word) in enumerate((("d", "discriminator"), ("g", "generator"))):
            means = [table[table["optimiser"] == n][f"{player}_{share}"].mean() for n in names]
            axis.bar(np.arange(len(names)) + 0.4 * offset - 0.2, means, 0.38, label=word)
        axis.set_xticks(range(len(names)), [OPTIMISERS[n][4:] for n in names])
        axis.set(title=f"β {title}", ylim=(0, 1))
    axes[0].set_ylabel("share of steps and tensors")
    axes[1].legend(fontsize=7)
    return figure


def forms(tables: Tables, samples: Samples) -> Figure:
    """Draw the distance by the form of β: specified, without its bound, whole vector, released."""
    import seaborn as sns  # here, so that the other figures need not wait for it

    table = tables["forms"]
    rules = table["optimiser"].map(lambda name: OPTIMISERS[name][4:])
    table = table.assign(optimiser=rules, form=table["form"].map(FORMS))
    figure, axis = plt.subplots(figsize=(6, 3))
    # Jitter would be drawn anew each time: the same numbers give the same bytes.
    sns.stripplot(
        table, x="optimiser", y="frechet", hue="form", dodge=True, jitter=False, alpha=0.7, ax=axis
    )
    axis.set(xlabel="rule of β", ylabel="Fréchet distance (classifier)")
    axis.legend(fontsize=7)
    return figure
