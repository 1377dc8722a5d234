"""Claims on the seven first-order methods: part 1 and the two exercises."""

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    highest,
    ratio,
    within,
)
from saigen.claims.runs import chosen_by_others
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import Tables, exact, measured, value_of

METHODS = ("momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam")


def _steps(tables: Tables, function: str) -> pd.Series:
    """Return each method's fewest steps on a function; infinite where it never got there."""
    rows = tables["best_rates"]
    rows = rows[rows["function"] == function].set_index("optimiser")["first"]
    if rows.empty or rows.isna().all():
        raise SaigenError(f"no method reached the tolerance on {function}")
    return rows.fillna(np.inf)


@claim(
    "E1-stability",
    says="Too large a learning rate diverges: beyond 2/L, 2(1+a)/L, 2(1+a)/(L(1+2a))",
    where="Part 1, E1",
    published="theory",
    needs="quick",
    tables=["measurements"],
)
def stability(tables: Tables) -> Finding:
    """At 0.99 of each largest rate |y| has fallen after all steps, at 1.01 it has grown."""
    low = measured(tables, "quadratics", "grows_below")["value"]
    high = measured(tables, "quadratics", "grows_above")["value"]
    return all_of(
        {
            "below": below(exact(float(low.max()), len(low)), 0.0),
            "above": above(exact(float(high.min()), len(high)), 0.0),
        }
    )


@claim(
    "E1-rates",
    says="Momentum turns the condition number into its root",
    where="Part 1, E1",
    published="(κ−1)/(κ+1), (√κ−1)/(√κ+1), 1−1/√κ",
    needs="quick",
    tables=["measurements"],
)
def rates(tables: Tables) -> Finding:
    """The contraction's logarithm is within 10% of the theory's for every method and condition."""
    seen = measured(tables, "quadratics", "contraction").set_index("of")["value"]
    theory = measured(tables, "quadratics", "theory").set_index("of")["value"]
    shares = np.log(seen) / np.log(theory)
    farthest = float(shares.loc[(shares - 1.0).abs().idxmax()])
    return within(exact(farthest, len(shares), "ratio of logarithms, the farthest"), 0.1, 1.0)


@claim(
    "E1-step-sizes",
    says="Adam's first step has the size η thanks to its bias correction; AdaGrad's fall as 1/√t",
    where="Part 1, E1",
    published="theory",
    needs="quick",
    tables=["step_sizes"],
)
def step_sizes(tables: Tables) -> Finding:
    """Adam steps 0.01 at 1 and 100, AdaGrad a tenth of it at 100, RMSProp √10 of it at 1."""
    sizes = tables["step_sizes"].set_index(["optimiser", "step"])["size"]
    if ("adam", 100) not in sizes.index:
        raise SaigenError("fewer than a hundred steps at this scale")
    return all_of(
        {
            "Adam, 1": within(exact(sizes["adam", 1] / 0.01), 1e-3, 1.0),
            "Adam, 100": within(exact(sizes["adam", 100] / 0.01), 1e-3, 1.0),
            "AdaGrad, 100": within(exact(sizes["adagrad", 100] / 0.01), 1e-3, 0.1),
            "RMSProp, 1": within(exact(sizes["rmsprop", 1] / 0.01), 1e-2, 10.0**0.5),
        }
    )


@claim(
    "E3-zigzag",
    says="Gradient descent zig-zags in a valley where the others do not",
    where="Part 1",
    published="a picture",
    needs="quick",
    tables=["valley"],
)
def zigzag(tables: Tables) -> Finding:
    """In thirty steps it crosses the floor more than twice as often as any other method.

    Its path is more than 2.5 times as long as any other's.
    """
    table = tables["valley"].set_index("optimiser")
    others = table.drop(index="sgd")
    crossings = table.loc["sgd", "flips"] / max(others["flips"].max(), 1.0)
    length = table.loc["sgd", "length"] / others["length"].max()
    return all_of(
        {"crossings": above(exact(crossings, 7), 2.0), "length": above(exact(length, 7), 2.5)}
    )


@claim(
    "E3-curved-valley",
    says="Momentum speeds gradient descent up most where the valley is long and narrow",
    where="Part 1, exercise 1",
    published="in words",
    needs="quick",
    tables=["best_rates"],
)
def curved_valley(tables: Tables) -> Finding:
    """On Rosenbrock's function it needs a tenth of the steps or less, on Booth's it does not."""
    rosenbrock, booth = _steps(tables, "rosenbrock"), _steps(tables, "booth")
    return all_of(
        {
            "Rosenbrock": above(exact(rosenbrock["sgd"] / rosenbrock["momentum"]), 10.0),
            "Booth": below(exact(booth["sgd"] / booth["momentum"]), 10.0),
        }
    )


@claim(
    "E3-divergence",
    says="The adaptive methods bear learning rates at which gradient descent diverges",
    where="Part 1, exercise 1",
    published="in words",
    needs="quick",
    tables=["convergence"],
)
def divergence(tables: Tables) -> Finding:
    """On rates up to 3 AdaGrad and Adam never diverge; SGD and both momenta do, on Rosenbrock."""
    rows = tables["convergence"]
    rows = rows[rows["rate"] <= 3.0]
    bearing = rows[rows["optimiser"].isin(["adagrad", "adam"])]["diverged"].sum()
    steep = rows[rows["function"] == "rosenbrock"].groupby("optimiser")["diverged"].sum()
    least = float(steep[["sgd", "momentum", "nesterov"]].min())
    return all_of(
        {
            "AdaGrad and Adam": below(exact(float(bearing), len(rows)), 1.0),
            "the linear methods": above(exact(least, len(rows)), 0.0),
        }
    )


