"""Figures of networks: optimisers on digits, first weights, batch normalisation, transfer."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.papers.optimisation_lecture.figures.names import (
    COLOURS,
    INITIAL_COLOURS,
    INITIALS,
    METHODS,
    Samples,
    Tables,
    arrays_of,
    measured,
)
from saigen.stats import t_interval

#: Stages of equal length in which `inserted_layers` grows, at every scale: a hidden layer each.
STAGES = 5


def digits(tables: Tables, samples: Samples) -> Figure:
    """Draw training losses of the methods, and from kinds of first weights."""
    rows = tables["digits_curves"]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
    parts = (
        ("optimisers_in_a_network", METHODS, COLOURS),
        ("deep_first_weights", INITIALS, INITIAL_COLOURS),
    )
    for axis, (experiment, names, colours) in zip(axes, parts, strict=True):
        part = rows[rows["experiment"] == experiment]
        for name in sorted(dict.fromkeys(part["variant"]), key=lambda name: name == "zeros"):
            curves = part[part["variant"] == name].pivot(
                index="step", columns="seed", values="loss"
            )
            axis.plot(curves.index, curves, color=colours[name], lw=0.4, alpha=0.5)
            # Zeros and small weights lie on one line: the one is dashed over the other.
            style = "--" if name == "zeros" else "-"
            axis.plot(
                curves.index, curves.mean(axis=1), style, color=colours[name], label=names[name]
            )
        axis.set(yscale="log", xlabel="step")
        axis.legend()
    axes[0].set(ylabel="training loss (nats)", title="seven methods")
    axes[1].set_title("gradient descent from four kinds of first weights")
    return figure


def activations(tables: Tables, samples: Samples) -> Figure:
    """Draw histograms of activations: a column a kind of first weights, a row an activation."""
    kinds = ["sd_1", "sd_0.01", "xavier", "he"]
    functions = ["sigmoid", "tanh", "relu"]
    figure, axes = plt.subplots(3, 4, figsize=(10, 5.2))
    for row, activation in zip(axes, functions, strict=True):
        for axis, kind in zip(row, kinds, strict=True):
            found = arrays_of(samples, "activations", activation=activation, initial=kind)
            edges, shares = found["edges"], found["histograms"]
            extent = (edges[0], edges[-1], len(shares) + 0.5, 0.5)
            # The root of a share: thin tails would not show beside a heap at the edge.
            norm = PowerNorm(0.5, vmin=0.0, vmax=0.5, clip=True)
            shown = axis.imshow(shares, aspect="auto", extent=extent, cmap="Blues", norm=norm)
            axis.grid(False)
            if activation == "relu":
                for layer, beyond in enumerate(1.0 - shares.sum(1), start=1):
                    axis.text(0.98, layer, f"> 1: {beyond:.0%}", ha="right", va="center", size=7)
            axis.set_yticks(range(1, len(shares) + 1))
            if activation == "sigmoid":
                axis.set_title(INITIALS[kind])
        row[0].set_ylabel(f"{activation}\nlayer")
    for axis in axes[-1]:
        axis.set_xlabel("activation")
    figure.colorbar(shown, ax=axes, label="share of units in a bin", extend="max", pad=0.01)
    return figure


def first_weights(tables: Tables, samples: Samples) -> Figure:
    """Draw second moments of ReLU activations by layer, and losses of two-layer regression."""
    figure, axes = plt.subplots(1, 4, figsize=(12, 3))
    rows = measured(tables, "activations", "second_moment")
    for kind in ("sd_1", "sd_0.01", "xavier", "he"):
        part = rows[rows["of"] == f"relu/{kind}"].groupby("label")["value"].mean()
        axes[0].plot(
            part.index, part, marker=".", color=INITIAL_COLOURS[kind], label=INITIALS[kind]
        )
    axes[0].set(yscale="log", xlabel="layer", ylabel="E[h²], ReLU", title="before training")
    alone = measured(tables, "single_unit", "mse").set_index("label")["value"]
    rows = tables["regression"]
    rows = rows[rows["method"] == "sgd"]
    for axis, activation in zip(axes[1:], ("sigmoid", "tanh", "relu"), strict=True):
        for kind in dict.fromkeys(rows["initial"]):
            part = rows[(rows["activation"] == activation) & (rows["initial"] == kind)]
            # A diverged run is infinite, so that the median is of all.
            means = part.groupby("step")["mse"].median()
            axis.plot(means.index, means, color=INITIAL_COLOURS[kind], label=INITIALS[kind])
        axis.axhline(alone[activation], **PUBLISHED)
        axis.set(yscale="log", xlabel="step", title=f"regression, {activation}")
    axes[1].set_ylabel("mean squared error, median")
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure


def rates(tables: Tables, samples: Samples) -> Figure:
    """Draw training losses of the seven methods over the learning rate."""
    rows = tables["rates"]
    figure, axis = plt.subplots(figsize=(6, 3.8))
    above = axis.get_xaxis_transform()
    line = 1.04
    for name in dict.fromkeys(rows["optimiser"]):
        part = rows[rows["optimiser"] == name]
        losses = part["loss"].where(part["status"] != "diverged", np.inf)
        medians = losses.groupby(part["learning_rate"]).median()
        axis.plot(part["learning_rate"], losses, ".", color=COLOURS[name], ms=4, alpha=0.5)
        axis.plot(medians.index, medians, color=COLOURS[name], label=METHODS[name])
        lost = part["status"].eq("diverged").groupby(part["learning_rate"]).agg(["sum", "size"])
        lost = lost[lost["sum"] > 0]
        # A run without a loss has no place in the panel: crosses and counts, a line a method.
        for rate, count, runs in lost.itertuples():
            told, within = f"{count} of {runs}", {"color": COLOURS[name], "transform": above}
            axis.plot(rate, line, "x", ms=5, clip_on=False, **within)
            axis.text(1.08 * rate, line, told, fontsize=6, va="center", **within)
        line += 0.05 * bool(len(lost))
    axis.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="training loss (nats)")
    axis.plot([], [], "x", color="0.4", ms=5, label="diverged runs")
    axis.legend(ncols=2, fontsize=7)
    return figure


def batch_norm(tables: Tables, samples: Samples) -> Figure:
    """Draw training accuracy over the deviation of first weights, with and without batch norm."""
    rows = tables["digits"]
    rows = rows[rows["experiment"] == "batch_norm"]
    rates = sorted(rows["learning_rate"].unique())
    figure, axes = plt.subplots(1, len(rates), figsize=(4 * len(rates), 3), sharey=True)
    for axis, rate in zip(np.atleast_1d(axes), rates, strict=True):
        for normed, name in ((False, "without"), (True, "with batch norm")):
            chosen = rows["batch_norm"].astype(str).str.lower() == str(normed).lower()
            part: pd.DataFrame = rows[chosen & (rows["learning_rate"] == rate)]
            accuracy = part["train_accuracy"].where(part["status"] != "diverged")
            axis.plot(part["deviation"], accuracy, ".", color=f"C{int(normed)}", alpha=0.5)
            means = accuracy.groupby(part["deviation"]).mean()
            axis.plot(means.index, means, color=f"C{int(normed)}", label=name)
        axis.set(xscale="log", xlabel="deviation of first weights", title=f"η = {rate:g}")
    np.atleast_1d(axes)[0].set_ylabel("training accuracy")
    np.atleast_1d(axes)[0].legend()
    return figure


def inserted_layers(tables: Tables, samples: Samples) -> Figure:
    """Draw training loss and test accuracy over the steps, both ways of training."""
    rows = tables["inserted_layers"]
    figure, axes = plt.subplots(1, 2, figsize=(8, 3))
    looks = (("train_loss", "training loss (nats)"), ("test_accuracy", "test accuracy"))
    for axis, (metric, words) in zip(axes, looks, strict=True):
        for inserted, name in ((False, "at once"), (True, "a layer at a time")):
            part = rows[rows["inserted"].astype(str) == str(inserted)]
            seen = _intervals(part, "step", metric)
            axis.plot(seen.index, seen["value"], marker="o", ms=3, label=name)
            axis.fill_between(seen.index, seen["low"], seen["high"], alpha=0.2, lw=0)
        for stage in range(1, STAGES):
            label = "a layer is inserted" if stage == 1 else None
            place = stage * rows["step"].max() / STAGES
            axis.axvline(place, color="0.5", lw=0.8, ls=":", label=label)
        axis.set(xlabel="updates", ylabel=words)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def transfer(tables: Tables, samples: Samples) -> Figure:
    """Draw accuracy and early loss over the examples a class, from each start."""
    rows = tables["transfer"].assign(inverted=lambda t: t["inverted"].astype(str))
    sources = list(dict.fromkeys(rows["inverted"]))
    figure, axes = plt.subplots(len(sources), 2, figsize=(8, 2.8 * len(sources)), squeeze=False)
    for line, source in zip(axes, sources, strict=True):
        for axis, metric in zip(line, ("accuracy", "early_loss"), strict=True):
            for start in dict.fromkeys(rows["start"]):
                part = rows[(rows["inverted"] == source) & (rows["start"] == start)]
                seen = _intervals(part, "per_class", metric)
                reach = seen["high"] - seen["value"]
                axis.errorbar(
                    seen.index, seen["value"], reach, marker="o", ms=4, capsize=2, label=start
                )
            axis.set(xscale="log", xlabel="examples a class")
        what = "inverted digits" if source == "True" else "digits 0–4"
        line[0].set(ylabel="test accuracy, digits 5–9", title=f"pre-trained on {what}")
        line[1].set(ylabel="loss, mean of 50 steps (nats)")
    axes[0, 0].legend()
    return figure


def _intervals(rows: pd.DataFrame, by: str, metric: str) -> pd.DataFrame:
    """Return mean and 95% interval over seeds at each level: columns value, low, high."""
    seen = {level: t_interval(values) for level, values in rows.groupby(by)[metric]}
    table = {level: (found.value, found.low, found.high) for level, found in seen.items()}
    frame = pd.DataFrame.from_dict(table, orient="index", columns=["value", "low", "high"])
    return frame.astype(float)
