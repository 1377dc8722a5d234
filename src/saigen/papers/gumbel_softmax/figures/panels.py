"""Figures of the four panels of table 1: curves, final numbers, learning rates, ablations."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from saigen.figures import PUBLISHED
from saigen.papers.gumbel_softmax.figures.names import (
    COLOURS,
    LATENTS,
    NAMES,
    NETWORKS,
    NUMBERS,
    Samples,
    Tables,
)

#: What an ablation is measured against, where it is not the variant called `reference`.
REFERENCES = {
    "sf_unnormalised": "sf",
    "sf_kl_apart": "sf",
    "muprop_unnormalised": "muprop",
    "slope_st_in_gradient": "slope_st",
    "darn_bernoulli_codes_pm1": "darn_bernoulli",
}


def figure3(tables: Tables, samples: Samples) -> Figure:
    """Draw the test curves of structured prediction, the published curves behind in grey."""
    return _curves(tables["mean_curves"], "structured_prediction")


def figure4(tables: Tables, samples: Samples) -> Figure:
    """Draw the test curves of the autoencoders, the published curves behind in grey."""
    return _curves(tables["mean_curves"], "vae")


def table1_dots(tables: Tables, samples: Samples) -> Figure:
    """Draw table 1: every cell's mean and interval, with the published numbers in grey."""
    table = tables["table1"]
    shown = table["published_at_step"].notna().any()
    figure, axes = plt.subplots(1, 4, figsize=(10, 2.8), sharey=True)
    panels = [(experiment, latent) for experiment in NETWORKS for latent in LATENTS]
    places = {name: place for place, name in enumerate(reversed(NAMES))}
    for axis, (experiment, latent) in zip(axes, panels, strict=True):
        panel = table[(table["experiment"] == experiment) & (table["latent"] == latent)]
        height = panel["estimator"].map(places)
        axis.scatter(
            panel["published"],
            height,
            marker="|",
            s=160,
            color="0.55",
            label="published, table 1 (two misprints by figure 4)",
        )
        if shown:
            axis.scatter(
                panel["published_at_step"],
                height,
                marker="d",
                s=22,
                color="0.65",
                label="published curve at our last step",
            )
        axis.hlines(height, panel["low"], panel["high"], color="C0")
        axis.scatter(panel["mean"], height, s=18, color="C0", zorder=3, label="ours")
        axis.set_yticks(list(places.values()), [NAMES[name] for name in places])
        axis.set(
            title=f"{NETWORKS[experiment]}, {LATENTS[latent]}",
            xlabel=f"test {NUMBERS[experiment]} (nats)",
        )
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def learning_rates(tables: Tables, samples: Samples) -> Figure:
    """Draw the validation number of every learning rate; a ring marks the best of a cell."""
    table = tables["learning_rates"]
    figure, axes = plt.subplots(1, 4, figsize=(10, 2.8))
    panels = table.groupby(["experiment", "latent"], sort=False)
    for axis, ((experiment, latent), panel) in zip(axes, panels, strict=True):
        for estimator, cell in panel.groupby("estimator", sort=False):
            cell = cell.sort_values("learning_rate")
            axis.plot(
                cell["learning_rate"],
                cell["mean"],
                marker=".",
                color=COLOURS[estimator],
                label=NAMES[estimator],
            )
        best = panel[panel["chosen"]]
        axis.scatter(best["learning_rate"], best["mean"], s=45, facecolors="none", edgecolors="0.2")
        axis.set(
            xscale="log",
            title=f"{NETWORKS[experiment]}, {LATENTS[latent]}",
            xlabel="learning rate",
        )
        if latent == "bernoulli":
            axis.set_ylabel(f"validation {NUMBERS[experiment]} (nats)")
    axes[-1].legend(fontsize=6)
    return figure


def ablations(tables: Tables, samples: Samples) -> Figure:
    """Draw each ablation's final test number minus its own reference's, seed by seed."""
    runs = tables["ablations"]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6))
    for axis, (experiment, part) in zip(axes, runs.groupby("experiment", sort=False), strict=True):
        change = _changes(part.pivot(index="seed", columns="variant", values="test_nll"))
        places = np.arange(change.shape[1])
        axis.axvline(0.0, color="0.5", linewidth=0.8)
        for _, row in change.iterrows():
            axis.scatter(row, places, s=9, color="C0", alpha=0.6)
        # A mean of survivors is of the lucky: with a diverged run there is none.
        axis.scatter(change.mean(skipna=False), places, marker="|", s=120, color="C0")
        axis.set_yticks(places, list(change.columns))
        # Some stand tens of nats away; the small differences are what the figure is for.
        axis.set_xscale("symlog", linthresh=2.0)
        number = NUMBERS[str(experiment)]
        axis.set(title=NETWORKS[str(experiment)], xlabel=f"test {number} minus reference (nats)")
    return figure


