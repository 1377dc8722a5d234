"""Figures of image GANs: survival curves, sample grids, variations."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.papers.wgan_gp.figures.names import (
    ACTIVATIONS,
    COLOURS,
    METHODS,
    NETWORKS,
    SHARE,
    Samples,
    Tables,
)
from saigen.papers.wgan_gp.success import least_share

#: A method has one style in both panels, and WGAN-GP at equal cost one of its own.
_STYLES, _EQUAL_COST = {"gan": "--", "gp": "-"}, ":"

#: The inception score above which claim C6 counts a published network as trained. Ours is computed.
PUBLISHED_CUT = 5.0
_CUT = {"linestyle": "-.", "linewidth": 1.0, "color": "0.3"}


def survival(tables: Tables, samples: Samples) -> Figure:
    """Draw how many architectures each method trained, over the threshold, and claim C6's cut."""
    table = tables["table5"]
    cut = least_share(tables["random_architectures"]["score_share"])
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.9), sharey=True)
    theirs = table[table["reading"].str.startswith("published")]
    ours = table[table["reading"] == "last score"]
    for method, style in _STYLES.items():
        for axis, rows, drawn in (
            (left, theirs, PUBLISHED),
            (right, ours, {"color": COLOURS[method]}),
        ):
            share, label = _trained(rows, method), METHODS[method]
            axis.plot(rows["threshold"], share, linestyle=style, label=label, **drawn)
    # Of the standard GAN it is the same curve again.
    equal, label = table[table["reading"] == "equal cost"], f"{METHODS['gp']}, equal cost"
    share, colour = _trained(equal, "gp"), COLOURS["gp"]
    right.plot(equal["threshold"], share, linestyle=_EQUAL_COST, color=colour, label=label)
    left.set(
        xlabel="inception score", ylabel="share of architectures above", title="published, n = 200"
    )
    n = int(ours.iloc[0][_COUNTS].sum())
    right.set(xlabel=SHARE, title=f"ours, n = {n}")
    for axis, above in ((left, PUBLISHED_CUT), (right, cut)):
        axis.axvline(above, label=f"C6's cut, {above:.2g}", **_CUT)
        axis.set_ylim(-0.02, 1.02)
        axis.legend()
    return figure


def figure2(tables: Tables, samples: Samples) -> Figure:
    """Draw samples of every cell: a column an architecture, a row a method."""
    cells = tables["success_matrix"].set_index(["network", "method"])
    present = set(tables["success_matrix"]["network"])
    networks = [name for name in NETWORKS if name in present]
    size = (1.4 * len(networks) + 0.8, 7.0)
    figure, axes = plt.subplots(4, len(networks), figsize=size, squeeze=False)
    shown = {
        (run.facts["params"]["network"], run.facts["params"]["method"]): run.samples()
        for run in samples
        if not run.facts["seed"]
    }
    for row, method in zip(axes, METHODS, strict=True):
        for axis, network in zip(row, networks, strict=True):
            arrays = shown.get((network, method))
            if arrays:
                _show(axis, arrays["images"][:16], 4)
            _bare(axis)
            if (network, method) in cells.index:
                cell = cells.loc[(network, method)]
                axis.set_xlabel(
                    f"{cell['frechet']:.2f}; {cell['succeeded']:.0f} of {cell['n']:.0f}"
                    if np.isfinite(cell["frechet"])
                    else "diverged",
                    fontsize=7,
                    color="C2" if cell["succeeded"] == cell["n"] else "0.3",
                )
    for axis, network in zip(axes[0], networks, strict=True):
        axis.set_title(NETWORKS[network], fontsize=7)
    for axis, method in zip(axes[:, 0], METHODS, strict=True):
        axis.set_ylabel(METHODS[method], fontsize=8)
    return figure


