"""What the paper claims, and what its code lets one suspect, as tests written before the runs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    lowest,
    mean_of,
    measured_with,
    ratio,
    untested,
    within,
)
from saigen.papers.cg_gan.names import RULES

Tables = Mapping[str, pd.DataFrame]

#: A pair is a cell of the grid: a set of images and two learning rates.
CELL = ("data", "d_rate", "g_rate", "seed")
#: Two methods alike: their distances differ by less, in logarithm about the same in per cent.
ALIKE = 0.1


def _gap(tables: Tables, of: str, against: str) -> Finding:
    runs = tables["grid"]
    return below(
        difference(runs, "frechet", of=of, against=against, by="optimiser", paired_on=CELL)
    )


@claim(
    "B1",
    says="Conjugate gradients reach a lower FID than gradient descent with and without momentum",
    where="Abstract",
    published="constant rates, CIFAR-10: 26.02 (FR) against 30.34 (SGD) and 34.42 (momentum)",
    tables=["grid"],
)
def lower(tables: Tables) -> Finding:
    """FR, the published best rule, is below SGD and below momentum 0.9, paired on rates."""
    return all_of({other: _gap(tables, "fr", other) for other in ("sgd", "momentum9")})


@claim(
    "B2",
    says="Conjugate gradients are on average better than Adam over learning rates",
    where="Abstract",
    published="top 10: 29.63 (FR) against 51.16 (Adam)",
    tables=["grid"],
)
def on_average(tables: Tables) -> Finding:
    """FR's distance is below Adam's in the mean over the grid, paired on learning rates."""
    return _gap(tables, "fr", "adam")


@claim(
    "B2-best",
    says="Adam's best is the best of all",
    where="Result tables of the released code",
    published="19.38 (Adam) against 26.02 (FR)",
    tables=["bests"],
)
def adams_best(tables: Tables) -> Finding:
    """The best of Adam's grid is below that of FR's, paired on data and seed."""
    return below(_of_bests(tables, "best", "adam", "fr"))


def _of_bests(tables: Tables, metric: str, of: str, against: str):
    return _logarithms(tables["bests"], metric, of, against)


def _logarithms(runs: pd.DataFrame, metric: str, of: str, against: str):
    """Return the logarithm of a ratio of bests: below 0 where `of` is the lower."""
    runs = runs.assign(**{metric: np.log(runs[metric])})
    return difference(
        runs, metric, of=of, against=against, by="optimiser", paired_on=("data", "seed")
    )


@claim(
    "B3",
    says="Fletcher-Reeves is the best rule at constant learning rates",
    where="Result tables of the released code",
    published="26.02, the others 28.94 to 30.31",
    tables=["grid"],
)
def fletcher_reeves(tables: Tables) -> Finding:
    """FR has the lowest distance of all rules, paired on learning rates (Holm)."""
    runs = tables["grid"]
    rules = runs[runs["optimiser"].isin(RULES) & (runs["data"] == "digits")]
    return lowest(rules, "frechet", of="fr", by="optimiser", paired_on=CELL)


@claim(
    "B4",
    says="Conjugate gradients depend less on learning rates than Adam",
    where="Abstract and result tables",
    published="standard deviation of the top 10: 2.26 (FR) against 33.71 (Adam)",
    tables=["bests"],
)
def spread(tables: Tables) -> Finding:
    """The spread over the whole grid is smaller for FR than for Adam, paired on data and seed."""
    return below(_of_bests(tables, "spread", "fr", "adam"))


@claim(
    "B5",
    says="Conjugate gradients reach the equilibrium of the toy game",
    where="The toy example",
    published="trajectories; no numbers",
    needs="smoke",
    tables=["toy_ends"],
)
def reaches(tables: Tables) -> Finding:
    """With gradients as they are, more than half of the panels of FR and PRP come within 0.1."""
    runs = tables["toy_ends"]
    runs = runs[(runs["gradients"] == "correct") & runs["method"].isin(["fr", "prp"])]
    return above(measured_with((runs["first"] >= 0).mean(), 0.0, len(runs)), 0.5)


@claim(
    "B5-fr",
    says="In the toy game Fletcher-Reeves is momentum 0.5, and PRP is gradient descent",
    where="Ours, from the bound β ≤ 1/2",
    published="not stated",
    needs="smoke",
    tables=["toy_ends"],
)
def same_as_momentum(tables: Tables) -> Finding:
    """The largest distance between their ends over all panels is below 0.05."""
    return all_of(
        {f"{a} and {b}": within(_apart(tables, a, b), 0.05)
         for a, b in (("fr", "momentum"), ("prp", "sgd"))}
    )  # fmt: skip


def _apart(tables: Tables, a: str, b: str):
    runs = tables["toy_ends"]
    runs = runs[runs["gradients"] == "correct"].set_index(["rate_x", "rate_y"])
    one, two = (runs[runs["method"] == method][["x", "y"]] for method in (a, b))
    return measured_with(float(np.hypot(*(one - two).to_numpy().T).max()), 0.0, len(one))


@claim(
    "B5-notebook",
    says="The published trajectories are those of summed gradients: other ends than the method's",
    where="Ours, from the notebook of the released code",
    published="not stated",
    needs="smoke",
    tables=["toy_ends"],
)
def notebook(tables: Tables) -> Finding:
    """Over panels and methods, y ends on the other side of 0 with summed gradients in some."""
    runs = tables["toy_ends"].pivot_table(
        index=["method", "rate_x", "rate_y"], columns="gradients", values="y"
    )
    turned = (np.sign(runs["correct"]) != np.sign(runs["accumulated"])).mean()
    return above(measured_with(float(turned), 0.0, len(runs)), 0.25)


@claim(
    "B6",
    says="The average of the best k is lower for conjugate gradients than for gradient descent",
    where="Result tables of the released code",
    published="top 10: 29.63 to 34.82 of 75 trials against 41.09 of 25 (SGD)",
    tables=["selection"],
)
def at_equal_trials(tables: Tables) -> Finding:
    """At equal numbers of trials, expected over draws from a rule's grids; a pair is a rule."""
    runs = tables["selection"]
    if len(runs) < 2:
        return untested("two rules or more with every coefficient are wanted")
    long = runs.melt("optimiser", ["sgd", "equal_trials"], "how", "best_k").assign(
        best_k=lambda table: np.log(table["best_k"])
    )
    return below(
        difference(
            long, "best_k", of="equal_trials", against="sgd", by="how", paired_on="optimiser"
        )
    )


