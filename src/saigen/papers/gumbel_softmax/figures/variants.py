"""Figures of the ablations: each against what it changes, and relaxed codes against hard ones."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.papers.gumbel_softmax.figures.names import NETWORKS, NUMBERS, Samples, Tables

#: What an ablation is measured against, where it is not the variant called `reference`.
REFERENCES = {
    "sf_unnormalised": "sf",
    "sf_kl_apart": "sf",
    "muprop_unnormalised": "muprop",
    "slope_st_in_gradient": "slope_st",
    "darn_bernoulli_codes_pm1": "darn_bernoulli",
}

#: What an ablation changes. One of another estimator begins with its name.
WORDS = {
    "fixed_0_1": "τ = 0.1 throughout",
    "fixed_0_5": "τ = 0.5 throughout",
    "fixed_1": "τ = 1 throughout",
    "fixed_2": "τ = 2 throughout",
    "annealed_1e_5": "τ from 1, rate 0.00001",
    "annealed_1e_4": "τ from 1, rate 0.0001",
    "annealed_from_2": "τ from 2, rate 0.0001",
    "learning_rate_3e_3": "learning rate 0.003",
    "codes_pm1": "codes ±1",
    "codes_01": "codes {0, 1}",
    "uniform_prior": "uniform prior",
    "sf_unnormalised": "SF: signal not normalised",
    "sf_kl_apart": "SF: KL term not in its signal",
    "muprop_unnormalised": "MuProp: signal not normalised",
    "slope_st_in_gradient": "Annealed ST: slope in gradient alone",
    "darn_bernoulli_codes_pm1": "DARN, Bernoulli: codes ±1",
}

#: Where the axis of differences has numbers, on either side of 0.
_NATS = (1, 2, 5, 20, 100)


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
        least, most = np.nanmin(change, initial=0.0), np.nanmax(change, initial=0.0)
        axis.set_xlim(min(1.3 * least, -0.4), max(1.3 * most, 0.4))
        nats = [*(-nat for nat in reversed(_NATS)), 0, *_NATS]
        seen = [nat for nat in nats if 1.3 * least <= nat <= 1.3 * most]
        axis.set_xticks(seen, [str(nat).replace("-", "−") for nat in seen], fontsize=8)
        axis.minorticks_off()
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
        return WORDS.get(name, name) + (f" ({lost} diverged)" if lost else "")

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
