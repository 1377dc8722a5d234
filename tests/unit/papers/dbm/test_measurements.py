"""The toy and the unbiasedness runs, on tiny sizes."""

from itertools import pairwise

import numpy as np
import pytest

from saigen.papers.dbm import toy, unbiasedness


def run(task, seed=0):
    """Run a task to its end, and return what it measured."""
    for name, value in task.initial(seed).items():
        task.variables[name].assign(value)
    task.take(seed, 0, task.steps)
    return task.evaluate(seed, task.steps, True)


@pytest.fixture(scope="module")
def bias():
    params = {"units": 2, "scale": 1.0, "chains": 20_000, "steps": 3, "most_steps": 3000}
    return run(unbiasedness.train(params))


def test_the_coupled_estimators_are_unbiased_and_the_others_are_not(bias):
    for name in ("as_specified", "gibbs"):
        assert bias[f"z_p/{name}"] > 1e-4 and bias[f"largest_z/{name}"] < 4.5
        assert bias[f"bias/{name}"] < 4 * bias[f"noise/{name}"]
    for name in ("mode", "as_run", "as_coded"):
        assert bias[f"largest_z/{name}"] > 8.0
        assert bias[f"bias/{name}"] > 4 * bias[f"noise/{name}"]
    assert bias["sd/as_specified"] > bias["sd/as_run"]


def test_meeting_times_are_counted(bias):
    assert bias["tau_at_least_1/as_specified"] == pytest.approx(1.0)
    assert bias["tau_mean/as_run"] == 1.0
    shares = [bias[f"tau_at_least_{2**k}/as_specified"] for k in range(unbiasedness.BINS)]
    assert all(a >= b for a, b in pairwise(shares))
    assert 2.0 ** (np.flatnonzero(shares)[-1] + 1) > bias["tau_largest/as_specified"]
    assert bias["capped/as_specified"] == 0.0
    assert bias["gradient_error"] < 1e-3


def test_the_toy_counts_on_the_weights_of_its_law():
    params = {"units": 8, "law": "orthogonal", "chains": 40, "pairs": 6}
    task = toy.train({**params, "most_steps": 2000, "most_sweeps": 500})
    found = run(task)
    w = task.variables["W0"].numpy()
    np.testing.assert_allclose(w @ w.T, np.eye(8), atol=1e-5)
    assert found["energy_mode"] < found["energy_initialised"] < found["energy_uniform"]
    for count in toy.COUNTS:
        assert 1.0 <= found[f"median/{count}"] <= found[f"largest/{count}"]
    task.adopt({"law": "orthogonal_4"})
    run(task)
    np.testing.assert_allclose(task.variables["W0"].numpy(), 4.0 * w, rtol=1e-5)
