"""What trainings do along the epochs, a function a figure."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib import ticker
from matplotlib.figure import Figure

from saigen.figures import numbered
from saigen.papers.resnet20.figures.lines import (
    LOG_STYLES,
    adahessian_log,
    draw_line,
    draw_log,
    every_optimiser,
)
from saigen.papers.resnet20.figures.names import COLOURS, PANELS, STYLES, Samples, Tables
from saigen.papers.resnet20.optimisers import NAMES

PROTOCOLS = {
    "he_2016": "He et al. 2016:\nMomentum",
    "he_200": "the same, made for\n200 epochs",
    "keras_adam": "Keras example:\nAdam",
    "log_sgd": "AdaHessian's log:\nMomentum",
    "log_adam": "AdaHessian's log:\nAdam",
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


def lab(tables: Tables, samples: Samples) -> Figure:
    """Draw losses and errors of the laboratory's network along the epochs."""
    return _network(tables["curves"], "lab")


def he(tables: Tables, samples: Samples) -> Figure:
    """Draw He's network, with the AdaHessian authors' log behind in grey, as far as ours goes."""
    return _network(tables["curves"], "he", adahessian_log())


def protocols(tables: Tables, samples: Samples) -> Figure:
    """Draw the published protocols, with the log behind those that follow it, as far as they go."""
    rows, log = tables["curves"], adahessian_log()
    figure, axes = plt.subplots(2, len(PROTOCOLS), figsize=(13, 5), sharey="row", sharex="col")
    for (name, title), column in zip(PROTOCOLS.items(), axes.T, strict=True):
        part = rows[rows["variant"] == name].assign(optimiser=name)
        style = {"log_sgd": "sgd", "log_adam": "adam"}.get(name)
        for axis, metric in zip(column, ("loss", "test_error"), strict=True):
            if style:
                draw_log(axis, log, metric, part["epoch"].max(), {style: LOG_STYLES[style]})
            draw_line(axis, part, metric, "tab:blue", None, marker=".")
            axis.set(yscale="log")
        column[0].set_title(title)
        # From 0 on, so that one look alone is not blown up to hundredths of an epoch.
        column[1].set(xlabel="epoch", xlim=(0.0, None))
        column[1].xaxis.set_major_locator(ticker.MaxNLocator(4))
    for axis, metric in zip(axes[:, 0], ("loss", "test_error"), strict=True):
        axis.set_ylabel(PANELS[metric])
        numbered(axis.yaxis)
    return figure


def constant_rates(tables: Tables, samples: Samples) -> Figure:
    """Draw momentum beside gradient descent at small rates, and constant rates beside falling."""
    rows = tables["curves"]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4))
    for axis, (experiment, title) in zip(axes, RATES.items(), strict=True):
        part = rows[rows["experiment"] == experiment]
        for place, (variant, mine) in enumerate(part.groupby("variant", sort=True)):
            style = STYLES["amsgrad" if variant.startswith("amsgrad") else "adam"]
            draw_line(axis, mine, "loss", f"C{place}", LABELS.get(variant, variant), style)
        axis.set(yscale="log", xlabel="epoch", ylabel=PANELS["loss"], title=title)
        numbered(axis.yaxis)
        axis.legend(fontsize=7)
    return figure


def short(tables: Tables, samples: Samples) -> Figure:
    """Draw the running training loss of several seeds."""
    figure, axis = plt.subplots(figsize=(5, 3.6))
    every_optimiser(axis, tables["curves"], "lab_short", "loss")
    axis.set(ylabel=PANELS["loss"])
    numbered(axis.yaxis)
    axis.legend(fontsize=7, ncols=2)
    return figure


def augmentation(tables: Tables, samples: Samples) -> Figure:
    """Draw evaluated training and test loss with and without augmentation, as C9 judges them.

    Means over seeds, and the seeds thin.

    The augmented runs are those of `lab_short` where they are as long as the plain ones: it has
    more seeds than `lab`, whose beginnings they are.
    """
    rows = tables["curves"]
    figure, axes = plt.subplots(1, 2, figsize=(11, 4))
    plain = rows[rows["experiment"] == "plain"]
    short = rows[rows["experiment"] == "lab_short"]["step"].max()
    augmented = "lab_short" if short >= plain["step"].max() else "lab"
    for axis, metric in zip(axes, ("train_loss", "test_loss"), strict=True):
        for experiment, style in ((augmented, "-"), ("plain", "--")):
            part = rows[(rows["experiment"] == experiment) & (rows["step"] <= plain["step"].max())]
            part = part[part["optimiser"].isin(plain["optimiser"])]
            part = part[part["seed"].isin(plain["seed"])]
            for optimiser, mine in part.groupby("optimiser", sort=False):
                label = NAMES[optimiser] if experiment == augmented else None
                draw_line(axis, mine, metric, COLOURS[optimiser], label, style)
        axis.set(yscale="log", xlabel="epoch", ylabel=PANELS[metric])
        numbered(axis.yaxis)
    for label, style in (("augmented", "-"), ("plain", "--")):
        axes[0].plot([], [], style, color="0.3", lw=1.2, label=label)
    axes[0].legend()
    return figure


def _network(rows: pd.DataFrame, experiment: str, log: pd.DataFrame | None = None) -> Figure:
    """Draw every number of an experiment, a panel each, with the log behind if it is given."""
    rows = rows[rows["experiment"] == experiment]
    figure, axes = plt.subplots(1, len(PANELS), figsize=(16, 3.3))
    for axis, (metric, label) in zip(axes, PANELS.items(), strict=True):
        if log is not None:
            draw_log(axis, log, metric, rows["epoch"].max(), LOG_STYLES)
        every_optimiser(axis, rows, experiment, metric)
        axis.set_ylabel(label)
        numbered(axis.yaxis)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=9)
    return figure
