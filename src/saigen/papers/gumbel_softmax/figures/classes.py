"""Figures of the semi-supervised model: speed over classes, and digits drawn by class."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED, blank
from saigen.papers.gumbel_softmax.figures.names import METHODS, Samples, Tables

#: Where the axis of ratios has numbers.
FACTORS = (1, 2, 5, 10, 20, 50)


def figure5a(tables: Tables, samples: Samples) -> Figure:
    """Draw steps a second of both methods, and how much slower marginalising is."""
    runs = tables["class_speed"]
    figure, (speed, slowdown) = plt.subplots(1, 2, figsize=(8, 3))
    for method, part in runs.groupby("method", sort=False):
        means = part.groupby("classes")["steps_per_second"].mean()
        line = speed.plot(means.index, means, label=METHODS[str(method)])[0]
        speed.scatter(part["classes"], part["steps_per_second"], s=12, color=line.get_color())
    means = runs.groupby(["classes", "method"])[["steps_per_second", "published"]].mean()
    ours, theirs = (
        means[column].unstack("method").reindex(columns=["gumbel", "marginal"])
        for column in ("steps_per_second", "published")
    )
    published = theirs["gumbel"] / theirs["marginal"]
    slowdown.plot(published.index, published, label="published (GPU)", marker="o", **PUBLISHED)
    ratio = ours["gumbel"] / ours["marginal"]
    slowdown.plot(ratio.index, ratio, marker="o", color="C2", label="ours")
    speed.set(xscale="log", yscale="log", xlabel="classes", ylabel="steps per second")
    slowdown.set(
        xscale="log", yscale="log", xlabel="classes", ylabel="step time, marginalised / sampled"
    )
    if ratio.notna().any():
        slowdown.set_yticks(FACTORS, [str(factor) for factor in FACTORS])
    for axis in (speed, slowdown):
        axis.set_xticks(list(ours.index), [str(k) for k in ours.index])
        axis.minorticks_off()
        axis.legend()
    return figure


def figure5b(tables: Tables, samples: Samples) -> Figure:
    """Draw digits: a column a class, a row a style z, of each method's first run in table 2."""
    chosen = tables["table2"].drop_duplicates("method").set_index("method")["alpha"]
    first = {}
    for run in samples:
        params, arrays = run.facts["params"], run.samples()
        if arrays and np.isclose(params["alpha"], chosen[params["method"]]):
            first.setdefault(params["method"], arrays)
    if not first:
        return blank("no run of table 2's settings has samples")
    figure, axes = plt.subplots(1, len(first), figsize=(10, 2.6), squeeze=False)
    for axis, (method, arrays) in zip(axes[0], first.items(), strict=True):
        grid = next(iter(arrays.values()))  # [style, class, height, width] in [0, 1]
        axis.imshow(np.block([list(row) for row in grid]), vmin=0.0, vmax=1.0)
        side = grid.shape[-1]
        axis.set_xticks(side * (np.arange(grid.shape[1]) + 0.5), range(grid.shape[1]))
        axis.set_yticks([])
        axis.grid(False)
        axis.set(title=METHODS[method], xlabel="class y", ylabel="style z")
    return figure
