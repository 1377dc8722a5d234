"""Figures of what training ends in: ablations, learning rates, the readings, deeper machines."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.papers.dbm.figures.names import (
    CENTRES,
    COLOURS,
    LEARNERS,
    Samples,
    Tables,
    legend,
    present,
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
    """Draw likelihood and distances, by LMI's sampler and the others', over the learning rate."""
    runs = tables["rates"]
    metrics = {
        "log_likelihood": ("log-likelihood (nats)", "log_likelihood_of_means"),
        "fd_sample": ("Fréchet distance\nof samples", "fd_means"),
        "fd_gibbs": ("Fréchet distance\nof long Gibbs chains", "fd_means"),
    }
    centres = present(runs["centre"], CENTRES)
    figure, axes = plt.subplots(
        len(centres), 3, figsize=(10.5, 2.6 * len(centres) + 0.4), sharex=True, squeeze=False
    )
    for row, centre in zip(axes, centres, strict=True):
        for axis, (metric, (label, of_means)) in zip(row, metrics.items(), strict=True):
            for learner, part in runs[runs["centre"] == centre].groupby("learner", sort=False):
                means = part.groupby("learning_rate")[[metric, "log_z_error"]].mean()
                reach = 2.0 * means["log_z_error"] if metric == "log_likelihood" else None
                colour = COLOURS[learner]
                axis.errorbar(means.index, means[metric], reach, marker=".", color=colour)
            axis.axhline(runs[of_means].mean(), color="0.5", lw=0.9, ls="--", zorder=1)
            axis.set(xscale="log", ylabel=label, title=CENTRES[centre])
    for axis in axes[-1]:
        axis.set_xlabel("learning rate")
    legend(figure, runs["learner"])
    return figure


def readings(tables: Tables, samples: Samples) -> Figure:
    """Draw the smallest gap of a first proposal in each run, and how many were accepted."""
    runs = tables["readings"]
    groups = [
        (phase, centre)
        for phase in ("positive", "negative")
        for centre in present(runs["centre"], CENTRES)
    ]
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6))
    for place, (phase, centre) in enumerate(groups):
        part = runs[runs["centre"] == centre]
        x = place + np.linspace(-0.25, 0.25, len(part))
        colours = [COLOURS[name] for name in part["learner"]]
        axes[0].scatter(x, part[f"smallest_gap_{phase}"], s=14, c=colours)
        axes[1].scatter(x, part[f"accepted_{phase}"], s=14, c=colours)
    axes[0].axhline(0.0, color="0.5", linewidth=0.8)
    axes[0].set(ylabel="smallest E(x') − E(x₀)\nof a run (nats)")
    axes[1].set(ylabel="first proposals\naccepted in a run")
    for axis, name, linear in zip(axes, ("smallest_gap", "accepted"), (10.0, 1.0), strict=True):
        # A symmetric log scale takes the margins of a linear one, and cuts marks.
        numbers = runs[[f"{name}_positive", f"{name}_negative"]].to_numpy()
        low, high = np.nanmin(numbers), np.nanmax(numbers)
        axis.set_yscale("symlog", linthresh=linear)
        axis.set_ylim(min(1.5 * low, -0.1 * linear), max(1.5 * high, 10.0 * linear))
    for axis in axes:
        names = [f"{phase}\nphase,\n{CENTRES[centre]}" for phase, centre in groups]
        names = [name.replace(": ", ":\n") for name in names]
        axis.set_xticks(range(len(groups)), names, fontsize=7)
    legend(figure, runs["learner"])
    return figure


def depth(tables: Tables, samples: Samples) -> Figure:
    """Draw the last distances and modes of the readings, and of deeper machines beside LMI."""
    runs = tables["machines"]
    beside = (runs["experiment"] == "training") & (runs["learner"] == "lmi")
    deeper = runs[beside | (runs["experiment"] == "depths")]
    deeper = deeper.assign(learner=deeper["learner"].replace("lmi", "depth_2"))
    # Those of two layers that are compared with the readings have had fewer updates.
    runs = pd.concat([runs[runs["experiment"] == "variations"], deeper])
    # A machine trained without the sweep samples without it.
    swept = runs["learner"] != "no_sweep"
    runs = runs.assign(fd_own=runs["fd_sample"].where(swept, runs["fd_mode"]))
    metrics = {
        "fd_own": "Fréchet distance of own samples",
        "log_likelihood": "log-likelihood (nats)",
        "unique_modes": "different modes over searches",
    }
    names = {**LEARNERS, "lmi": "LMI, as run", "depth_2": "LMI, 2 hidden layers"}
    order = ["lmi", "as_coded", "as_specified", "no_sweep", "depth_2", "depth_3", "depth_4"]
    shown = present(runs["learner"], order)
    figure, axes = plt.subplots(1, len(metrics), figsize=(10, 2.8), sharey=True)
    for axis, (metric, label) in zip(axes, metrics.items(), strict=True):
        for index, centre in enumerate(present(runs["centre"], CENTRES)):
            part = runs[runs["centre"] == centre]
            places = part["learner"].map(shown.index) + 0.2 * index
            axis.scatter(part[metric], places, s=18, color=f"C{index}", label=CENTRES[centre])
        axis.set_yticks(range(len(shown)), [names[name] for name in shown])
        axis.set(xlabel=label)
    axes[0].invert_yaxis()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
