"""The comparison's figures: one function a figure, named as in paper.yaml."""

from collections.abc import Mapping, Sequence

import matplotlib
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.paper import load_paper
from saigen.papers.resnet20.h1 import under_h1
from saigen.papers.resnet20.optimisers import NAMES
from saigen.records import Record
from saigen.tables import published

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

_TAB10 = matplotlib.color_sequences["tab10"]
#: Grey, the eighth, is left to what is published.
COLOURS = dict(zip(NAMES, [*_TAB10[:7], *_TAB10[8:]], strict=True))
#: Adam, AMSGrad and AdamW train alike: broken lines let those below be seen.
STYLES = dict.fromkeys(NAMES, "-") | {"amsgrad": (0, (4, 2)), "adamw": (0, (1, 2))}
#: Passes over CIFAR-10's training images in what the AdaHessian authors' log calls an epoch.
LOG_PASSES = 200 * 256 / 50_000
LOG_STYLES = {"sgd": "-", "adam": "--", "adahessian": ":"}
PROTOCOLS = {
    "he_2016": "He et al. 2016",
    "he_200": "the same, made for\n200 epochs",
    "keras_adam": "Keras, Adam",
    "log_sgd": "AdaHessian's log, SGD",
    "log_adam": "AdaHessian's log, Adam",
}
RATES = {"small_rates": "small rates", "diminishing": "constant and falling rates"}
LABELS = {
    "momentum": "Momentum 0.9 at α",
    "sgd": "SGD at 10 α",
    "sgd_same": "SGD at α",
    "adam-inverse_root0.0": "Adam, constant",
    "adam-inverse_root1.0": "Adam, falling",
    "amsgrad-inverse_root0.0": "AMSGrad, constant",
    "amsgrad-inverse_root1.0": "AMSGrad, falling",
}
PANELS = {
    "loss": "training loss, running (nats)",
    "error": "training error, running (%)",
    "train_loss": "training loss, evaluated (nats)",
    "test_loss": "test loss (nats)",
    "test_error": "test error (%)",
}


def lab(tables: Tables, samples: Samples) -> Figure:
    """Draw losses and errors of the laboratory's network along the epochs."""
    figure, axes = _panels()
    for axis, metric in zip(axes, PANELS, strict=True):
        _curves(axis, tables["curves"], "lab", metric)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=9)
    return figure


def he(tables: Tables, samples: Samples) -> Figure:
    """Draw He's network, with the AdaHessian authors' log behind in grey, as far as ours goes."""
    figure, axes = _panels()
    rows = tables["curves"]
    log, end = _log(), rows[rows["experiment"] == "he"]["epoch"].max()
    for axis, metric in zip(axes, PANELS, strict=True):
        _draw_log(axis, log, metric, end, LOG_STYLES)
        _curves(axis, rows, "he", metric)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=9)
    return figure


def protocols(tables: Tables, samples: Samples) -> Figure:
    """Draw the published protocols, with the log behind those that follow it, as far as they go."""
    rows, log = tables["curves"], _log()
    figure, axes = plt.subplots(2, len(PROTOCOLS), figsize=(13, 5), sharey="row", sharex="col")
    for (name, title), column in zip(PROTOCOLS.items(), axes.T, strict=True):
        part = rows[rows["variant"] == name].assign(optimiser=name)
        style = {"log_sgd": "sgd", "log_adam": "adam"}.get(name)
        for axis, metric in zip(column, ("loss", "test_error"), strict=True):
            if style:
                _draw_log(axis, log, metric, part["epoch"].max(), {style: LOG_STYLES[style]})
            _line(axis, part, metric, "tab:blue", None, marker=".")
            axis.set(yscale="log")
        column[0].set_title(title)
        column[1].set_xlabel("epoch")
    for axis, metric in zip(axes[:, 0], ("loss", "test_error"), strict=True):
        axis.set_ylabel(PANELS[metric])
    return figure


def constant_rates(tables: Tables, samples: Samples) -> Figure:
    """Draw momentum beside gradient descent at small rates, and constant rates beside falling."""
    rows = tables["curves"]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for axis, (experiment, title) in zip(axes, RATES.items(), strict=True):
        part = rows[rows["experiment"] == experiment]
        for place, (variant, mine) in enumerate(part.groupby("variant", sort=True)):
            _line(axis, mine, "loss", f"C{place}", LABELS.get(variant, variant))
        axis.set(yscale="log", xlabel="epoch", ylabel=PANELS["loss"], title=title)
        axis.legend(fontsize=7)
    return figure


def short(tables: Tables, samples: Samples) -> Figure:
    """Draw the running training loss of several seeds."""
    figure, axis = plt.subplots(figsize=(5, 3.6))
    _curves(axis, tables["curves"], "lab_short", "loss")
    axis.set(ylabel=PANELS["loss"])
    axis.legend(fontsize=7, ncols=2)
    return figure


