"""The comparison's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping
from itertools import combinations, product

import numpy as np
import pandas as pd

from saigen import tables
from saigen.papers.resnet20.optimisers import PAGE
from saigen.stats import kendall_tau
from saigen.tables import aggregate, images_of

Frames = Mapping[str, pd.DataFrame]

LOSSES = ["loss", "error", "train_loss", "train_error", "test_loss", "test_error"]
#: Running training losses (nats) whose first passing is timed.
TARGETS = (1.5, 1.2, 1.0, 0.8, 0.6, 0.4, 0.2, 0.1)
#: Steps in what the AdaHessian authors' log calls an epoch.
LOG_EPOCH = 200


def _final(runs: pd.DataFrame) -> pd.DataFrame:
    """Return a row a run with the last value of each metric and the last step."""
    keys = ["variant", "seed"]
    last = runs.groupby(keys)["step"].max().rename("step").reset_index()
    return tables.final(runs, LOSSES).merge(last, on=keys)


def _with_data(runs: Frames, name: str) -> pd.DataFrame:
    """Return `_final` of an experiment, with its name and that of the images it read."""
    return _final(runs[name]).assign(experiment=name, dataset=images_of(runs[name]))


def _epochs_a_step(runs: pd.DataFrame) -> pd.Series:
    """Return what share of an epoch a step is, by variant, from the looks at the runs."""
    looks = runs[runs["metric"] == "epoch"]
    return (looks["value"] / looks["step"]).groupby(looks["variant"]).mean()


def final(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the final numbers of every run, with its experiment.

    The many rows of `rates` come last: what is read of this table is its beginning.
    """
    names = sorted(runs, key=lambda name: name == "rates")
    table = pd.concat([_with_data(runs, name) for name in names], ignore_index=True)
    order = ["experiment", "variant", "optimiser", "seed", "dataset", "status", "step", *LOSSES]
    return table[[*order, *(name for name in table.columns if name not in order)]]


def curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return losses and errors along the steps and epochs: a row a run and step."""
    parts = []
    for name, rows in runs.items():
        share = _epochs_a_step(rows)
        rows = rows[rows["metric"].isin(LOSSES)]
        keys = ["variant", "optimiser", "seed", "status", "step"]
        wide = rows.set_index([*keys, "metric"])["value"].unstack("metric").reset_index()
        wide["epoch"] = wide["step"] * wide["variant"].map(share)
        parts.append(wide.rename_axis(columns=None).assign(experiment=name))
    table = pd.concat(parts, ignore_index=True)
    shown = ["experiment", "variant", "optimiser", "seed", "status", "step", "epoch", *LOSSES]
    return table.reindex(columns=shown)


def ranks(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return Kendall's tau between pairs of seeds, over the page's optimisers' training losses.

    Of the running loss (`loss`) and of the evaluated one (`train_loss`). A diverged run ranks last.
    Empty where there is one seed.
    """
    rows = []
    for name, metric in product(("lab", "lab_short"), ("loss", "train_loss")):
        table = _final(runs[name])
        table = table[table["optimiser"].isin(PAGE)]
        losses = table[metric].where(table["status"] != "diverged", np.inf)
        wide = table.assign(rank=losses).pivot(index="optimiser", columns="seed", values="rank")
        for one, other in combinations(wide.columns, 2):
            tau = kendall_tau(wide[one].fillna(np.inf), wide[other].fillna(np.inf))
            rows.append((name, metric, one, other, tau))
    return pd.DataFrame(rows, columns=["experiment", "metric", "seed", "other", "tau"])


def sensitivity(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the final running loss at each multiple of H1's rate, and which is the best.

    `edge` says that the best is at an end of the grid: a better one may lie beyond.
    """
    finals = _final(runs["rates"])
    means = aggregate(finals, ["optimiser", "multiplier"], "loss")
    diverged = finals.groupby(["optimiser", "multiplier"])["status"].agg(
        lambda status: int((status == "diverged").sum())
    )
    means = means.merge(diverged.rename("diverged").reset_index(), on=["optimiser", "multiplier"])
    usable = means["mean"].where(means["diverged"] == 0, np.inf).fillna(np.inf)
    best = usable.groupby(means["optimiser"]).transform("min")
    chosen = (usable == best) & np.isfinite(usable)
    ends = means["multiplier"].isin([means["multiplier"].min(), means["multiplier"].max()])
    return means.assign(chosen=chosen, edge=chosen & ends, step=finals["step"].max())


def time_to_target(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the epochs until the running training loss is first below each target.

    Beside it the epochs that the run was trained for: where it never was below, more than these.
    """
    parts = []
    for name in ("lab", "lab_short"):
        rows = runs[name]
        share = rows["variant"].map(_epochs_a_step(rows))
        rows = rows.assign(epoch=rows["step"] * share)
        rows = rows[rows["metric"] == "loss"].sort_values("step")
        for target in TARGETS:
            for (optimiser, seed), run in rows.groupby(["optimiser", "seed"], sort=False):
                below = run[run["value"] <= target]["epoch"]
                parts.append(
                    {
                        "experiment": name,
                        "optimiser": optimiser,
                        "seed": seed,
                        "target": target,
                        "epochs": below.min() if len(below) else np.nan,
                        "trained": run["epoch"].max(),
                    }
                )
    return pd.DataFrame(parts)


def accuracies(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return test accuracies (%) of the protocols at their last step, beside the published ones.

    A protocol with two published accuracies has two rows. `comparable` is False where our runs
    ended before the step to which the published one corresponds, or are of other images.
    """
    finals = pd.concat([_with_data(runs, name) for name in ("protocols", "he_200")])
    finals["accuracy"] = 100.0 - finals["test_error"]
    # A run that diverged ended earlier, but belongs to those that did not.
    finals["step"] = finals.groupby("variant")["step"].transform("max")
    means = aggregate(finals, ["variant", "dataset", "step"], "accuracy")
    table = means.merge(published["accuracies"], on="variant", how="left")
    ended = table["step"] >= table["published_step"]
    return table.assign(comparable=ended & (table["dataset"] == "cifar10"))


def log(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return our loss and accuracy (%) beside the AdaHessian authors' log, at its epochs."""
    parts = []
    rows = runs["protocols"]
    for variant, optimiser in (("log_sgd", "sgd"), ("log_adam", "adam")):
        mine = rows[(rows["variant"] == variant) & rows["metric"].isin(["loss", "test_error"])]
        wide = mine.set_index(["seed", "step", "metric"])["value"].unstack("metric").reset_index()
        # The running loss is logged more often than the log has an epoch.
        wide = wide.reindex(columns=["seed", "step", "loss", "test_error"])
        wide = wide.dropna(subset="test_error")
        wide["epoch"] = wide["step"] / LOG_EPOCH
        beside = published["adahessian_log"]
        beside = beside[beside["optimiser"] == optimiser].drop(columns="optimiser")
        beside["published_accuracy"] = 100.0 * beside.pop("test_accuracy")
        beside = beside.rename(columns={"loss": "published_loss"}).astype({"epoch": float})
        merged = wide.merge(beside, on="epoch", how="left")
        merged = merged.assign(variant=variant, dataset=images_of(rows))
        parts.append(merged.assign(test_accuracy=100.0 - merged["test_error"]))
    shown = [
        "variant",
        "dataset",
        "seed",
        "step",
        "epoch",
        "loss",
        "published_loss",
        "test_accuracy",
    ]
    return pd.concat(parts, ignore_index=True)[[*shown, "published_accuracy"]]
