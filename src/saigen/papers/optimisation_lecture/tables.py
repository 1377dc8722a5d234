"""The lecture's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.tables import final, final_by_label

Frames = Mapping[str, pd.DataFrame]

#: At which learning rate Saitō shows SGD, Momentum, AdaGrad and Adam in the valley; the other
#: methods' rates are ours.
BOOK_RATES = {
    "sgd": 0.95,
    "momentum": 0.1,
    "nesterov": 0.1,
    "adagrad": 1.5,
    "rmsprop": 0.3,
    "adadelta": 1.0,
    "adam": 0.3,
}


def points(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the ends of the many points that a run moves at once: a row a function and rate."""
    # A point that leaves ends nothing of the others': `diverged` tells of it, not the run's status.
    return final_by_label(runs.drop(columns="status"), ["function", "rate"])


def step_sizes(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the sizes of steps along a constant gradient, at η = 0.01 (AdaDelta's own, η = 1)."""
    wide = points(runs["trajectories"])
    wide = wide[wide["function"] == "slope"]
    wanted = np.where(wide["optimiser"] == "adadelta", 1.0, 0.01)
    wide = wide[np.isclose(wide["rate"], wanted)]
    steps = [name for name in wide.columns if name.startswith("step_")]
    long = wide.melt(["optimiser", "rate", "total"], steps, "step", "size").dropna(subset="size")
    long["step"] = long["step"].str.removeprefix("step_").astype(int)
    return long.sort_values(["optimiser", "step"]).reset_index(drop=True)


def valley(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return thirty steps in the valley at the book's rates, with the reference beside."""
    wide = points(runs["trajectories"])
    wide = wide[wide["function"] == "valley"]
    wide = wide[np.isclose(wide["rate"], wide["optimiser"].map(BOOK_RATES))]
    shown = ["optimiser", "rate", "x", "y", "f", "flips", "length", "first"]
    beside = (
        published["valley"]
        .add_suffix("_reference")
        .rename(columns={"optimiser_reference": "optimiser"})
    )
    return wide.reindex(columns=shown).merge(beside, on="optimiser", how="left")


def convergence(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return first and lasting steps below the tolerance, by method, function and rate."""
    wide = points(runs["steps_to_convergence"])
    return wide[["function", "optimiser", "rate", "first", "stays", "end", "diverged"]]


def best_rates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return each method's quickest rate on each function, with the reference beside.

    The grid goes beyond 3 for AdaDelta alone, whose rate multiplies a step that finds its own size.
    """
    table = convergence(runs, published)
    table = table[
        (table["first"] >= 0) & ((table["rate"] <= 3.0) | (table["optimiser"] == "adadelta"))
    ]
    best = table.loc[table.groupby(["function", "optimiser"])["first"].idxmin()]
    columns = {"rate": "reference_rate", "steps": "reference_first"}
    beside = published["best_rates"].rename(columns=columns)
    every = pd.MultiIndex.from_product(
        [runs_functions(runs), list(BOOK_RATES)], names=["function", "optimiser"]
    )
    best = best.set_index(["function", "optimiser"]).reindex(every).reset_index()
    return best.merge(beside, on=["function", "optimiser"], how="left")


def runs_functions(runs: Frames) -> list[str]:
    """Return the functions of the grid, in its order."""
    names = runs["steps_to_convergence"]["metric"].str.split("/").str[1].dropna()
    return list(dict.fromkeys(names))


def momentum(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return each momentum's rate of fewest lasting steps on each function; −1 where none lasts."""
    wide = points(runs["momentum_sweep"])
    rank = wide["stays"].where(wide["stays"] >= 0, np.inf)
    by = ["function", "optimiser", "momentum"]
    best = wide.loc[rank.groupby([wide[name] for name in by]).idxmin()]
    return best[[*by, "rate", "first", "stays"]].reset_index(drop=True)


def digits(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the final numbers of every network on digits: a row a run; reference means beside."""
    parts = []
    for name in ("optimisers_in_a_network", "deep_first_weights", "batch_norm"):
        rows = runs[name]
        early = rows[(rows["metric"] == "loss") & (rows["step"] == 500)]
        # It is no end, but stands in the row of one.
        ends = rows.groupby(["variant", "seed"])["step"].transform("max")
        early = early.assign(metric="loss_500", step=ends[early.index])
        parts.append(final(pd.concat([rows, early])).assign(experiment=name))
    table = pd.concat(parts, ignore_index=True)
    beside = published["digits"].pivot(
        index=["experiment", "variant"], columns="metric", values="reference"
    )
    return table.merge(beside.add_suffix("_reference").reset_index(), how="left")


def rates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the ends of every method at every learning rate: a row a run."""
    table = final(runs["rates_in_a_network"], ["loss", "test_accuracy"])
    return table[["optimiser", "learning_rate", "seed", "status", "loss", "test_accuracy"]]


def digits_curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the training loss of every run along the steps."""
    parts = []
    for name in ("optimisers_in_a_network", "deep_first_weights"):
        rows = runs[name]
        rows = rows[rows["metric"] == "loss"]
        parts.append(rows[["variant", "seed", "status", "step", "value"]].assign(experiment=name))
    return pd.concat(parts, ignore_index=True).rename(columns={"value": "loss"})


def regression(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return mean squared errors along the steps (or evaluations, for L-BFGS): a row each.

    `least` is the least of every evaluation so far; L-BFGS has that alone. The reference is of
    gradient descent.
    """
    weights = runs["regression_first_weights"]
    at = _along(weights, "rate", "initial").rename(columns={"rate": "learning_rate"})
    first = _along(weights, "mse", "initial").assign(method="sgd")
    first = first.merge(at.drop(columns="step"), how="left")
    first = first.merge(_along(weights, "least", "initial"), how="left")
    adam = _along(runs["regression_adam"], "mse", "initial")
    adam = adam.merge(_along(runs["regression_adam"], "least", "initial"), how="left")
    adam = adam.assign(method="adam", activation="tanh")
    newton = final_by_label(runs["second_order_network"], ["evaluation"])
    newton = newton.rename(columns={"evaluation": "step"})
    newton = newton.assign(method="L-BFGS", activation="tanh", initial="he", least=newton["mse"])
    kinds = _along(weights, "distinct", "initial").rename(columns={"distinct": "units"})
    table = pd.concat([first, adam, newton], ignore_index=True)
    table = table.merge(
        kinds[["activation", "initial", "seed", "step", "units"]].assign(method="sgd"), how="left"
    )
    beside = published["regression"].assign(method="sgd")
    table = table.merge(beside, on=["method", "activation", "initial", "step"], how="left")
    shown = ["method", "activation", "initial", "learning_rate", "seed", "step", "mse", "least"]
    return table[[*shown, "units", "reference"]]


def _along(runs: pd.DataFrame, metric: str, label: str) -> pd.DataFrame:
    """Return `metric/label` rows with the label as a column, at every step."""
    rows = runs[runs["metric"].str.startswith(f"{metric}/")].copy()
    rows[label] = rows["metric"].str.removeprefix(f"{metric}/")
    return rows.rename(columns={"value": metric}).drop(columns="metric")


def inserted_layers(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return training loss and test accuracy at every look: a row a run and step.

    A run that diverged has its rows to the end, without numbers where it had left off.
    """
    rows = runs["inserted_layers"]
    rows = rows[rows["metric"].isin(["train_loss", "test_accuracy"])]
    labels = ["inserted", "seed", "status", "step"]
    wide = rows.pivot(index=labels, columns="metric", values="value")
    every = runs["inserted_layers"][labels[:3]].drop_duplicates()
    looks = rows[["step"]].drop_duplicates().sort_values("step")
    return every.merge(looks, how="cross").merge(wide.reset_index(), how="left")


def transfer(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return accuracy and early loss from each start: a row a run, start and number of examples."""
    wide = final_by_label(runs["transfer"], ["start", "per_class"])
    cell = ["inverted", "start", "per_class"]
    beside = published["transfer"].set_index(cell).add_suffix("_reference").reset_index()
    wide = wide[[*cell, "seed", "status", "accuracy", "early_loss"]]
    return wide.merge(beside, on=cell, how="left")


def rosenbrock(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return iterations, evaluations and the last value by method and number of variables."""
    wide = final_by_label(runs["second_order_rosenbrock"], ["method", "n"])
    wide = wide[["method", "n", "iterations", "evaluations", "end"]]
    beside = published["rosenbrock"].rename(columns={"iterations": "reference_iterations"})
    return wide.merge(beside, on=["method", "n"], how="left")


#: The experiments whose measurements stand in one table, and the factor that tells runs apart.
SMALL = {
    "quadratics": ("optimiser", "kappa"),
    "saddle": ("optimiser",),
    "second_order_quadratic": (),
    "second_order_rosenbrock": (),
    "second_order_costs": (),
    "single_unit": (),
    "widths": ("width",),
    "activations": ("activation", "initial"),
    "likelihood": (),
    "gradient_noise": (),
    "surrogate": (),
    "early_stopping": (),
    "basins": (),
    "plateau": (),
    "cliff": (),
    "cliff_starts": (),
    "long_term": (),
    "many_starts": (),
    "coordinates": (),
    "averaging": (),
}


def measurements(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return what the small experiments measured: experiment, of, seed, metric, label, value.

    `of` is the run's variant in words, `label` what stands after the metric's first `/`.
    """
    parts = []
    for name, factors in SMALL.items():
        rows = runs[name]
        # What a step or a host's only step reports is no measurement.
        rows = rows[~rows["metric"].isin(["measured", "value", "loss"])].copy()
        cells = [rows[factor].astype(str) for factor in factors]
        rows["of"] = cells[0].str.cat(cells[1:], sep="/") if cells else ""
        split = rows["metric"].str.split("/", n=1, expand=True).reindex(columns=[0, 1])
        rows["metric"], rows["label"] = split[0], split[1].fillna("")
        rows["experiment"] = name
        parts.append(rows[["experiment", "of", "seed", "metric", "label", "value"]])
    return pd.concat(parts, ignore_index=True)
