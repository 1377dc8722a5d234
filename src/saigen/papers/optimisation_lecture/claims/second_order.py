"""Claims on second-order methods: part 1."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, within
from saigen.claims.runs import chosen_by_others
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
)
from saigen.stats import Interval, loglog_slope


@claim(
    "E5-quadratic",
    says="On a quadratic Newton needs one step, BFGS n, CG n and a few, and no learning rate",
    where="Part 1, E5",
    published="theory",
    needs="smoke",
    tables=["measurements"],
)
def quadratic(tables: Tables) -> Finding:
    """Relative errors: Newton after 1, BFGS after n below 1e-6, CG after n + 5 too.

    CG has five steps more for its rounding; H of BFGS is A⁻¹ then, and its path is CG's.
    """
    rows = measured(tables, "second_order_quadratic", "error")

    def largest(label: str) -> float:
        return float(rows[rows["label"] == label]["value"].max())

    n = rows["seed"].nunique()
    hessian = measured(tables, "second_order_quadratic", "hessian_error")["value"].max()
    same = measured(tables, "second_order_quadratic", "same_path")["value"].max()
    return all_of(
        {
            "Newton": below(exact(largest("Newton/1"), n), 1e-10),
            "BFGS": below(exact(largest("BFGS/20"), n), 1e-6),
            "CG": below(exact(largest("CG/25"), n), 1e-6),
            "H": below(exact(float(hessian), n), 1e-6),
            "one path": below(exact(float(same), n), 1e-6),
        }
    )


@claim(
    "E6-rosenbrock",
    says="Second-order methods converge in few iterations where gradient descent needs thousands",
    where="Part 1, E6",
    published="in words",
    needs="standard",
    tables=["measurements", "best_rates"],
)
def rosenbrock(tables: Tables) -> Finding:
    """In two variables every method needs fewer than a tenth of gradient descent's steps."""
    rows = measured(tables, "second_order_rosenbrock", "iterations")
    rows = rows[rows["label"].str.endswith("/2")]
    table = tables["best_rates"].set_index(["function", "optimiser"])["first"]
    plain = float(table["rosenbrock", "sgd"])
    worst = float(rows["value"].max())
    return below(exact(worst / plain, len(rows), "most iterations over SGD's steps"), 0.1)


@claim(
    "E6-cost",
    says="A step costs n³ for Newton, n² for BFGS, n for L-BFGS",
    where="Part 1, E6",
    published="n³, n², n",
    needs="standard",
    tables=["measurements"],
)
def cost(tables: Tables) -> Finding:
    """Log-log slopes of CPU seconds over n: Newton 3 ± 0.7, BFGS 2 ± 0.6, L-BFGS 1 ± 0.5.

    Of a solve, an update of the matrix (n = 200 to 1600), and two loops over ten pairs (n from
    100,000 on, where the work is more than the calls).
    """
    rows = measured(tables, "second_order_costs", "seconds")
    rows[["method", "n"]] = rows["label"].str.split("/", expand=True)
    slopes = {
        method: over_seeds(
            part.groupby("seed").apply(
                lambda one: loglog_slope(one["n"].astype(float), one["value"]).value,
                include_groups=False,
            )
        )
        for method, part in rows.groupby("method")
    }
    return all_of(
        {
            "Newton": within(slopes["Newton"], 0.7, 3.0),
            "BFGS": within(slopes["BFGS"], 0.6, 2.0),
            "L-BFGS": within(slopes["L-BFGS"], 0.5, 1.0),
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
    """Relative change of the first step when variables are rescaled by 0.1 … 10."""
    rows = measured(tables, "second_order_quadratic", "rescaled")
    largest = rows.groupby("label")["value"].max()
    n = rows["seed"].nunique()
    return all_of(
        {
            "Newton": below(exact(float(largest["Newton"]), n), 1e-8),
            "gradient descent": above(exact(float(largest["gradient descent"]), n), 0.1),
        }
    )


@claim(
    "E7-saddle",
    says="Second-order methods are always better",
    where="Part 1",
    published="as the slide has it; an undamped Newton step on x² − y² shows otherwise",
    needs="smoke",
    tables=["measurements"],
)
def always_better(tables: Tables) -> Finding:
    """One bare Newton step on x² − y² ends away from the saddle point."""
    distance = measured(tables, "second_order_rosenbrock", "saddle")["value"].max()
    return above(exact(float(distance), 1, "distance from the saddle"), 0.1)


@claim(
    "E6-network",
    says="In a thousand evaluations L-BFGS fits a small network better than Adam at its best rate",
    where="Part 1, E6",
    published="in words",
    needs="quick",
    tables=["regression"],
)
def network(tables: Tables) -> Finding:
    """log10 of the least loss in 1000 evaluations, L-BFGS minus Adam: below 0 over seeds.

    Both begin at the same weights; the other seeds choose Adam's rate.
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
    if evaluations not in set(rows[rows["method"] == "L-BFGS"]["step"]):
        raise SaigenError(f"fewer than {evaluations} evaluations at this scale")
    rows = rows[rows["step"] <= evaluations]
    rows = rows.assign(least=np.log10(rows["mse"].fillna(np.inf)))
    adam = rows[rows["method"] == "adam"].pivot_table(
        index="seed", columns="learning_rate", values="least", aggfunc="min"
    )
    chosen = chosen_by_others(adam)
    adam = pd.Series({seed: adam.loc[seed, rate] for seed, rate in chosen.items()})
    quasi = rows[rows["method"] == "L-BFGS"].groupby("seed")["least"].min()
    return over_seeds(quasi - adam)
