"""Figures along training: distances and likelihoods, equal work, sweeps and meeting times."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

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
    "curve_unique_modes": "different modes\nover searches",
    "curve_search_sweeps": "T: sweeps of\nthe local search",
    "curve_reconstruction_error": "reconstruction error\n(share of units)",
}
#: What a curve is held against: label and line.
_REFERENCES = {
    "floor": ("training images", ":"),
    "means": ("independent pixels at their means", "--"),
    "noise": ("noise", "-."),
}


def curves_mnist(tables: Tables, samples: Samples) -> Figure:
    """Draw every measure along the steps on MNIST."""
    return _curves(tables["curves"], ["training"], "step", list(_CURVES))


def curves_fashion(tables: Tables, samples: Samples) -> Figure:
    """Draw every measure along the steps on Fashion-MNIST."""
    return _curves(tables["curves"], ["training_fashion"], "step", list(_CURVES))


def long_curves(tables: Tables, samples: Samples) -> Figure:
    """Draw every measure along the long runs, a column a dataset."""
    table = tables["long_curves"]
    return _curves(table, present(table["experiment"], DATA), "step", list(_CURVES))


def work(tables: Tables, samples: Samples) -> Figure:
    """Draw distances, by LMI's sampler and the others', and likelihood over the work, on MNIST."""
    metrics = ["curve_fd_sample", "curve_fd_gibbs", "curve_log_likelihood"]
    return _curves(tables["curves"], ["training"], "work", metrics)


def search(tables: Tables, samples: Samples) -> Figure:
    """Draw sweeps of trainings by local modes, and meeting times where chains are coupled."""
    table = tables["sweeps"]
    table = table[table["experiment"].isin(["training", "variations", "depths"])]
    coupled = ("as_coded", "as_specified", "gibbs_ucd")
    by_modes = [name for name in LEARNERS if name not in ("gibbs_ucd", "pretrained")]
    by_modes = [name for name in by_modes if not name.startswith(("cd", "pcd"))]
    rows = {"sweeps": ("sweeps", by_modes), "tau": ("τ, mean over chains", coupled)}
    phases = ("positive", "negative")
    panels = [(phase, centre) for phase in phases for centre in present(table["centre"], CENTRES)]
    figure, axes = plt.subplots(
        len(rows),
        len(panels),
        figsize=(2.8 * len(panels), 5.2),
        sharex="col",
        sharey="row",
        squeeze=False,
    )
    for row, (metric, (label, learners)) in zip(axes, rows.items(), strict=True):
        for axis, (phase, centre) in zip(row, panels, strict=True):
            runs = table[table["centre"] == centre]
            for learner in present(runs["learner"], learners):
                part = runs[runs["learner"] == learner]
                # `lmi` is in both experiments; their first steps are the same.
                means = part.groupby("step")[f"{metric}_{phase}"].mean()
                axis.plot(means.index, means, color=COLOURS[learner], marker=".", ms=3)
        row[0].set_ylabel(label)
    for axis, (phase, centre) in zip(axes[0], panels, strict=True):
        axis.set_title(f"{phase} phase,\n{CENTRES[centre]}")
    for axis in axes[-1]:
        axis.set(xlabel="updates")
    shown = {name for _, learners in rows.values() for name in learners}
    legend(figure, [name for name in table["learner"] if name in shown])
    return figure


def _curves(table: pd.DataFrame, experiments: list[str], along: str, metrics: list[str]) -> Figure:
    """Draw a row a metric, a column an experiment and centre."""
    table = table[table["experiment"].isin(experiments)]
    panels = [
        (experiment, centre)
        for experiment in experiments
        for centre in present(table[table["experiment"] == experiment]["centre"], CENTRES)
    ]
    figure, axes = plt.subplots(
        len(metrics),
        len(panels),
        figsize=(4.2 * len(panels), 1.7 * len(metrics) + 0.8),
        sharex="col",
        sharey="row" if len(experiments) == 1 else "none",
        squeeze=False,
    )
    shown = present(table["learner"], MAIN)
    for column, (experiment, centre) in zip(axes.T, panels, strict=True):
        runs = table[(table["experiment"] == experiment) & (table["centre"] == centre)]
        for axis, metric in zip(column, metrics, strict=True):
            for learner in shown:
                _band(axis, runs[runs["learner"] == learner], metric, along, COLOURS[learner])
            _references(axis, runs, metric)
            if metric.startswith("curve_fd"):
                axis.set_yscale("log")
        column[0].set_title(f"{DATA[experiment]}, {CENTRES[centre]}")
        column[-1].set_xlabel(
            "updates"
            if along == "step"
            else "work: thousand products of a state with a weight matrix"
        )
    for axis, metric in zip(axes[:, 0], metrics, strict=True):
        axis.set_ylabel(_CURVES[metric])
    references = [
        Line2D([], [], color="0.5", lw=0.9, ls=style, label=label)
        for label, style in _REFERENCES.values()
    ]
    legend(figure, shown, columns=3, others=references)
    return figure


def _band(axis: Axes, runs: pd.DataFrame, metric: str, along: str, colour: str) -> None:
    """Draw the mean over seeds, and what they span; of likelihoods the error of log Z too."""
    error = "curve_log_z_error"
    cells = runs.groupby("step")[[metric, "work", error]].agg(["mean", "min", "max"])
    x = cells.index if along == "step" else cells["work", "mean"] / 1000.0
    axis.plot(x, cells[metric, "mean"], color=colour, marker=".", ms=3)
    low, high = cells[metric, "min"], cells[metric, "max"]
    axis.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
    if metric == "curve_log_likelihood":
        reach = 2.0 * cells[error, "max"]
        axis.errorbar(x, cells[metric, "mean"], reach, fmt="none", ecolor=colour, elinewidth=0.8)


def _references(axis: Axes, runs: pd.DataFrame, metric: str) -> None:
    """Draw what independent pixels, training images and noise would have, where it is known."""
    for name, (_, style) in _REFERENCES.items():
        known = f"curve_fd_{name}" if metric.startswith("curve_fd") else f"{metric}_of_{name}"
        if known in runs:
            axis.axhline(runs[known].mean(), color="0.5", lw=0.9, ls=style, zorder=1)