def figure4(tables: Tables, samples: Samples) -> Figure:
    """Draw samples of the deep residual network, first seed."""
    figure, axis = plt.subplots(figsize=(6.4, 3.4))
    for run in samples:
        if not run.facts["seed"]:
            _show(axis, run.samples()["images"][:32], 8)
            side = run.samples()["images"].shape[1]
            axis.set_xlabel(f"{side} × {side} pixels, {run.facts['steps']:,} iterations")
    _bare(axis)
    return figure


def figure6(tables: Tables, samples: Samples) -> Figure:
    """Draw samples of the residual networks, first seed; by class where they have labels."""
    figure, axes = plt.subplots(1, 2, figsize=(7, 3.4))
    shown = {run.facts["variant"]: run.samples() for run in samples if not run.facts["seed"]}
    for axis, variant in zip(axes, ("unsupervised", "supervised"), strict=True):
        if arrays := shown.get(variant):
            # Labels go round by tens, so that ten in a row puts each class into a column.
            _show(axis, arrays["images"][:60], 10)
        _bare(axis)
        axis.set_title(variant)
    return figure


def variations(tables: Tables, samples: Samples) -> Figure:
    """Draw the score's share: sides against each other, by activation, by norm."""
    figure, (sides, activations, norms) = plt.subplots(1, 3, figsize=(10, 3.3))
    wide = tables["sides"].pivot(index="architecture", columns="one_sided", values="score_share")
    cut = least_share(tables["random_architectures"]["score_share"])
    sides.axline((0, 0), slope=1, color="0.7", linewidth=0.8)
    sides.scatter(wide[False], wide[True], s=16, color=COLOURS["gp"])
    sides.axvline(cut, label=f"C6's cut, {cut:.2g}", **_CUT)
    sides.axhline(cut, **_CUT)
    most = max(cut, wide.max(axis=None))
    sides.set(
        xlabel=f"{SHARE}\ntwo-sided penalty",
        ylabel=f"one-sided penalty\n{SHARE}",
        title="sides, a dot an architecture",
        xlim=(-0.05 * most, 1.1 * most),
        ylim=(-0.05 * most, 1.1 * most),
    )
    sides.legend(loc="upper left", bbox_to_anchor=(0.0, 0.9))
    named = tables["activations"].replace({"critic_activation": ACTIVATIONS})
    _strips(activations, named, "critic_activation", "critic's activation, a dot an architecture")
    _strips(norms, tables["critic_norms"], "critic_norm", "critic's norm, a dot a seed")
    return figure


def _strips(axis: Axes, runs, by: str, title: str) -> None:
    most = runs["score_share"].max()
    levels = list(dict.fromkeys(runs[by]))
    places = runs[by].map(levels.index)
    axis.scatter(places, runs["score_share"], s=14, color=COLOURS["gp"], alpha=0.7)
    means = runs.groupby(by)["score_share"].mean()
    axis.scatter(range(len(levels)), means[levels], marker="_", s=300, color="0.2")
    axis.set_xticks(range(len(levels)), levels)
    axis.set(title=title, ylabel=SHARE, xlim=(-0.5, len(levels) - 0.5))
    axis.set_ylim(-0.05 * most, 1.1 * most)


_COUNTS = ["only_gan", "only_gp", "both", "neither"]


def _trained(rows, method: str):
    """Return the share of architectures above each threshold."""
    return (rows[f"only_{method}"] + rows["both"]) / rows[_COUNTS].sum(axis=1)


def _show(axis: Axes, images: np.ndarray, columns: int) -> None:
    """Show [image, side, side, channel] uint8 as a mosaic."""
    rows = len(images) // columns
    tiles = images[: rows * columns].reshape(rows, columns, *images.shape[1:])
    mosaic = np.concatenate(np.concatenate(tiles, axis=1), axis=1)
    grey = mosaic.shape[-1] == 1
    axis.imshow(mosaic[..., 0] if grey else mosaic, cmap="gray", vmin=0, vmax=255)


def _bare(axis: Axes) -> None:
    axis.set_xticks([])
    axis.set_yticks([])
    axis.grid(False)
    axis.spines[:].set_visible(False)
