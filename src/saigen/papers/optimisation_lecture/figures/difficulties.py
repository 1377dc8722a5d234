"""Figures of parts 4 and 5: what makes optimising hard, and strategies."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.papers.optimisation_lecture.figures.names import (
    COLOURS,
    METHODS,
    Samples,
    Tables,
    arrays_of,
    measured,
)

#: The learning rate of `escape` in the experiment `saddle`, at every scale.
SADDLE_RATE = 0.1


def difficulties(tables: Tables, samples: Samples) -> Figure:
    """Draw six of them, a panel each."""
    figure, axes = plt.subplots(2, 3, figsize=(11, 6))
    local, spread, saddle, plateau, time, starts = axes.flat

    rows = measured(tables, "basins", "escaped")
    places = {0.0: "all", 100.0: "100", 10.0: "10", 1.0: "1"}
    xs = rows["label"].map({size: place for place, size in enumerate(places)})
    local.scatter(xs, rows["value"], s=16)
    local.set_xticks(range(4), list(places.values()))
    local.set(xlabel="minibatch", ylabel="share that escaped", title="local minimum")

    rows = measured(tables, "widths", "mse")
    rows["width"] = rows["of"].astype(float)
    noise = 1.0 + 0.2 * (np.random.default_rng(0).random(len(rows)) - 0.5)
    spread.scatter(rows["width"] * noise, rows["value"], s=3, alpha=0.4, rasterized=True)
    spread.set(yscale="log", xlabel="width", ylabel="final loss", title="many first weights")
    spread.set_xscale("log", base=2)
    widths = sorted(rows["width"].unique())
    spread.set_xticks(widths, [f"{width:g}" for width in widths])

    rows = measured(tables, "saddle", "escape")
    rows = rows[(rows["label"] > 0.0) & (rows["value"] >= 0.0)]
    for method, part in rows.groupby("of", sort=False):
        part = part.sort_values("label")
        saddle.plot(
            part["label"], part["value"], marker=".", color=COLOURS[method], label=METHODS[method]
        )
    saddle.set(xscale="log", xlabel="distance from the axis, δ", ylabel="steps until |y| > 1")
    saddle.set_title(f"saddle, η = {SADDLE_RATE:g}")
    saddle.legend(fontsize=7)

    rows = measured(tables, "plateau", "steps")
    rows[["loss", "z"]] = rows["label"].str.split("/", expand=True)
    for loss, part in rows.groupby("loss", sort=False):
        plateau.plot(part["z"].astype(float), part["value"], marker="o", label=loss)
    plateau.set(yscale="log", xlabel="first logit", ylabel="steps to p = ½", title="plateau")
    plateau.legend()

    for metric, style in (("norm", "-"), ("tanh", ":")):
        rows = measured(tables, "long_term", metric)
        rows[["radius", "lag"]] = rows["label"].str.split("/", expand=True).astype(float)
        means = rows.groupby(["radius", "lag"])["value"].mean()
        for place, (radius, part) in enumerate(means.groupby("radius")):
            label = f"ρ = {radius:g}" if metric == "norm" else None
            lags = part.index.get_level_values("lag")
            time.plot(lags, part, style, color=f"C{place}", label=label)
    time.set(
        yscale="log", xlabel="lag", ylabel="gradient norm", title="through time (dotted: tanh)"
    )
    time.legend(fontsize=7)

    rows = measured(tables, "many_starts", "success")
    starts.scatter(rows["label"], rows["value"], s=14)
    starts.set(xscale="log", xlabel="starts", ylabel="success", title="Rastrigin")
    return figure


def cliff(tables: Tables, samples: Samples) -> Figure:
    """Draw the loss surface with its cliff, and the descents on it."""
    found = arrays_of(samples, "cliff")
    figure = plt.figure(figsize=(10, 4))
    solid = figure.add_subplot(1, 2, 1, projection="3d")
    w, b = np.meshgrid(found["w"], found["b"])
    solid.plot_surface(w, b, found["loss"], cmap="viridis", rcount=60, ccount=60, rasterized=True)
    solid.view_init(35, -60)
    solid.locator_params(axis="x", nbins=4)
    solid.set(xlabel="w", ylabel="b", zlabel="E")
    flat = figure.add_subplot(1, 2, 2)
    shades = flat.contourf(w, b, found["loss"], levels=20, cmap="viridis", alpha=0.6)
    figure.colorbar(shades, ax=flat, label="E")
    ways = [name.split("/")[1:] for name in found if name.startswith("path/")]
    # The lower the threshold, the shorter the way: drawn first, it would lie under the others.
    for clip, v in sorted(ways, key=lambda way: float(way[1]) or np.inf, reverse=True):
        path = found[f"path/{clip}/{v}"]
        label = f"{clip}, v = {v}" if float(v) else "unclipped"
        flat.plot(*path.T, ".-", ms=2, lw=0.9, color=f"C{ways.index([clip, v])}", label=label)
    flat.plot(*path[0], "k*", ms=9, zorder=4)
    flat.set(xlim=(w.min(), w.max()), ylim=(b.min(), b.max()), xlabel="w", ylabel="b")
    flat.legend(fontsize=7, title="clip, threshold v", title_fontsize=7)
    return figure


def strategies(tables: Tables, samples: Samples) -> Figure:
    """Draw coordinate descent, a noisy valley with its average, and the average's variance."""
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.1))
    found = arrays_of(samples, "coordinates")
    for axis, rho in zip(axes, (0.5, 0.99), strict=False):
        path = found[f"path/{rho:g}"]
        x, y = np.meshgrid(np.linspace(-2.5, 2.5, 100), np.linspace(-2.5, 2.5, 100))
        height = 0.5 * (x**2 + y**2) + rho * x * y
        axis.contour(x, y, height, np.geomspace(0.01, 10.0, 10), colors="0.75", linewidths=0.7)
        axis.plot(*path.T, ".-", color="C3", ms=4, lw=1)
        axis.plot(0.0, 0.0, "k+", ms=9)
        axis.set(title=f"coordinates, ρ = {rho:g}", xlabel="x − x*", ylabel="y − y*")
    iterates, average = arrays_of(samples, "averaging")["valley"]
    axes[2].plot(*iterates.T, lw=0.6, color="C0", label="iterates")
    axes[2].plot(*average.T, lw=1.6, color="C1", label="their average")
    axes[2].plot(0.0, 0.0, "k+", ms=9)
    axes[2].set(title="noisy valley", xlabel="x", ylabel="y")
    axes[2].legend()
    rows, theory = (measured(tables, "averaging", n) for n in ("average", "average_theory"))
    line = theory.groupby("label")["value"].mean()
    axes[3].plot(line.index, line, label="s²/(λ²t)", **PUBLISHED)
    axes[3].scatter(rows["label"], rows["value"], s=14, color="C1", zorder=3, label="average")
    last = measured(tables, "averaging", "variance")
    axes[3].axhline(last[last["label"] == "last"]["value"].mean(), color="C0", label="iterates")
    # Of independent draws a moving average of decay d varies as a plain one of so many does.
    forgetting = measured(tables, "averaging", "ema")
    reach = (1.0 + forgetting["label"]) / (1.0 - forgetting["label"])
    axes[3].scatter(
        reach, forgetting["value"], s=14, marker="^", color="C2", label="moving average"
    )
    axes[3].set(xscale="log", yscale="log", xlabel="steps averaged", ylabel="variance")
    axes[3].legend()
    return figure