@claim(
    "E3-rmsprop-swings",
    says="At a constant rate RMSProp goes on swinging about a minimum; the rate must decay",
    where="Part 1",
    published="in words",
    needs="quick",
    tables=["convergence"],
)
def rmsprop_swings(tables: Tables) -> Finding:
    """At rates of 0.001 to 3, on all four functions, most of its descents do not end below 1e-4.

    Below 0.001 its 20,000 steps of about η may be too few to arrive.
    """
    rows = tables["convergence"]
    rows = rows[(rows["optimiser"] == "rmsprop") & rows["rate"].between(0.0009, 3.0)]
    return above(exact(float((rows["stays"] < 0).mean()), len(rows), "share that swings"), 0.5)


@claim(
    "E3-best-momentum",
    says="There is a best momentum, ((√κ−1)/(√κ+1))² on a quadratic; more is slower",
    where="Part 1, exercise 1",
    published="theory: 0.40 in the valley of κ = 20",
    needs="quick",
    tables=["momentum"],
)
def best_momentum(tables: Tables) -> Finding:
    """In the valley lasting steps are fewest at 0.4 or 0.5; 0.99 needs over twice as many."""
    rows = tables["momentum"]
    rows = rows[(rows["function"] == "valley") & (rows["optimiser"] == "momentum")]
    steps = rows.set_index("momentum")["stays"]
    steps = steps.where(steps >= 0, np.inf)
    return all_of(
        {
            "best momentum": within(exact(float(steps.idxmin()), len(steps)), 0.11, 0.4),
            "0.99": above(exact(float(steps[0.99] / steps.min()), len(steps)), 2.0),
        }
    )


@claim(
    "E4-improved",
    says="In a network every improved method learns faster than plain SGD, at customary rates",
    where="Exercise 2",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def improved(tables: Tables) -> Finding:
    """The training loss around step 500 is less than half that of SGD at 0.01 (paired).

    Rates: 0.01 for both momenta and AdaGrad, 0.001 for RMSProp and Adam, 1 for AdaDelta.
    """
    rows = tables["digits"]
    rows = rows[rows["experiment"] == "optimisers_in_a_network"]
    if "loss_500" not in rows or rows["loss_500"].isna().all():
        raise SaigenError("no loss at step 500 at this scale")
    return all_of(
        {
            name: below(ratio(rows, "loss_500", of=name, against="sgd", by="variant"), 0.5)
            for name in METHODS
        }
    )


@claim(
    "E4-tuned",
    says="In a network every improved method learns faster than plain SGD, each at its best rate",
    where="Exercise 2",
    published="in words",
    needs="standard",
    tables=["rates"],
)
def improved_at_best_rates(tables: Tables) -> Finding:
    """The loss around step 500 is lower than SGD's, paired; other seeds choose the rates."""
    rows = tables["rates"]
    losses = np.log(rows["loss"]).mask(rows["status"] == "diverged").fillna(np.inf)
    parts = []
    for name, part in rows.assign(loss=losses).groupby("optimiser", sort=False):
        by_rate = part.pivot(index="seed", columns="learning_rate", values="loss")
        for seed, rate in chosen_by_others(by_rate).items():
            parts.append({"optimiser": name, "seed": seed, "loss": by_rate.loc[seed, rate]})
    best = pd.DataFrame(parts)
    return all_of(
        {
            name: below(difference(best, "loss", of=name, against="sgd", by="optimiser"))
            for name in METHODS
        }
    )


@claim(
    "E4-no-winner",
    says="Adam is the best of them, at customary rates",
    where="Exercise 2",
    published="asked, not answered",
    needs="standard",
    tables=["digits"],
)
def no_winner(tables: Tables) -> Finding:
    """Adam's test accuracy after 2000 steps is higher than that of each of the six (Holm)."""
    rows = tables["digits"]
    rows = rows[rows["experiment"] == "optimisers_in_a_network"]
    return highest(rows, "test_accuracy", of="adam", by="variant")


@claim(
    "E17-saddle",
    says="Near a saddle gradient descent stays long, and momentum leaves sooner",
    where="Part 4, E17",
    published="theory: ln(1/δ)/ln(1+2η) steps",
    needs="quick",
    tables=["measurements"],
)
def saddle(tables: Tables) -> Finding:
    """102 steps from δ = 1e-8 by gradient descent, none from 0, and fewer by momentum and Adam."""
    told = measured(tables, "saddle", "escape")
    rows = told.assign(value=told["value"].mask(told["value"] < 0.0, np.inf))  # −1: never
    plain = value_of(rows, of="sgd", label=1e-8)
    return all_of(
        {
            "from 1e-8": within(exact(plain), 1.5, np.log(1e8) / np.log(1.2)),
            "from 0": below(exact(value_of(told, of="sgd", label=0.0)), 0.0),
            "momentum": below(exact(value_of(rows, of="momentum", label=1e-8)), plain),
            "Adam": below(exact(value_of(rows, of="adam", label=1e-8)), plain),
        }
    )
