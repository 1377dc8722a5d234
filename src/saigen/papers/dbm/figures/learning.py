"""Figures of training: curves, equal work, ablations, learning rates, and the readings."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.papers.dbm.figures.names import (
    CENTRES,
    COLOURS,
    DATA,
    LEARNERS,
    MAIN,
    Samples,
    Tables,
    legend,
    present,
)

_CURVES = {
    "curve_fd_sample": "Fréchet distance\nof samples",
    "curve_fd_gibbs": "Fréchet distance\nof long Gibbs chains",
    "curve_log_likelihood": "log-likelihood\n(nats an image)",
    "curve_unique_modes": "share of modes\nthat are unique",
    "curve_search_sweeps": "T: sweeps of\nthe local search",
    "curve_reconstruction_error": "reconstruction error\n(share of units)",
}


def curves_mnist(tables: Tables, samples: Samples) -> Figure:
    """Draw every measure along the steps on MNIST."""
    return _curves(tables["curves"], "training", "step", list(_CURVES))


def curves_fashion(tables: Tables, samples: Samples) -> Figure:
    """Draw every measure along the steps on Fashion-MNIST."""
    return _curves(tables["curves"], "training_fashion", "step", list(_CURVES))


def work(tables: Tables, samples: Samples) -> Figure:
    """Draw distance and likelihood over the work done, on MNIST."""
    return _curves(
        tables["curves"], "training", "work", ["curve_fd_sample", "curve_log_likelihood"]
    )


def ablation(tables: Tables, samples: Samples) -> Figure:
    """Draw centre by marginalisation by initial weights, a dot a run."""
    runs = tables["ablation"]
    runs = runs.assign(
        cell=runs["init"] + runs["marginal"].map({True: ",\nmarginalised", False: ""})
    )
    cells = list(dict.fromkeys(runs["cell"]))
    metrics = {
        "fd_sample": "Fréchet distance of samples",
        "log_likelihood": "log-likelihood (nats)",
    }
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
    for axis, (metric, label) in zip(axes, metrics.items(), strict=True):
        for index, centre in enumerate(present(runs["centre"], CENTRES)):
            part = runs[runs["centre"] == centre]
            places = part["cell"].map(cells.index) + 0.15 * (index - 1)
            axis.scatter(places, part[metric], s=18, color=f"C{index}", label=CENTRES[centre])
        axis.set_xticks(range(len(cells)), cells, fontsize=7)
        axis.set(ylabel=label)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def rates(tables: Tables, samples: Samples) -> Figure:
    """Draw likelihood and distance over the learning rate."""
    runs = tables["rates"]
    metrics = {
        "log_likelihood": "log-likelihood (nats)",
        "fd_sample": "Fréchet distance of samples",
    }
    centres = present(runs["centre"], CENTRES)
    figure, axes = plt.subplots(
        len(centres), 2, figsize=(8, 2.6 * len(centres) + 0.4), sharex=True, squeeze=False
    )
    for row, centre in zip(axes, centres, strict=True):
        for axis, (metric, label) in zip(row, metrics.items(), strict=True):
            for learner, part in runs[runs["centre"] == centre].groupby("learner", sort=False):
                means = part.groupby("learning_rate")[metric].mean()
                axis.plot(means.index, means, marker=".", color=COLOURS[learner])
            axis.set(xscale="log", ylabel=label, title=CENTRES[centre])
    for axis in axes[-1]:
        axis.set_xlabel("learning rate")
    legend(figure, runs["learner"])
    return figure


def readings(tables: Tables, samples: Samples) -> Figure:
    """Draw the smallest gap of a first proposal in each run, and how many were accepted."""
    table = tables["readings"]
    runs = table[table["experiment"].isin(["training", "variations", "anatomy"])]
    groups = [
        (phase, centre)
        for phase in ("negative", "positive")
        for centre in present(runs["centre"], CENTRES)
    ]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
    for place, (phase, centre) in enumerate(groups):
        part = runs[runs["centre"] == centre]
        x = place + np.linspace(-0.25, 0.25, len(part))
        colours = [COLOURS[name] for name in part["learner"]]
        axes[0].scatter(x, part[f"smallest_gap_{phase}"], s=14, c=colours)
        axes[1].scatter(x, part[f"accepted_{phase}"], s=14, c=colours)
    axes[0].axhline(0.0, color="0.5", linewidth=0.8)
    axes[0].set(ylabel="smallest E(x') − E(x₀) of a run (nats)")
    axes[0].set_yscale("symlog", linthresh=10.0)
    axes[1].set(ylabel="first proposals accepted in a run")
    axes[1].set_yscale("symlog", linthresh=1.0)
    axes[1].set_ylim(bottom=-0.1)
    for axis in axes:
        names = [f"{phase} phase,\n{CENTRES[centre]}" for phase, centre in groups]
        names = [name.replace(": ", ":\n") for name in names]
        axis.set_xticks(range(len(groups)), names, fontsize=7)
    legend(figure, runs["learner"])
    return figure


def _curves(table: pd.DataFrame, experiment: str, along: str, metrics: list[str]) -> Figure:
    table = table[table["experiment"] == experiment]
    centres = present(table["centre"], CENTRES)
    figure, axes = plt.subplots(
        len(metrics),
        len(centres),
        figsize=(4.2 * len(centres), 1.7 * len(metrics) + 0.6),
        sharex="col",
        sharey="row",
        squeeze=False,
    )
    shown = present(table["learner"], MAIN)
    for column, centre in enumerate(centres):
        for row, metric in enumerate(metrics):
            axis = axes[row, column]
            for learner in shown:
                runs = table[(table["learner"] == learner) & (table["centre"] == centre)]
                cells = runs.groupby("step")[[metric, "work"]].agg(["mean", "min", "max"])
                x = cells.index if along == "step" else cells["work", "mean"]
                axis.plot(x, cells[metric, "mean"], color=COLOURS[learner], marker=".", ms=3)
                axis.fill_between(
                    x,
                    cells[metric, "min"],
                    cells[metric, "max"],
                    color=COLOURS[learner],
                    alpha=0.15,
                    lw=0,
                )
            if metric.startswith("curve_fd"):
                axis.set_yscale("log")
        axes[0, column].set_title(f"{DATA[experiment]}, {CENTRES[centre]}")
        axes[-1, column].set_xlabel(
            "updates" if along == "step" else "work: products of a state with a weight matrix"
        )
    for row, metric in enumerate(metrics):
        axes[row, 0].set_ylabel(_CURVES[metric])
    legend(figure, shown, columns=3)
    return figure


def depth(tables: Tables, samples: Samples) -> Figure:
    """Draw the last distances and modes of deeper machines, and of those without the sweep."""
    runs = tables["machines"]
    runs = runs[runs["experiment"] == "variations"]
    metrics = {
        "fd_sample": "Fréchet distance of samples",
        "log_likelihood": "log-likelihood (nats)",
        "unique_modes": "share of modes that are unique",
    }
    shown = present(runs["learner"], LEARNERS)
    figure, axes = plt.subplots(1, len(metrics), figsize=(10, 2.8), sharey=True)
    for axis, (metric, label) in zip(axes, metrics.items(), strict=True):
        for index, centre in enumerate(present(runs["centre"], CENTRES)):
            part = runs[runs["centre"] == centre]
            places = part["learner"].map(shown.index) + 0.2 * index
            axis.scatter(part[metric], places, s=18, color=f"C{index}", label=CENTRES[centre])
        axis.set_yticks(range(len(shown)), [LEARNERS[name] for name in shown])
        axis.set(xlabel=label)
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