def sensitivity(tables: Tables, samples: Samples) -> Figure:
    """Draw the final loss over multiples of the learning rate; a ring marks the best."""
    table = tables["sensitivity"]
    figure, axis = plt.subplots(figsize=(5, 3.6))
    for optimiser, part in table.groupby("optimiser", sort=False):
        part = part[part["diverged"] == 0].sort_values("multiplier")
        axis.plot(
            part["multiplier"],
            part["mean"],
            ls=STYLES[optimiser],
            marker=".",
            color=COLOURS[optimiser],
            label=NAMES[optimiser],
        )
    best = table[table["chosen"]]
    axis.scatter(best["multiplier"], best["mean"], s=50, facecolors="none", edgecolors="0.2")
    axis.set(
        xscale="log",
        yscale="log",
        xlabel="multiple of the learning rate of H1",
        ylabel="final running loss (nats)",
    )
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
        axis.set(xscale="log", yscale="log", xlabel="target loss (nats)", title=experiment)
        axis.set_xticks(sorted(part["target"].unique()), minor=False)
        axis.set_xticks([], minor=True)
        axis.xaxis.set_major_formatter("{x:g}")
        axis.margins(x=0.08)
        axis.invert_xaxis()
    axes[0].set_ylabel("epochs to the target")
    lines = {
        line.get_label(): line for axis in axes for line in axis.get_legend_handles_labels()[0]
    }
    named = [name for name in NAMES.values() if name in lines]
    figure.legend([lines[name] for name in named], named, loc="outside lower center", ncols=5)
    return figure


def augmentation(tables: Tables, samples: Samples) -> Figure:
    """Draw evaluated training and test loss with and without augmentation, as C9 judges them.

    The augmented runs are those of `lab_short` where they are as long as the plain ones: it has
    more seeds than `lab`, whose beginnings they are.
    """
    rows = tables["curves"]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    plain = rows[rows["experiment"] == "plain"]
    short = rows[rows["experiment"] == "lab_short"]["step"].max()
    augmented = "lab_short" if short >= plain["step"].max() else "lab"
    for axis, metric in zip(axes, ("train_loss", "test_loss"), strict=True):
        for experiment, style in ((augmented, "-"), ("plain", "--")):
            part = rows[(rows["experiment"] == experiment) & (rows["step"] <= plain["step"].max())]
            part = part[part["optimiser"].isin(plain["optimiser"])]
            part = part[part["seed"].isin(plain["seed"])]
            for optimiser, mine in part.groupby("optimiser", sort=False):
                line = _by_seed(mine, metric).dropna().mean(axis=1)
                label = NAMES[optimiser] if experiment == augmented else None
                axis.plot(line.index, line, style, color=COLOURS[optimiser], label=label)
        axis.set(yscale="log", xlabel="epoch", ylabel=PANELS[metric])
    axes[0].legend()
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
    if len(h1):
        axis.set_title(f"after {h1['epoch'].max():.3g} epochs")
    axis.legend(title="rates")
    return figure


def _panels() -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(1, len(PANELS), figsize=(16, 3.3))
    for axis, label in zip(axes, PANELS.values(), strict=True):
        axis.set(yscale="log", xlabel="epoch", ylabel=label)
    return figure, list(axes)


def _curves(axis: Axes, rows: pd.DataFrame, experiment: str, metric: str) -> None:
    """Draw every optimiser of an experiment."""
    rows = rows[rows["experiment"] == experiment]
    for optimiser in NAMES:
        part = rows[rows["optimiser"] == optimiser]
        if not part.empty:
            _line(axis, part, metric, COLOURS[optimiser], NAMES[optimiser], STYLES[optimiser])
    axis.set(yscale="log", xlabel="epoch")


def _line(
    axis: Axes,
    rows: pd.DataFrame,
    metric: str,
    colour: str,
    label: str | None,
    style: str | tuple = "-",
    marker: str = "",
) -> None:
    """Draw the mean over seeds, as far as all came, and the seeds thin where there are several."""
    wide = _by_seed(rows, metric)
    if wide.shape[1] > 1:
        axis.plot(wide.index, wide, color=colour, lw=0.4, alpha=0.5)
    line = wide.dropna().mean(axis=1)
    axis.plot(line.index, line, color=colour, lw=1.2, ls=style, label=label, marker=marker)


def _log() -> pd.DataFrame:
    """Return the AdaHessian authors' log, with passes over the images and test errors (%)."""
    log = published(load_paper("resnet20"))["adahessian_log"]
    test_error = 100.0 * (1.0 - log["test_accuracy"])
    return log.assign(**{"pass": log["epoch"] * LOG_PASSES, "test_error": test_error})


def _draw_log(
    axis: Axes, log: pd.DataFrame, metric: str, end: float, styles: Mapping[str, str]
) -> None:
    """Draw the log in grey, where it has a metric, as far as a number of passes."""
    if metric not in ("loss", "test_error"):
        return
    log = log[log["pass"] <= end]
    for optimiser, style in styles.items():
        part = log[log["optimiser"] == optimiser]
        alone = "." if len(part) == 1 else ""  # one epoch makes no line
        axis.plot(part["pass"], part[metric], ls=style, marker=alone, **PUBLISHED)


def _by_seed(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return [epoch, seed] of one optimiser, empty where a seed was lost before.

    A mean of those that came through would be of the lucky ones.
    """
    wide = rows.dropna(subset=[metric, "epoch"]).pivot(index="epoch", columns="seed", values=metric)
    return wide.reindex(columns=rows["seed"].unique())