def _changes(wide: pd.DataFrame) -> pd.DataFrame:
    """Return each variant minus what it is an ablation of: [seed, variant], the largest first.

    Variants that others are measured against are estimators of their own, and no ablations.
    """
    own = [name for name in wide.columns if name not in {"reference", *REFERENCES.values()}]
    change = pd.DataFrame({n: wide[n] - wide[REFERENCES.get(n, "reference")] for n in own})
    change = change[change.mean(skipna=False).sort_values(ascending=False).index]

    def label(name: str) -> str:
        lost = int(change[name].isna().sum())
        against = f" − {REFERENCES[name]}" if name in REFERENCES else ""
        return name + against + (f" ({lost} diverged)" if lost else "")

    return change.rename(columns=label)


def relaxed_gap(tables: Tables, samples: Samples) -> Figure:
    """Draw the one-sample −ELBO under hard and under relaxed codes over the temperature."""
    runs = tables["ablations"]
    fixed = runs[(runs["experiment"] == "vae") & runs["variant"].str.startswith("fixed_")]
    figure, axis = plt.subplots(figsize=(4.2, 3))
    for metric, label in (("test_nll_one_sample", "hard"), ("test_nll_relaxed", "relaxed")):
        by_temperature = fixed.groupby("temperature")[metric]
        means = by_temperature.mean().where(by_temperature.count() == by_temperature.size())
        line = axis.plot(means.index, means, label=label)[0]
        axis.scatter(fixed["temperature"], fixed[metric], s=12, color=line.get_color())
    levels = sorted(fixed["temperature"].unique())
    axis.set(xscale="log", xlabel="temperature τ", ylabel="−ELBO, one sample (nats)")
    axis.set_xticks(levels, [f"{level:g}" for level in levels])
    axis.minorticks_off()
    axis.legend(title="codes at test")
    return figure


def _curves(table: pd.DataFrame, experiment: str) -> Figure:
    """Draw a grid of curves, a row a kind of latent and a column an estimator."""
    runs = table[table["experiment"] == experiment]
    figure, axes = plt.subplots(2, len(NAMES), figsize=(12, 4), sharex=True, sharey="row")
    for row, latent in zip(axes, LATENTS, strict=True):
        panel = runs[runs["latent"] == latent]
        for axis, estimator in zip(row, NAMES, strict=True):
            cell = panel[panel["estimator"] == estimator].sort_values("step")
            steps = cell["step"] / 1000.0
            if cell["published"].notna().any():
                axis.plot(steps, cell["published"], **PUBLISHED)
            colour = COLOURS[estimator]
            axis.plot(steps, cell["mean"], color=colour, marker=".", markersize=3)
            axis.fill_between(steps, cell["low"], cell["high"], color=colour, alpha=0.25, lw=0)
            if latent == "bernoulli":
                axis.set_title(NAMES[estimator])
        if panel.empty:
            continue
        # A diverging or hopeless estimator must not flatten the others into one line: the second
        # worst, at its end, decides how far up the row goes. With nothing published to compare
        # ends with it is their courses that there are to see, and the second worst at its worst.
        last = panel[panel["step"] == panel["step"].max()].groupby("estimator")["mean"].max()
        worst = panel.groupby("estimator")["mean"].max()
        tops = last if panel["published"].notna().any() else worst
        low, high = np.nanmin(panel[["mean", "published"]]), tops.nlargest(2).min()
        row[0].set(
            ylabel=f"{LATENTS[latent]}\ntest {NUMBERS[experiment]} (nats)",
            ylim=(low - 0.05 * (high - low), high + 0.4 * (high - low)),
        )
        for axis, estimator in zip(row, NAMES, strict=True):
            if (end := last.get(estimator, low)) > axis.get_ylim()[1]:
                told = f"ours ends\nat {end:.0f}"
                axis.text(0.5, 0.5, told, ha="center", color="0.4", transform=axis.transAxes)
    for axis in axes[-1]:
        axis.set_xlabel("steps (thousands)")
    lines = {"ours": Line2D([], [], color="0.2", marker=".")}
    if runs["published"].notna().any():
        lines = {"published": Line2D([], [], **PUBLISHED), **lines}
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=2)
    return figure
