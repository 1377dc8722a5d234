"""Figures of part 1: steps, paths, convergence, second-order methods."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.papers.optimisation_lecture.figures.names import (
    BOOK_RATES,
    COLOURS,
    METHODS,
    Samples,
    Tables,
    measured,
)
from saigen.papers.optimisation_lecture.landscapes import LANDSCAPES

#: Steps of a path that a picture shows.
SHOWN = 200


def step_sizes(tables: Tables, samples: Samples) -> Figure:
    """Draw step sizes along a constant gradient, and contractions on quadratics."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
    table = tables["step_sizes"]
    for method in METHODS:
        # AdaDelta has a rate of its own, so that each is told.
        for rate, rows in table[table["optimiser"] == method].groupby("rate"):
            label = f"{METHODS[method]}, η = {rate:g}"
            left.plot(rows["step"], rows["size"], marker=".", color=COLOURS[method], label=label)
    left.set(xscale="log", yscale="log", xlabel="step", ylabel="size of the step, gradient 3")
    seen, theory = (measured(tables, "quadratics", name) for name in ("contraction", "theory"))
    for rows, shown in ((theory, False), (seen, True)):
        rows[["method", "kappa"]] = rows["of"].str.split("/", expand=True)
        rows["kappa"] = rows["kappa"].astype(float)
        for method, part in rows.groupby("method", sort=False):
            if shown:
                right.plot(
                    part["kappa"],
                    1.0 - part["value"],
                    "o",
                    ms=5,
                    color=COLOURS[method],
                    label=METHODS[method],
                )
            else:
                label = None if method != "sgd" else "theory"
                right.plot(part["kappa"], 1.0 - part["value"], label=label, **PUBLISHED)
    right.set(
        xscale="log",
        yscale="log",
        xlabel="condition number κ",
        ylabel="1 − contraction a step",
    )
    for axis in (left, right):
        axis.legend(ncols=2, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return figure


def valley(tables: Tables, samples: Samples) -> Figure:
    """Draw thirty steps of each method in Saitō's valley."""
    figure, axes = plt.subplots(2, 4, figsize=(11, 4.2), sharex=True, sharey=True)
    for axis, method in zip(axes.flat, METHODS, strict=False):
        path = _path(samples, method, "valley", BOOK_RATES[method])[:31]
        _contours(axis, "valley", levels=np.geomspace(0.05, 12.0, 12))
        axis.plot(*path.T, ".-", color=COLOURS[method], lw=1, ms=4)
        axis.plot(0.0, 0.0, "k+", ms=8)
        axis.set_title(f"{METHODS[method]}, η = {BOOK_RATES[method]:g}")
    axes.flat[-1].set_axis_off()
    for axis in axes[-1]:
        axis.set_xlabel("x")
    for axis in axes[:, 0]:
        axis.set_ylabel("y")
    return figure


def gallery(tables: Tables, samples: Samples) -> Figure:
    """Draw every method's path on nine functions, each at the rate that ends lowest."""
    names = [name for name in LANDSCAPES if name != "slope"]
    figure, axes = plt.subplots(3, 3, figsize=(8, 7.4))
    for axis, name in zip(axes.flat, names, strict=True):
        landscape = LANDSCAPES[name]
        _contours(axis, name)
        for method in METHODS:
            path = _lowest(samples, method, name)
            axis.plot(*path.T, "-", color=COLOURS[method], lw=1.2, label=METHODS[method])
            axis.plot(*path[-1], "o", color=COLOURS[method], ms=3)
        for minimum in landscape.minima:
            axis.plot(*minimum, "*", color="0.1", ms=8)
        low, high, bottom, top = landscape.window
        axis.set(xlim=(low, high), ylim=(bottom, top), title=name.replace("_", " "))
    for axis in axes[-1]:
        axis.set_xlabel("x")
    for axis in axes[:, 0]:
        axis.set_ylabel("y")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=7)
    return figure


def convergence(tables: Tables, samples: Samples) -> Figure:
    """Draw steps to convergence over the learning rate, and over the momentum."""
    rows, sweep = tables["convergence"], tables["momentum"]
    functions = list(dict.fromkeys(rows["function"]))
    figure, axes = plt.subplots(1, len(functions) + 1, figsize=(13, 3.2), sharey=True)
    for axis, function in zip(axes, functions, strict=False):
        for method in METHODS:
            part = rows[(rows["function"] == function) & (rows["optimiser"] == method)]
            part = part.sort_values("rate")
            # A rate at which it never comes below breaks the line: nothing lies between.
            first = part["first"].where(part["first"] >= 0)
            held = first.where(part["stays"] >= 0)
            colour = COLOURS[method]
            axis.plot(part["rate"], first, color=colour, lw=1, label=METHODS[method])
            axis.plot(part["rate"], first, "o", mfc="white", mec=colour, ms=4)
            axis.plot(part["rate"], held, "o", color=colour, ms=4)
        axis.set(xscale="log", yscale="log", title=function, xlabel="learning rate")
        # All rates of the grid: where nothing converges is seen.
        axis.set_xlim(0.6 * rows["rate"].min(), rows["rate"].max() / 0.6)
    # Nesterov's marks are smaller: where the two have the same steps both are seen.
    for method, size in (("momentum", 5), ("nesterov", 2.5)):
        for function, style in (("valley", "o-"), ("rosenbrock", "s--")):
            part = sweep[(sweep["function"] == function) & (sweep["optimiser"] == method)]
            stays = part["stays"].where(part["stays"] >= 0)
            label = f"{METHODS[method]}, {function}"
            colour = COLOURS[method]
            axes[-1].plot(part["momentum"], stays, style, color=colour, ms=size, label=label)
    axes[-1].set(title="lasting steps at the best rate", xlabel="momentum")
    axes[-1].legend(fontsize=6, handlelength=4.5)
    axes[0].set_ylabel("steps until f < 1e-4")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
    return figure


