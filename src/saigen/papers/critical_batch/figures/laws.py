"""The two laws beside the runs that they were fitted to."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saigen.papers.critical_batch.figures.names import (
    COLOURS,
    LAW,
    LINE,
    RIVAL,
    Samples,
    Tables,
    label_batches,
)
from saigen.papers.critical_batch.theory import Law, NoiseScale

MODELS = {"dcgan": "DCGAN", "wgan_gp": "WGAN-GP"}


def laws(tables: Tables, samples: Samples) -> Figure:
    """Draw cost with both laws (left) and 1/N against 1/b with E1's line (right), a row a model.

    The law and E1 are one formula fitted in two ways, with two colours: by maximum likelihood over
    all runs, and by least squares on 1/N over those that reached the target.
    """
    figure, axes = plt.subplots(len(MODELS), 2, figsize=(8, 5.4))
    for row, (model, title) in zip(axes, MODELS.items(), strict=True):
        chosen = f"model == '{model}' and setting == 'adam' and reading == 'fixed'"
        runs = tables["crossings"].query(f"{chosen} and aim == 'target'")
        fits = tables["fits"].query(f"{chosen} and aim == 'target'")
        _cost(row[0], runs, fits)
        _line(row[1], runs, fits)
        row[0].set_title(title)
    # Up there the line leaves room.
    (handles, names), (line, its_name) = (axis.get_legend_handles_labels() for axis in axes[0])
    axes[0, 1].legend(handles + line, names + its_name)
    return figure


def _cost(axis: Axes, runs: pd.DataFrame, fits: pd.DataFrame) -> None:
    reached = runs[~runs["censored"].astype(bool)]
    lost = runs[runs["censored"].astype(bool)]
    axis.plot(reached["batch_size"], reached["sfo"], ".", color=COLOURS["adam"], label="runs")
    axis.plot(
        lost["batch_size"], lost["last_step"] * lost["batch_size"], "^", color=COLOURS["adam"],
        fillstyle="none", label="runs without an N",
    )  # fmt: skip
    batch = np.geomspace(runs["batch_size"].min() / 1.5, runs["batch_size"].max() * 1.2, 400)
    top = 4.0 * (runs["last_step"] * runs["batch_size"]).max()
    for number, fit in enumerate(fits.dropna(subset=["law_floor"]).itertuples()):
        law = Law(fit.law_floor, fit.law_critical / 2.0)
        cost = law.cost(batch)
        label = "law: N = a b / (b − β)" if not number else "_"
        axis.plot(batch, np.where(cost < top, cost, np.nan), color=LAW, alpha=0.7, label=label)
        label = "its wall β" if not number else "_"
        axis.axvline(law.wall, color=LAW, linestyle=":", linewidth=1.0, label=label)
        rival = NoiseScale(fit.noise_floor, fit.noise_scale)
        label = "rival: N = a (1 + B/b)" if not number else "_"
        axis.plot(batch, rival.steps(batch) * batch, "--", color=RIVAL, label=label)
    # A wall to the left of all batch sizes is out of sight.
    axis.set(yscale="log", ylabel="cost N·b (examples)", xlim=(batch[0], batch[-1]))
    label_batches(axis, runs["batch_size"])


def _line(axis: Axes, runs: pd.DataFrame, fits: pd.DataFrame) -> None:
    reached = runs[~runs["censored"].astype(bool)]
    axis.plot(1.0 / reached["batch_size"], 1.0 / reached["steps"], ".", color=COLOURS["adam"])
    most = 1.0 / runs["batch_size"].min()
    for number, fit in enumerate(fits.dropna(subset=["line_critical"]).itertuples()):
        x = np.array([0.0, most])
        y = (1.0 - fit.line_critical / 2.0 * x) / fit.line_floor
        label = "E1: least squares on 1/N" if not number else "_"
        axis.plot(x, y, "-.", color=LINE, alpha=0.8, label=label)
    axis.set(xlabel="1 / b", ylabel="1 / N", ylim=(0.0, None))
