"""Claims on second-order methods: part 1."""

import numpy as np

from saigen.claims import Finding, above, all_of, below, claim, within
from saigen.claims.runs import at_chosen
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
    worst_of,
)
from saigen.stats import Interval, loglog_slope, paired_difference


@claim(
    "E5-quadratic",
    says="On a quadratic Newton needs one step, BFGS n, CG n and a few",
    where="Part 1, E5",
    published="theory",
    needs="smoke",
    tables=["measurements"],
)
def quadratic(tables: Tables) -> Finding:
    """Relative errors: Newton after 1, BFGS after n below 1e-6, CG after n + 5 too.

    CG has five steps more for its rounding; H of BFGS is A⁻¹ then, and its path is CG's. Of every
    seed's quadratic, n = 20.
    """

    def largest(metric: str, label: str = "") -> Interval:
        rows = measured(tables, "second_order_quadratic", metric)
        return worst_of(rows[rows["label"] == label]["value"], "max")

    return all_of(
        {
            "Newton": below(largest("error", "Newton/1"), 1e-10),
            "BFGS": below(largest("error", "BFGS/20"), 1e-6),
            "CG": below(largest("error", "CG/25"), 1e-6),
            "H": below(largest("hessian_error"), 1e-6),
            "one path": below(largest("same_path"), 1e-6),
        }
    )


@claim(
    "E6-rosenbrock",
    says="In two variables second-order methods need few iterations, gradient descent thousands",
    where="Part 1, E6",
    published="in words",
    needs="standard",
    tables=["measurements", "best_rates"],
)
def rosenbrock(tables: Tables) -> Finding:
    """On Rosenbrock's function every method ends below 1e-4, where SGD's steps are counted to.

    It needs fewer than a tenth of SGD's steps at its best rate.
    """

    def largest(metric: str) -> Interval:
        rows = measured(tables, "second_order_rosenbrock", metric)
        return worst_of(rows[rows["label"].str.endswith("/2")]["value"], "max", "methods")

    table = tables["best_rates"].set_index(["function", "optimiser"])["first"]
    plain = float(table["rosenbrock", "sgd"])
    if np.isnan(plain):
        raise SaigenError("SGD did not come below the tolerance at this scale")
    return all_of(
        {
            "iterations": below(largest("iterations"), 0.1 * plain),
            "ends": below(largest("end"), 1e-4),
        }
    )


@claim(
    "E6-cost",
    says="A step costs n³ for Newton, n² for BFGS, n for L-BFGS",
    where="Part 1, E6",
    published="n³, n², n",
    needs="standard",
    tables=["measurements"],
)
def cost(tables: Tables) -> Finding:
    """Log-log slopes of CPU seconds over n: Newton 3, BFGS 2, L-BFGS 1, each ± 0.4.

    Newton's is above BFGS's, paired by seed. Of a solve (n = 200 to 1600), an update of the matrix
    in place and its product with the gradient (4000 to 8000), and two loops over ten pairs (from
    400,000 on): where the work is more than the calls, and of one kind of memory.
    """
    rows = measured(tables, "second_order_costs", "seconds")
    rows[["method", "n"]] = rows["label"].str.split("/", expand=True)
    slopes = {
        method: part.groupby("seed").apply(
            lambda one: loglog_slope(one["n"].astype(float), one["value"]).value,
            include_groups=False,
        )
        for method, part in rows.groupby("method")
    }
    return all_of(
        {
            "Newton": within(over_seeds(slopes["Newton"]), 0.4, 3.0),
            "BFGS": within(over_seeds(slopes["BFGS"]), 0.4, 2.0),
            "L-BFGS": within(over_seeds(slopes["L-BFGS"]), 0.4, 1.0),
            "Newton − BFGS": above(paired_difference(slopes["Newton"], slopes["BFGS"])),
        }
    )


@claim(
    "E7-units",
    says="Newton's step does not depend on the units of the variables; gradient descent's does",
    where="Part 1, E7",
    published="theory",
    needs="smoke",
    tables=["measurements"],
)
def units(tables: Tables) -> Finding:
    """Relative change of the first step when variables are rescaled by 0.1 … 10, on every seed.

    Of Newton's it is below 1e-8, of gradient descent's above 0.1.
    """
    rows = measured(tables, "second_order_quadratic", "rescaled")
    moved = rows.pivot(index="seed", columns="label", values="value")
    return all_of(
        {
            "Newton": below(worst_of(moved["Newton"], "max"), 1e-8),
            "gradient descent": above(worst_of(moved["gradient descent"], "min"), 0.1),
        }
    )


@claim(
    "E7-saddle",
    says="Second-order methods need no learning rate",
    where="Part 1, E7",
    published="in words, without a condition; theory: true of quadratics with a minimum",
    needs="smoke",
    tables=["measurements"],
)
def no_learning_rate(tables: Tables) -> Finding:
    """One bare Newton step ends at the minimum of a quadratic, and away from a saddle's point.

    Relative error below 1e-10 on the quadratic, on every seed; on x² − y² a distance above 0.1.
    """
    rows = measured(tables, "second_order_quadratic", "error")
    error = worst_of(rows[rows["label"] == "Newton/1"]["value"], "max")
    distance = measured(tables, "second_order_rosenbrock", "saddle")["value"].max()
    away = exact(float(distance), 1, "distance from the saddle")
    return all_of({"Newton on the quadratic": below(error, 1e-10), "on x² − y²": above(away, 0.1)})


@claim(
    "E6-network",
    says="In a thousand evaluations L-BFGS fits a small network better than Adam at its best rate",
    where="Part 1, E6",
    published="in words",
    needs="quick",
    tables=["regression"],
)
def network(tables: Tables) -> Finding:
    """log10 of the least loss of 1000 evaluations, L-BFGS minus Adam: below 0 over seeds.

    Every evaluation of either counts. Both begin at the same weights; the other seeds choose Adam's
    rate.
    """
    return below(_ahead(tables, 1000), 0.0)


@claim(
    "E6-network-end",
    says="In five thousand evaluations L-BFGS fits a small network better than Adam, still",
    where="Part 1, E6",
    published="in words",
    needs="standard",
    tables=["regression"],
)
def network_in_the_end(tables: Tables) -> Finding:
    """As E6-network, after 5000 evaluations."""
    return below(_ahead(tables, 5000), 0.0)


def _ahead(tables: Tables, evaluations: int) -> Interval:
    rows = tables["regression"]
    rows = rows[rows["step"] == evaluations]
    adam, quasi = (rows[rows["method"] == name] for name in ("adam", "L-BFGS"))
    if adam.empty or quasi.empty:
        raise SaigenError(f"fewer than {evaluations} evaluations at this scale")
    by_rate = np.log10(adam.pivot(index="seed", columns="learning_rate", values="least"))
    by_rate = by_rate.fillna(np.inf)
    return over_seeds(np.log10(quasi.set_index("seed")["least"]) - at_chosen(by_rate))