def second_order(tables: Tables, samples: Samples) -> Figure:
    """Draw errors on a quadratic, costs of a step, and loss of a network over evaluations."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.2))
    rows = measured(tables, "second_order_quadratic", "error")
    rows[["method", "step"]] = rows["label"].str.split("/", expand=True)
    rows["step"] = rows["step"].astype(int)
    for method, part in rows.groupby("method", sort=False):
        means = part.groupby("step")["value"].median()
        left.plot(means.index, np.maximum(means, 1e-17), marker=".", label=method)
    left.set(yscale="log", xlabel="step", ylabel="relative error, 20 variables")
    left.legend()
    rows = measured(tables, "second_order_costs", "seconds")
    rows[["method", "n"]] = rows["label"].str.split("/", expand=True)
    rows["n"] = rows["n"].astype(int)
    for method, part in rows.groupby("method", sort=False):
        means = part.groupby("n")["value"].median()
        middle.plot(means.index, means, marker="o", label=method)
    middle.set(xscale="log", yscale="log", xlabel="variables", ylabel="CPU seconds of a step")
    middle.legend()
    rows = tables["regression"]
    adam = rows[rows["method"] == "adam"]
    ends = np.log(adam.groupby(["learning_rate", "seed"])["least"].min())
    best = ends.groupby("learning_rate").mean().idxmin()
    shown = (
        (adam[adam["learning_rate"] == best], f"Adam, η = {best:g}", "C0"),
        (rows[rows["method"] == "L-BFGS"], "L-BFGS", "C1"),
    )
    for runs, name, colour in shown:
        for seed, part in runs.groupby("seed"):
            label = name if seed == 0 else None
            part = part.sort_values("step")
            right.plot(part["step"], part["least"], color=colour, lw=1, label=label)
    right.set(xscale="log", yscale="log", xlabel="evaluations", ylabel="least squared error so far")
    right.legend()
    return figure


def _rates(samples: Samples, method: str) -> tuple[dict, np.ndarray]:
    run = next(run for run in samples if run.facts["params"]["optimiser"] == method)
    return run.facts["params"], run.samples()["paths"]


def _path(samples: Samples, method: str, function: str, rate: float) -> np.ndarray:
    """Return a path [step, 2] at one learning rate."""
    params, paths = _rates(samples, method)
    return paths[:, params["rates"].index(rate), params["functions"].index(function)]


def _lowest(samples: Samples, method: str, function: str) -> np.ndarray:
    """Return the path of the rate whose end is lowest; what leaves the window ends there."""
    params, paths = _rates(samples, method)
    landscape = LANDSCAPES[function]
    low, high, bottom, top = landscape.window
    best, least = None, np.inf
    for place in range(len(params["rates"])):
        path = paths[:SHOWN, place, params["functions"].index(function)].astype(float)
        out = (path[:, 0] < low) | (path[:, 0] > high) | (path[:, 1] < bottom) | (path[:, 1] > top)
        # On a saddle every path leaves in the end: it is shown as far as the window.
        if out.any() and landscape.minima:
            continue
        path = path[: out.argmax() + 1] if out.any() else path
        value = float(landscape(*path[-1]))
        if value < least:
            best, least = path, value
    return paths[:1, 0, params["functions"].index(function)] if best is None else best


def _contours(axis: Axes, name: str, levels: np.ndarray | None = None) -> None:
    """Draw a landscape's contours in grey."""
    low, high, bottom, top = LANDSCAPES[name].window
    x, y = np.meshgrid(np.linspace(low, high, 70), np.linspace(bottom, top, 70))
    z = LANDSCAPES[name](x, y)
    if LANDSCAPES[name].minima and levels is None:
        z = z - z.min() + 1e-3
        levels = np.geomspace(np.quantile(z, 0.01), z.max(), 14)
        axis.contour(x, y, z, levels=levels, colors="0.75", linewidths=0.7, norm=LogNorm())
    else:
        axis.contour(
            x, y, z, levels=14 if levels is None else levels, colors="0.75", linewidths=0.7
        )
