"""What trainings come to: over learning rates, until a target, under tables of rates."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.figures import numbered
from saigen.papers.resnet20.figures.names import COLOURS, STYLES, Samples, Tables
from saigen.papers.resnet20.h1 import under_h1
from saigen.papers.resnet20.optimisers import NAMES


def sensitivity(tables: Tables, samples: Samples) -> Figure:
    """Draw the final loss over multiples of the learning rate: means, and a dot a seed.

    A ring marks the best mean.
    """
    table = tables["sensitivity"]
    figure, axis = plt.subplots(figsize=(6, 4))
    for optimiser, part in table.groupby("optimiser", sort=False):
        part = part[part["diverged"] == 0].sort_values("multiplier")
        look = {"color": COLOURS[optimiser]}
        line = {"ls": STYLES[optimiser], "lw": 1.0, "label": NAMES[optimiser]}
        axis.plot(part["multiplier"], part["mean"], **line, **look)
        for row in part.itertuples():
            # A table's cell of one seed is read as a number, of several as text.
            seeds = [float(loss) for loss in str(row.values).split()]
            axis.plot([row.multiplier] * len(seeds), seeds, ".", ms=4, alpha=0.7, **look)
    best = table[table["chosen"]]
    axis.scatter(best["multiplier"], best["mean"], s=50, facecolors="none", edgecolors="0.2")
    axis.set(
        xscale="log",
        yscale="log",
        xlabel="multiple of the learning rate of H1",
        ylabel="final running loss (nats)",
    )
    axis.set_xticks(sorted(table["multiplier"].unique()))
    axis.set_xticks([], minor=True)
    axis.xaxis.set_major_formatter("{x:.2g}")
    numbered(axis.yaxis)
    axis.legend(fontsize=7, ncols=2)
    return figure


def targets(tables: Tables, samples: Samples) -> Figure:
    """Draw epochs until each target is passed, where every seed passed it.

    A hollow triangle stands at the first target that a seed did not pass, at the end of its run.
    """
    table = tables["time_to_target"]
    experiments = list(dict.fromkeys(table["experiment"]))
    figure, axes = plt.subplots(1, len(experiments), figsize=(9, 3.4), sharey=True)
    for axis, experiment in zip(axes, experiments, strict=True):
        part = table[table["experiment"] == experiment]
        for place, optimiser in enumerate(NAMES):
            mine = part[part["optimiser"] == optimiser]
            if mine.empty:
                continue
            seeds = mine.groupby("target")["epochs"]
            passed = seeds.count() == seeds.size()
            means = seeds.mean()[passed]
            look = {"color": COLOURS[optimiser], "ms": 3}
            line = {"ls": STYLES[optimiser], "marker": "o", "label": NAMES[optimiser]}
            axis.plot(means.index, means, **line, **look)
            if not passed.all():
                # A little apart, since many stand at one target and one length; a tick is 1.2 away.
                first = passed.index[~passed].max() * 1.012 ** (len(NAMES) // 2 - place)
                look["ms"] = 5
                axis.plot(first, mine["trained"].max(), "^", fillstyle="none", **look)
        drawn = part["seed"].nunique()
        title = f"{part['trained'].max():.3g} epochs, {drawn} seed{'s' * (drawn > 1)}"
        axis.set(xscale="log", yscale="log", xlabel="target loss (nats)", title=title)
        axis.set_xticks(sorted(part["target"].unique()), minor=False)
        axis.set_xticks([], minor=True)
        axis.xaxis.set_major_formatter("{x:g}")
        axis.margins(x=0.08)
        axis.invert_xaxis()
        numbered(axis.yaxis)
    axes[0].set_ylabel("epochs to the target")
    lines = {
        line.get_label(): line for axis in axes for line in axis.get_legend_handles_labels()[0]
    }
    named = [name for name in NAMES.values() if name in lines]
    figure.legend([lines[name] for name in named], named, loc="outside lower center", ncols=5)
    return figure


def rate_tables(tables: Tables, samples: Samples) -> Figure:
    """Draw each optimiser's running loss under H1, H2 and H3, after as many steps.

    An optimiser that a seed was lost with has no mark.
    """
    table = tables["final"]
    others = table[table["experiment"] == "rate_tables"]
    h1 = under_h1(tables["curves"], others["step"].max()).assign(table="h1")
    both = pd.concat([h1[h1["optimiser"].isin(others["optimiser"])], others])
    figure, axis = plt.subplots(figsize=(5.5, 3.4))
    count = both["table"].nunique()
    shift = min(0.2, 0.8 / count)
    for place, (name, part) in enumerate(both.groupby("table", sort=True)):
        losses = part["loss"].mask(part["status"] == "diverged")
        means = losses.groupby(part["optimiser"]).mean(skipna=False)
        means = means.reindex([key for key in NAMES if key in means.index])
        xs = [list(NAMES).index(key) + shift * (place - (count - 1) / 2) for key in means.index]
        axis.scatter(xs, means, label=name.replace("_", ", ").replace("h", "H", 1), s=22)
    shown = [key for key in NAMES if key in set(both["optimiser"])]
    axis.set_xticks(
        [list(NAMES).index(key) for key in shown], [NAMES[k] for k in shown], rotation=25
    )
    axis.set(yscale="log", ylabel="running loss (nats)")
    numbered(axis.yaxis)
    if len(h1):
        axis.set_title(f"after {h1['epoch'].max():.3g} epochs")
    axis.legend(title="rates")
    return figure
