"""Claims on how long a saddle holds a descent: part 4, E17."""

import numpy as np

from saigen.claims import Finding, all_of, below, claim, within
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import Tables, exact, measured, value_of


@claim(
    "E17-saddle",
    says="Near a saddle gradient descent stays long; momentum leaves sooner at one learning rate",
    where="Part 4, E17",
    published="theory: ln(1/δ)/ln(1+2η) steps",
    needs="quick",
    tables=["measurements"],
)
def saddle(tables: Tables) -> Finding:
    """At η = 0.1, from δ = 1e-8: 102 steps of gradient descent, fewer of momentum and Adam.

    From δ = 0 gradient descent never leaves.
    """
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


@claim(
    "E17-tuned",
    says="Momentum leaves a saddle sooner than gradient descent, each at its best stable rate, too",
    where="Part 4, E17",
    published="in words; at one learning rate momentum of 0.9 moves ten times as far in the end",
    needs="quick",
    tables=["measurements"],
)
def tuned(tables: Tables) -> Finding:
    """Fewest steps from δ = 1e-8 over the grid's rates at which x comes to rest: the ratio is < 1.

    On x² − y² that is η < 1 for gradient descent and η < 2(1 + a)/2 for momentum a.
    """
    escapes = measured(tables, "saddle", "escape_at").set_index(["of", "label"])["value"]
    stable = measured(tables, "saddle", "stable_at").set_index(["of", "label"])["value"]
    steps = escapes.where(escapes >= 0.0, np.inf)[stable > 0.0].groupby("of").min()
    if np.isinf(steps["sgd"]):
        raise SaigenError("gradient descent left the saddle at no rate at this scale")
    counts = f"{steps['momentum']:g} steps against {steps['sgd']:g}"
    return below(exact(float(steps["momentum"] / steps["sgd"]), 2, counts), 1.0)
