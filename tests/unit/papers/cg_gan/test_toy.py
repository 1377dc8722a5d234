"""The toy game against an independent simulation of it, to the digits that were noted."""

import numpy as np
import pytest

from saigen.papers.cg_gan import toy

TASK = None

# Final (x, y) after 400 steps from (2, −4), both learning rates alike, by a NumPy port of the
# notebook made before this code; nan: diverged.
ENDS = {
    ("correct", "sgd", 5e-5): (0.065, -3.754),
    ("correct", "momentum", 5e-5): (0.0018, -3.607),
    ("correct", "fr", 5e-5): (0.0018, -3.607),
    ("correct", "prp", 5e-5): (0.067, -3.755),
    ("correct", "sgd", 1e-5): (1.017, -3.899),
    ("correct", "momentum", 1e-5): (0.514, -3.851),
    ("correct", "fr", 1e-5): (0.514, -3.851),
    ("correct", "prp", 1e-5): (1.018, -3.899),
    ("accumulated", "sgd", 5e-5): (-1.36, 3.77),
    ("accumulated", "momentum", 5e-5): (np.nan, np.nan),
    ("accumulated", "fr", 5e-5): (np.nan, np.nan),
    ("accumulated", "prp", 5e-5): (-1.42, 3.62),
    ("accumulated", "sgd", 1e-5): (1.13, 1.37),
    ("accumulated", "momentum", 1e-5): (-8.35, -2.09),
    ("accumulated", "fr", 1e-5): (-5.29, 2.88),
    ("accumulated", "prp", 1e-5): (1.13, 1.33),
}


def played(method, gradients):
    global TASK
    params = {
        "method": method,
        "gradients": gradients,
        "released": gradients == "accumulated",
        "steps": 400,
    }
    TASK = TASK or toy.train(params)
    TASK.adopt(params)
    for name, value in TASK.initial(0).items():
        TASK.variables[name].assign(value)
    TASK.take(0, 0, 400)
    return TASK.evaluate(0, 400, True)


@pytest.mark.parametrize("gradients", ["correct", "accumulated"])
@pytest.mark.parametrize("method", ["sgd", "momentum", "fr", "prp"])
def test_ends_are_those_of_the_independent_simulation(method, gradients):
    found = played(method, gradients)
    for rate in (5e-5, 1e-5):
        x, y = ENDS[gradients, method, rate]
        label = f"{rate:g}/{rate:g}"
        if np.isnan(x):
            assert np.hypot(found[f"x/{label}"], found[f"y/{label}"]) > toy.FAR
        else:
            assert found[f"x/{label}"] == pytest.approx(x, abs=0.0051)
            assert found[f"y/{label}"] == pytest.approx(y, abs=0.0051)


def test_hs_is_slower_than_descent_where_beta_may_be_negative():
    found = played("hs", "correct")
    assert found["x/5e-05/5e-05"] == pytest.approx(0.383, abs=0.001)
    assert found["x/1e-05/1e-05"] == pytest.approx(1.439, abs=0.001)


def test_y_contracts_by_its_closed_form():
    """Where x is 0, y shrinks by 1 − 2η a step: nothing is near in 400 steps at these rates."""
    found = played("sgd", "correct")
    assert all(found[f"first/{x:g}/{y:g}"] == -1.0 for x in toy.RATES for y in toy.RATES)
    y = abs(found["y/5e-05/5e-05"])
    assert 4.0 * (1 - 2 * 5e-5 * 5) ** 400 < y < 4.0 * (1 - 2 * 5e-5) ** 400
