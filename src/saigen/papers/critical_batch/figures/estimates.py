"""Gradient noise on the way to the target, and what the estimators make of it."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.papers.critical_batch.figures.names import (
    COLOURS,
    SETTINGS,
    Samples,
    Tables,
    mean_of_all,
)
from saigen.papers.critical_batch.sizes import fits_behind, made_by_smallest

QUANTITIES = {
    "variance": "σ², variance of one\nexample's gradient",
    "noise_scale": "noise scale\nσ² / ‖G‖²",
    "least": "least entry of √v̂",
    "median": "median entry of √v̂",
}
STYLES = {"discriminator": "-", "generator": "--"}
ESTIMATORS = {
    "measured": "measured",
    "E1": "E1: line",
    "E2_median": "E2: constants,\nmedian h",
    "E2_least": "E2: constants,\nleast h",
    "E3": "E3: noise scale",
}


def noise(tables: Tables, samples: Samples) -> Figure:
    """Draw each quantity over steps, a colour an optimiser, a style a network.

    Means over seeds, at the steps that all seeds have.
    """
    table = tables["gradient_noise"]
    figure, axes = plt.subplots(1, len(QUANTITIES), figsize=(12, 2.9))
    for axis, (quantity, label) in zip(axes, QUANTITIES.items(), strict=True):
        for (optimiser, network), part in table.groupby(["optimiser", "network"], sort=False):
            mean = mean_of_all(part, quantity, part["seed"].nunique())
            mean = mean[mean > 0.0]
            axis.plot(mean.index, mean, STYLES[network], color=COLOURS[optimiser])
        axis.set(xscale="log", yscale="log", xlabel="steps", ylabel=label)
    for optimiser in table["optimiser"].unique():
        axes[0].plot([], [], color=COLOURS[optimiser], label=SETTINGS[optimiser])
    for network, style in STYLES.items():
        axes[0].plot([], [], style, color="0.3", label=network)
    axes[0].legend(fontsize=6)
    return figure


def estimates(tables: Tables, samples: Samples) -> Figure:
    """Draw estimates beside the measured size, a panel a network, a dot a seed.

    An estimate that is not a positive number is counted below. E1 is hollow where the smallest
    batch size alone makes it.
    """
    table = tables["estimates"].assign(alone=_made_by_smallest(tables))
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True)
    for axis, network in zip(axes, STYLES, strict=True):
        part = table[table["network"] == network]
        for shift, optimiser in zip((-0.2, 0.0, 0.2), COLOURS, strict=False):
            mine = part[part["optimiser"] == optimiser]
            for place, column in enumerate(ESTIMATORS):
                values = mine[column].to_numpy(dtype=float)
                defined = np.isfinite(values) & (values > 0.0)
                if lost := int((~defined).sum()):
                    axis.annotate(
                        f"{lost} none", (place + shift, 0.01), xycoords=("data", "axes fraction"),
                        color=COLOURS[optimiser], fontsize=6, rotation=90, ha="center",
                    )  # fmt: skip
                hollow = mine["alone"].to_numpy() & (column == "E1")
                for style, kept in (("full", defined & ~hollow), ("none", defined & hollow)):
                    axis.plot(
                        np.full(kept.sum(), place + shift), values[kept], "o", fillstyle=style,
                        color=COLOURS[optimiser], markersize=4.5, markeredgewidth=0.8,
                        label="_" if place or style == "none" else SETTINGS[optimiser],
                    )  # fmt: skip
        axis.set_xticks(range(len(ESTIMATORS)), list(ESTIMATORS.values()), fontsize=7)
        axis.set(yscale="log", title=network)
    axes[0].set_ylabel("critical batch size")
    axes[0].legend()
    return figure


def _made_by_smallest(tables: Tables) -> list[bool]:
    """Say of each row of `estimates` whether the smallest size alone makes its E1."""
    fits = tables["fits"].query("model == 'dcgan' and reading == 'fixed' and aim == 'target'")
    fits = fits.assign(alone=made_by_smallest(fits))
    rows = zip(tables["estimates"]["optimiser"], tables["estimates"]["seed"], strict=True)
    return [bool(fits_behind(fits, *row)["alone"].any()) for row in rows]