@claim(
    "B7",
    says="Rules other than Fletcher-Reeves do better than gradient descent",
    where="Result tables; with the released optimiser's aliased gradients they would be equal",
    published="top 1: 28.94 to 30.31 against 30.34",
    tables=["grid"],
)
def beyond_descent(tables: Tables) -> Finding:
    """PRP, HS and DY with gradients that are copied: each below SGD, paired on learning rates."""
    return all_of({rule: _gap(tables, rule, "sgd") for rule in ("prp", "hs", "dy")})


@claim(
    "B7-fr",
    says="Fletcher-Reeves is more than a constant β at its cap",
    where="Ours, from the released optimiser's aliased gradients: β = c/2 in every step",
    published="not stated",
    tables=["grid"],
)
def beyond_momentum(tables: Tables) -> Finding:
    """FR is below momentum 0.5, paired on learning rates."""
    return _gap(tables, "fr", "momentum5")


@claim(
    "B8",
    says="The gain of Fletcher-Reeves over gradient descent is that of a rate twice as large",
    where="Ours: the gain of β = 1/2 is 1/(1 − β)",
    published="not stated",
    tables=["grid", "wider_rates"],
)
def effective_rate(tables: Tables) -> Finding:
    """FR at (a, b) and SGD at (2a, 2b) have the same distance, give or take a tenth."""
    runs = tables["grid"]
    runs = runs[runs["data"] == "digits"]
    columns = ["optimiser", "d_rate", "g_rate", "seed", "status", "frechet"]
    descent = pd.concat([runs[runs["optimiser"] == "sgd"], tables["wider_rates"]])[columns]
    descent = descent.drop_duplicates(columns[:4])
    halved = descent.assign(d_rate=descent["d_rate"] / 2, g_rate=descent["g_rate"] / 2)
    both = pd.concat([runs[runs["optimiser"] == "fr"][columns], halved])
    both = both.assign(d_rate=both["d_rate"].round(9), g_rate=both["g_rate"].round(9))
    found = ratio(
        both,
        "frechet",
        of="fr",
        against="sgd",
        by="optimiser",
        paired_on=("d_rate", "g_rate", "seed"),
    )
    return within(found, ALIKE, 1.0)


@claim(
    "B9",
    says="With stochastic gradients the rule of Fletcher and Reeves is mostly at its cap of 1/2",
    where="Ours, from assumption C2 and the released code",
    published="not stated",
    tables=["grid"],
)
def capped(tables: Tables) -> Finding:
    """Over runs of FR, the mean share of steps and tensors at the cap is above one half."""
    runs = tables["grid"]
    runs = runs[runs["optimiser"] == "fr"]
    return all_of({who: above(mean_of(runs, f"{who}_capped"), 0.5) for who in "dg"})
