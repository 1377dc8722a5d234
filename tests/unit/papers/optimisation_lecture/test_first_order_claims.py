"""Claims on first-order methods: each can hold, and fails where its sentence does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from made_up_measurements import judge

from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.first_order import ADAPTIVE


def test_e1_asks_what_steps_are_along_a_constant_gradient():
    def table(**wrong):
        sizes = {("adam", 1): 0.01, ("adam", 100): 0.01, ("adagrad", 1): 0.01,
                 ("adagrad", 100): 0.001, ("rmsprop", 1): 0.01 * 10**0.5}  # fmt: skip
        sizes |= {("adam", 1): wrong.get("adam", 0.01), ("adagrad", 1): wrong.get("adagrad", 0.01)}
        cells = [(*cell, size) for cell, size in sizes.items()]
        return pd.DataFrame(cells, columns=["optimiser", "step", "size"])

    assert judge("E1-step-sizes", step_sizes=table()).verdict == "replicated"
    uncorrected = table(adam=0.0316)
    assert judge("E1-step-sizes", step_sizes=uncorrected).verdict == "not replicated"
    assert judge("E1-step-sizes", step_sizes=table(adagrad=0.02)).verdict == "not replicated"


def test_e3_zigzag_counts_crossings_of_sgd_and_of_the_most_of_the_others():
    def table(**flips):
        counts = {"sgd": 30.0, "momentum": 4.0, "rmsprop": 12.0, **flips}
        return pd.DataFrame({"optimiser": counts.keys(), "flips": counts.values()})

    assert judge("E3-zigzag", valley=table()).verdict == "replicated"
    assert judge("E3-zigzag", valley=table(sgd=29.0)).verdict == "not replicated"
    assert judge("E3-zigzag", valley=table(rmsprop=15.0)).verdict == "not replicated"


def rosenbrock(arrives=0.3, lost=()):
    """Return convergence: SGD diverges from 0.1 on, the others arrive at one rate alone."""
    return pd.DataFrame(
        {"function": "rosenbrock", "optimiser": name, "rate": rate,
         "first": 50.0 if rate == (0.01 if name == "sgd" else arrives) else -1.0,
         "diverged": float((rate > 0.05) if name == "sgd" else (name, rate) in lost)}
        for name, rate in product(["sgd", *ADAPTIVE], (0.01, 0.1, 0.3, 100.0))
    )  # fmt: skip


def test_e3_divergence_wants_methods_that_arrive_where_sgd_diverges():
    found = judge("E3-divergence", convergence=rosenbrock())
    assert found.verdict == "replicated"
    # Staying where one is bears nothing, and rates beyond 3 are not judged.
    still = rosenbrock(arrives=0.01)
    assert judge("E3-divergence", convergence=still).verdict == "not replicated"
    gone = rosenbrock(lost=[("adadelta", 0.1)])
    assert judge("E3-divergence", convergence=gone).verdict == "not replicated"
    beyond = rosenbrock(lost=[("adadelta", 100.0)])
    assert judge("E3-divergence", convergence=beyond).verdict == "replicated"
    tame = rosenbrock().assign(diverged=0.0)
    assert judge("E3-divergence", convergence=tame).verdict == "not replicated"


def test_e3_rmsprop_reads_every_function_and_rate():
    def table(staying):
        return pd.DataFrame(
            {"optimiser": "rmsprop", "function": function, "rate": rate,
             "stays": 50.0 if (function, rate) in staying else -1.0}
            for function, rate in product(("valley", "booth"), (0.001, 0.03, 3.0))
        )  # fmt: skip

    few = [("valley", 0.001), ("booth", 0.001)]
    assert judge("E3-rmsprop-swings", convergence=table(few)).verdict == "replicated"
    many = [*few, ("valley", 0.03), ("valley", 3.0)]
    assert judge("E3-rmsprop-swings", convergence=table(many)).verdict == "not replicated"


def momenta(**stays):
    steps = {0.0: 54, 0.3: 30, 0.35: 28, 0.4: 26, 0.45: 27, 0.5: 29, 0.9: 90, 0.99: 900}
    steps |= {float(name[1:]) / 100: value for name, value in stays.items()}
    return pd.DataFrame(
        {"function": "valley", "optimiser": "momentum", "momentum": steps.keys(),
         "first": 5.0, "stays": [float(value) for value in steps.values()]}
    )  # fmt: skip


def test_e3_best_momentum_is_of_lasting_steps_and_within_a_step_of_the_grid():
    assert judge("E3-best-momentum", momentum=momenta()).verdict == "replicated"
    assert judge("E3-best-momentum", momentum=momenta(a45=20)).verdict == "not replicated"
    tied = momenta(a35=26, a45=26)
    assert judge("E3-best-momentum", momentum=tied).verdict == "replicated"
    assert judge("E3-best-momentum", momentum=momenta(a99=50)).verdict == "not replicated"
    with pytest.raises(SaigenError, match="stayed"):
        judge("E3-best-momentum", momentum=momenta().assign(stays=-1.0))
    lasting = momenta(a40=-1)  # it passes first and leaves again
    assert judge("E3-best-momentum", momentum=lasting).verdict == "not replicated"
    assert np.isfinite(judge("E3-best-momentum", momentum=momenta()).measured)
