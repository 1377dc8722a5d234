"""Claims on second-order methods: each can hold, and fails where its sentence does."""

import numpy as np
import pandas as pd
import pytest
from made_up_measurements import deterministic, judge, once, regression, rows

from saigen.errors import SaigenError


def costs(newton=3.0, bfgs=2.0, lbfgs=1.0):
    powers = {"Newton": (newton, 1e2), "BFGS": (bfgs, 1e2), "L-BFGS": (lbfgs, 1e5)}
    seconds = {
        f"{method}/{int(base * k)}": 1e-6 * k**power
        for method, (power, base) in powers.items()
        for k in (1, 2, 4)
    }
    return rows("second_order_costs", "seconds", seconds)


def test_e6_cost_asks_each_power_from_both_sides_and_apart():
    assert judge("E6-cost", measurements=costs()).verdict == "replicated"
    for wrong in ({"newton": 2.5}, {"newton": 3.5}, {"bfgs": 2.5}, {"bfgs": 1.5}, {"lbfgs": 0.5}):
        assert judge("E6-cost", measurements=costs(**wrong)).verdict == "not replicated", wrong
    # What is n² for all of them is never both.
    assert judge("E6-cost", measurements=costs(2.0, 2.0)).verdict == "not replicated"


def fits(quasi, adam):
    """Return losses of L-BFGS and of Adam by its rate, at 500, 1000, 5000: the least so far."""
    table = []
    for method, rate, losses in (
        ("L-BFGS", np.nan, quasi),
        *(("adam", rate, losses) for rate, losses in adam.items()),
    ):
        for step, loss in zip((500, 1000, 5000), losses, strict=True):
            part = regression({("tanh", "he"): loss}, step)
            # Where a look happens to fall is no matter.
            part = part.assign(method=method, learning_rate=rate, least=part["mse"], mse=1.0)
            table.append(part)
    return pd.concat(table, ignore_index=True)


def test_e6_network_is_against_adam_at_its_best_rate_and_its_least_loss():
    slow = fits((1e-3, 1e-4, 1e-4), {0.01: (1e-1, 1e-2, 1e-5)})
    assert judge("E6-network", regression=slow).verdict == "replicated"
    assert judge("E6-network-end", regression=slow).verdict == "not replicated"
    tuned = fits((1e-3, 1e-4, 1e-4), {0.01: (1e-1, 1e-2, 1e-5), 0.1: (1e-5, 1e-5, 1e-5)})
    assert judge("E6-network", regression=tuned).verdict == "not replicated"


def test_e6_rosenbrock_asks_where_methods_end():
    best = pd.DataFrame({"function": ["rosenbrock"], "optimiser": ["sgd"], "first": [9000.0]})

    def table(iterations=30.0, end=1e-9):
        parts = [
            deterministic("second_order_rosenbrock", "iterations",
                          {"BFGS/2": iterations, "CG/2": 20.0, "CG/100": 1400.0}),
            deterministic("second_order_rosenbrock", "end", {"BFGS/2": end, "CG/100": 4.0}),
        ]  # fmt: skip
        return {"measurements": once(pd.concat(parts)), "best_rates": best}

    assert judge("E6-rosenbrock", **table()).verdict == "replicated"
    assert judge("E6-rosenbrock", **table(iterations=900.0)).verdict == "not replicated"
    # Few iterations that end far from the minimum are none.
    assert judge("E6-rosenbrock", **table(end=1e-3)).verdict == "not replicated"
    with pytest.raises(SaigenError, match="SGD"):
        judge("E6-rosenbrock", **{**table(), "best_rates": best.assign(first=np.nan)})


def test_e7_asks_the_quadratic_and_the_saddle_apart():
    def table(error=1e-14, saddle=0.0):
        quadratic = deterministic("second_order_quadratic", "error", {"Newton/1": error})
        there = deterministic("second_order_rosenbrock", "saddle", {"": saddle})
        return pd.concat([quadratic, once(there)])

    found = judge("E7-saddle", measurements=table())
    assert found.verdict == "not replicated" and "on x² − y²" in found.why
    assert judge("E7-saddle", measurements=table(saddle=0.5)).verdict == "replicated"
    slow = judge("E7-saddle", measurements=table(error=1e-3, saddle=0.5))
    assert slow.verdict == "not replicated" and "quadratic" in slow.why
