"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.tables import aggregate, final, final_by_label

Frames = Mapping[str, pd.DataFrame]

#: The two networks of table 1, and the panels' names in figures 3 and 4.
NETWORKS = {"structured_prediction": "SBN", "vae": "VAE"}
ESTIMATORS = {
    "sf": "SF",
    "darn": "DARN",
    "muprop": "MuProp",
    "st": "ST",
    "slope_st": "SlopeST",
    "gumbel": "GS",
    "st_gumbel": "STGS",
}

#: The published curves have a point every 5,000 steps. One that lacks is bridged; where more do,
#: the curve has left the plot, and what stands at the edge is no reading of it.
LONGEST_GAP = 11_000

_CELL = ["experiment", "latent", "estimator"]


def final_nll(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the final test and validation numbers of every run, in nats: a row a run."""
    return _both(runs, lambda frame: final(frame, ["test_nll", "valid_nll"]))


def table1(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return table 1: the mean final test number of each cell beside the published ones.

    `published` is table 1, at 545,000 steps; `published_at_step` is the curve of figure 3 or 4 at
    the step our runs ended, which is the fairer one where they are shorter.
    """
    finals = final_nll(runs, published)
    steps = curves(runs, published).groupby(_CELL)["step"].max().rename("step").reset_index()
    means = aggregate(finals, _CELL, "test_nll").merge(steps, on=_CELL, how="left")
    means["published_at_step"] = _digitised(means, published)
    beside = published["table1"].rename(columns={"nats": "published"})
    return means.merge(beside, on=_CELL, how="left")


def curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the test curves of every run: a row a run and step, a column a metric."""
    return _both(runs, _along_steps)


def mean_curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return figures 3 and 4: mean test curves, and the published curve at the same step.

    From where a run diverged on, its cell has no mean: the mean of the others is of fewer.
    """
    table = curves(runs, published)
    steps = table[["experiment", "step"]].drop_duplicates()
    each = final_nll(runs, published)[[*_CELL, "seed", "status"]]
    lost = each[each["status"] == "diverged"].merge(steps, on="experiment")
    by = [*_CELL, "step"]
    whole = table.merge(lost, on=[*by, "seed", "status"], how="outer")
    # As far as it came a diverged run counts with its value, which its status would hide.
    whole = whole.drop(columns="status").sort_values([*_CELL, "step"])
    means = aggregate(whole, by, "test_nll_curve")
    return means.assign(published=_digitised(means, published))


def learning_rates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the validation number of each learning rate, and which is the best of a cell.

    `chosen` is the best of these runs. What paper.yaml trains with was chosen at standard.
    """
    tuned = {
        experiment: final(runs[f"{experiment}_rates"], ["valid_nll"]) for experiment in NETWORKS
    }
    frame = pd.concat([part.assign(experiment=name) for name, part in tuned.items()])
    by = ["experiment", "latent", "estimator", "learning_rate"]
    means = aggregate(frame, by, "valid_nll")
    best = means.groupby(by[:-1], sort=False)["mean"].transform("min")
    return means.assign(chosen=means["mean"].eq(best))


def off_curve(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return cells at other settings, beside the chosen ones' mean and the published curve."""
    tried = {f"{name}_slower": name for name in NETWORKS} | {"vae_sf": "vae", "vae_codes": "vae"}
    parts = [
        final(runs[experiment].assign(experiment=network), ["test_nll"])
        for experiment, network in tried.items()
    ]
    frame = pd.concat(parts).fillna({"baseline_units": 0, "codes": ""})
    settings = ["learning_rate", "baseline_units", "codes"]
    means = aggregate(frame, [*_CELL, *settings], "test_nll")
    chosen = table1(runs, published).rename(columns={"mean": "chosen"})
    return means.merge(chosen[[*_CELL, "chosen", "step", "published_at_step"]], on=_CELL)


def distribution(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return what was measured of the distribution at each temperature: a row a run."""
    return final(runs["distribution"])


def figure1_bars(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return E[y] of each class at each temperature beside the heights of the published bars."""
    finals = final(runs["distribution"])
    classes = [name for name in finals.columns if name.startswith("mean_of_class_")]
    long = finals.melt(["temperature", "seed"], classes, "class", "height")
    long["class"] = long["class"].str.removeprefix("mean_of_class_").astype(int)
    means = aggregate(long, ["temperature", "class"], "height")
    bars = published["figure1"].dropna(subset="temperature")
    beside = bars.rename(columns={"height": "published"})[["temperature", "class", "published"]]
    return means.merge(beside, on=["temperature", "class"], how="left")


def toy_gradients(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return bias and variance of every estimator on one Bernoulli unit: a row a run."""
    return final(runs["toy_gradients"])


def variance_growth(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the variance of the score function over the number of units: a row a run."""
    return final(runs["variance_growth"])


def trained_gradients(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return variance, bias and cosine of every estimator on a trained SBN: a row a run."""
    return final_by_label(runs["trained_gradients"], ["estimator"])


def ablations(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the final numbers of every ablation run (nats)."""
    return _both(
        {name: runs[f"{name}_ablations"] for name in NETWORKS},
        lambda frame: final(frame, ["test_nll", "test_nll_one_sample", "test_nll_relaxed"]),
    )


def semi_supervised(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return accuracies (%) and bounds (nats) of every semi-supervised run."""
    shown = ["valid_accuracy", "test_accuracy", "test_elbo", "test_objective"]
    return final(runs["semi_supervised"], shown)


def table2(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return table 2: each method at the α that is best on validation, beside the published.

    An α at which a run diverged is worse than any other: the mean of the rest is of the lucky.
    """
    finals = semi_supervised(runs, published)
    valid = finals.assign(valid=finals["valid_accuracy"].fillna(-np.inf))
    means = valid.groupby(["method", "alpha"], sort=False)["valid"].mean()
    best = means.groupby("method", sort=False).idxmax()
    chosen = finals[finals.set_index(["method", "alpha"]).index.isin(best)]
    beside = published["table2"].set_index("method")
    parts = []
    for metric, name in (("test_accuracy", "accuracy"), ("test_elbo", "elbo")):
        means = aggregate(chosen, ["method", "alpha"], metric).assign(metric=metric)
        parts.append(means.assign(published=means["method"].map(beside[name])))
    table = pd.concat(parts, ignore_index=True)
    return table[["metric", *table.columns.drop("metric")]]


def class_speed(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the speed of a training step of every run, with the published steps a second."""
    finals = final(runs["class_speed"], ["steps_per_second", "cpu_seconds_per_step"])
    beside = published["figure5a"].rename(columns={"steps_per_second": "published"})
    return finals.merge(beside, on=["method", "classes"], how="left")


def _digitised(cells: pd.DataFrame, published: Frames) -> pd.Series:
    """Return the published curve of each row's cell at the row's step, in nats."""
    digitised = published["figures3_4"].groupby(["panel", "estimator"])

    def at_step(row: pd.Series) -> float:
        panel = NETWORKS[row["experiment"]] + row["latent"][0]
        curve = digitised.get_group((panel, ESTIMATORS[row["estimator"]]))
        steps = curve["step_thousands"].to_numpy() * 1000.0
        after = int(np.searchsorted(steps, row["step"]))
        if 0 < after < len(steps) and steps[after] - steps[after - 1] > LONGEST_GAP:
            return np.nan
        # Nothing is said of steps that the figure does not show, or where the curve leaves it.
        return float(np.interp(row["step"], steps, curve["nats"], left=np.nan, right=np.nan))

    return cells.apply(at_step, axis=1)


def _both(runs: Frames, reduce) -> pd.DataFrame:
    parts = [reduce(runs[name]).assign(experiment=name) for name in NETWORKS]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["experiment", *frame.columns.drop("experiment")]]


def _along_steps(runs: pd.DataFrame) -> pd.DataFrame:
    """Return a tidy frame's test metrics with a row a run and step, a column a metric."""
    shown = runs[runs["metric"].str.startswith("test_nll_")]
    labels = [name for name in runs.columns if name not in ("metric", "value")]
    wide = shown.set_index([*labels, "metric"])["value"].unstack("metric")
    return wide.reset_index().rename_axis(columns=None)
