"""Claims on the seven first-order methods: part 1 and exercise 1."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, within
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import Tables, exact, measured

#: Methods that scale each variable's step by its own past gradients.
ADAPTIVE = ["adagrad", "rmsprop", "adadelta", "adam"]


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
    says="Adam's steps have the size η from the first on, AdaGrad's η/√t; RMSProp's first is √10 η",
    where="Part 1, E1",
    published="theory",
    needs="quick",
    tables=["step_sizes"],
)
def step_sizes(tables: Tables) -> Finding:
    """Along a constant gradient of 3, at η = 0.01.

    Adam steps η at 1 and 100, AdaGrad η at 1 and a tenth of it at 100, RMSProp √10 η at 1.
    """
    sizes = tables["step_sizes"].set_index(["optimiser", "step"])["size"]
    if ("adam", 100) not in sizes.index:
        raise SaigenError("fewer than a hundred steps at this scale")
    return all_of(
        {
            "Adam, 1": within(exact(sizes["adam", 1] / 0.01), 1e-3, 1.0),
            "Adam, 100": within(exact(sizes["adam", 100] / 0.01), 1e-3, 1.0),
            "AdaGrad, 1": within(exact(sizes["adagrad", 1] / 0.01), 1e-3, 1.0),
            "AdaGrad, 100": within(exact(sizes["adagrad", 100] / 0.01), 1e-3, 0.1),
            "RMSProp, 1": within(exact(sizes["rmsprop", 1] / 0.01), 1e-2, 10.0**0.5),
        }
    )


@claim(
    "E3-zigzag",
    says="At Saitō's rates, and ours, descent crosses the floor at each step, other methods seldom",
    where="Part 1",
    published="a picture: gradient descent zig-zags in a valley",
    needs="quick",
    tables=["valley"],
)
def zigzag(tables: Tables) -> Finding:
    """In thirty steps SGD crosses the floor thirty times, each other method fewer than fifteen.

    The rates of Nesterov, RMSProp and AdaDelta are ours; AdaDelta's path is 0.2 long by then.
    """
    flips = tables["valley"].set_index("optimiser")["flips"]
    others = flips.drop("sgd")
    return all_of(
        {
            "SGD": within(exact(float(flips["sgd"])), 0.5, 30.0),
            "the others, most": below(exact(float(others.max()), len(others)), 15.0),
        }
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
    """At rates up to 3 none of the four diverges, on any of the four functions.

    On Rosenbrock's function each of them comes below 1e-4 at a rate at which SGD diverges there:
    who only stays where it is bears nothing.
    """
    rows = tables["convergence"]
    rows = rows[rows["rate"] <= 3.0]
    bearing = rows[rows["optimiser"].isin(ADAPTIVE)]
    steep = rows[rows["function"] == "rosenbrock"]
    lost = steep[(steep["optimiser"] == "sgd") & (steep["diverged"] > 0)]["rate"]
    there = steep[steep["rate"].isin(lost) & (steep["first"] >= 0)]
    counts = there.groupby("optimiser").size().reindex(ADAPTIVE, fill_value=0)
    n = len(lost)
    return all_of(
        {
            "diverged": below(exact(float(bearing["diverged"].sum()), len(bearing)), 1.0),
            "rates at which SGD diverges": above(exact(float(n), len(steep["rate"].unique())), 0.0),
            **{name: above(exact(float(counts[name]), n), 0.0) for name in ADAPTIVE},
        }
    )


@claim(
    "E3-rmsprop-swings",
    says="At most constant rates RMSProp goes on swinging about a minimum",
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
    says="To f < 1e-4 the momentum that is best in the long run, ((√κ−1)/(√κ+1))², is best too; "
    "more is slower",
    where="Part 1, exercise 1",
    published="a best momentum; theory, of the contraction in the long run: 0.40 for κ = 20",
    needs="quick",
    tables=["momentum"],
)
def best_momentum(tables: Tables) -> Finding:
    """In the valley lasting steps are fewest at 0.40 ± 0.04; 0.99 needs over twice as many.

    Each momentum has the rate of its fewest lasting steps, theory's among them; momenta are 0.05
    apart there. Where several need as few, their mean counts. The contraction itself is E1-rates':
    so few steps are still of the way to it.
    """
    rows = tables["momentum"]
    rows = rows[(rows["function"] == "valley") & (rows["optimiser"] == "momentum")]
    steps = rows.set_index("momentum")["stays"]
    steps = steps.where(steps >= 0, np.inf)
    if np.isinf(steps.min()):
        raise SaigenError("no descent stayed below the tolerance at this scale")
    best = steps.index[steps == steps.min()].to_numpy(dtype=float).mean()
    return all_of(
        {
            "best momentum": within(exact(float(best), len(steps)), 0.04, 0.4),
            "0.99": above(exact(float(steps[0.99] / steps.min()), len(steps)), 2.0),
        }
    )
