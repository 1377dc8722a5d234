"""Figures of part 3: likelihood, minibatches, surrogates, early stopping."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.papers.optimisation_lecture.figures.names import Samples, Tables, arrays_of, measured


def likelihood(tables: Tables, samples: Samples) -> Figure:
    """Draw ten points with three densities, and the log-likelihood over mean and deviation."""
    found = arrays_of(samples, "likelihood")
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.2))
    x = np.linspace(0.0, 14.0, 400)
    for mean, deviation, name in (
        (5.0, 2.0, "A: N(5, 2)"),
        (8.0, 2.0, "B: N(8, 2)"),
        (*found["maximum"], "most likely"),
    ):
        z = (x - mean) / deviation
        left.plot(x, np.exp(-0.5 * z**2) / (deviation * np.sqrt(2.0 * np.pi)), label=name)
    left.plot(found["points"], np.zeros(10), "|", color="0.2", ms=16, label="points")
    left.set(xlabel="x", ylabel="density")
    left.legend()
    surface = found["surface"]
    levels = surface.max() - np.geomspace(0.1, 60.0, 12)[::-1]
    drawn = right.contour(
        found["means"], found["deviations"], surface, levels=levels, cmap="viridis"
    )
    right.plot(*found["maximum"], "k*", ms=9)
    figure.colorbar(drawn, ax=right, label="log-likelihood (nats)")
    right.set(xlabel="mean", ylabel="deviation")
    return figure


def learning(tables: Tables, samples: Samples) -> Figure:
    """Draw gradient noise over the minibatch, the surrogate's course, and a test error's turn."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3))
    rows = measured(tables, "gradient_noise", "noise")
    exact = measured(tables, "gradient_noise", "exact")["value"].mean()
    sizes = np.array(sorted(rows["label"].unique()))
    left.plot(sizes, exact / sizes, label="tr Cov / B", **PUBLISHED)
    left.scatter(rows["label"], rows["value"], s=14, zorder=3)
    left.set(xscale="log", yscale="log", xlabel="minibatch B", ylabel="E ‖g_B − g‖²")
    left.legend()
    found = arrays_of(samples, "surrogate")
    curve = found["curve"]
    steps = np.arange(1, len(curve) + 1)
    # On a logarithm's axis a loss of 0 is not there: the line marks where 0–1 comes to it.
    wrong, searched = (np.where(v > 0.0, v, np.nan) for v in (curve[:, 0], found["search"]))
    drawn = middle.plot(steps, curve[:, 1], label="cross-entropy (nats)")
    drawn += middle.plot(steps, wrong, label="0–1 loss on its way (share)")
    drawn += middle.plot(steps, searched, "--", label="0–1 loss, random search")
    for place in np.flatnonzero(curve[:, 0] == 0.0)[:1]:
        middle.axvline(steps[place], color="0.5", lw=0.8)
    middle.set(xscale="log", yscale="log", xlabel="step", ylabel="loss: nats, or share wrong")
    distance = middle.twinx()
    drawn += distance.plot(steps, curve[:, 2], ":", color="C3", label="margin (right)")
    distance.set_ylabel("margin (distance)")
    distance.grid(False)
    distance.legend(handles=drawn, fontsize=7, loc="upper right", bbox_to_anchor=(1.0, 0.92))
    found = arrays_of(samples, "early_stopping")
    for column, name in enumerate(("training", "test")):
        right.plot(found["steps"], found["curve"][:, column], label=name)
    best = found["curve"][:, 1].argmin()
    right.axvline(found["steps"][best], color="0.5", lw=0.8)
    ridge = measured(tables, "early_stopping", "ridge_best")
    right.axhline(ridge[ridge["seed"] == 0]["value"].item(), ls="--", color="C1", lw=0.8)
    right.set(xscale="log", yscale="log", xlabel="step", ylabel="mean squared error")
    right.legend()
    return figure
