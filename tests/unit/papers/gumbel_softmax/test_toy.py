"""The two toys of the gradient estimators, against exact laws and an independent simulation."""

import numpy as np
import pytest

from saigen.engine import rng
from saigen.engine.loop import fit
from saigen.papers.gumbel_softmax import toy_gradients, variance_growth
from saigen.papers.gumbel_softmax.variance_growth import exact_variance

PARAMS = {"theta": 0.0, "temperature": 1.0, "slope": 1.0, "copies": 100_000, "steps": 4}
THETAS = (0.0, 1.5, -2.0)
# Mean and variance of the gradient at each of THETAS: 2·10⁶ draws of an independent program.
SIMULATED = {
    ("sf", 1.0): ((0.0250, 0.0159), (0.0149, 0.0073), (0.0105, 0.0089)),
    ("darn", 1.0): ((0.0250, 0.0625), (0.0149, 0.0327), (0.0105, 0.0304)),
    ("muprop", 1.0): ((0.0250, 0.0156), (0.0149, 0.0456), (0.0104, 0.0492)),
    ("st", 1.0): ((0.0250, 0.0625), (0.1096, 0.0133), (-0.0695, 0.0046)),
    ("gumbel", 0.1): ((0.0248, 0.0863), (0.0242, 0.0533), (0.0026, 0.0355)),
    ("gumbel", 0.5): ((0.0215, 0.0142), (0.0499, 0.0094), (-0.0224, 0.0064)),
    ("gumbel", 1.0): ((0.0167, 0.0048), (0.0519, 0.0030), (-0.0309, 0.0023)),
    ("gumbel", 2.0): ((0.0107, 0.0010), (0.0342, 0.0007), (-0.0207, 0.0006)),
    ("st_gumbel", 0.5): ((0.0215, 0.0779), (0.0667, 0.0487), (-0.0372, 0.0333)),
    ("st_gumbel", 1.0): ((0.0167, 0.0334), (0.0792, 0.0204), (-0.0569, 0.0143)),
}


def measure(task, folder, seed=1):
    outcome = fit(task, seed, folder, {}, lambda line: None)
    assert outcome.status == "finished"
    return {name: value for _, name, value, _ in outcome.state.rows}


@pytest.mark.parametrize(
    ("estimator", "temperature"),
    SIMULATED,
)
def test_moments_agree_with_the_simulation(tmp_path, estimator, temperature):
    task = toy_gradients.train({**PARAMS, "estimator": estimator, "temperature": temperature})
    for theta, (mean, variance) in zip(THETAS, SIMULATED[estimator, temperature], strict=True):
        task.live["theta"].assign(theta)
        found = measure(task, tmp_path / str(theta))
        # Four standard errors of ours, two of theirs, and four digits.
        slack = 5.0 * found["standard_error"] + 5e-5
        assert found["gradient_mean"] == pytest.approx(mean, abs=slack)
        assert found["gradient_variance"] == pytest.approx(variance, rel=0.02, abs=6e-5)
        if estimator in ("sf", "muprop", "darn"):
            assert abs(found["z_score"]) < 4.5


@pytest.mark.parametrize("theta", THETAS)
def test_the_exact_gradient_is_the_expectations_slope(theta):
    def expected(at):
        p = 1.0 / (1.0 + np.exp(-at))
        return p * 0.55**2 + (1.0 - p) * 0.45**2

    slope = (expected(theta + 1e-5) - expected(theta - 1e-5)) / 2e-5
    assert toy_gradients.exact_gradient(theta) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("slope", [1.0, 2.0])
def test_the_slope_scales_logits_and_gradient(slope):
    """a σ'(aθ) f'(z), draw by draw; at slope 1 it is straight-through."""
    theta = 0.7
    params = {**PARAMS, "estimator": "slope_st", "theta": theta, "slope": slope, "copies": 1000}
    found = np.unique(toy_gradients.train(params).step.__self__.gradients(rng.key(0)).numpy())
    p = 1.0 / (1.0 + np.exp(-slope * theta))
    expected = slope * p * (1.0 - p) * 2.0 * (np.array([0.0, 1.0]) - 0.45)
    np.testing.assert_allclose([found.min(), found.max()], expected, rtol=1e-4)


@pytest.mark.parametrize("units", [1, 5, 64])
def test_variance_of_the_score_function_is_the_exact_one(tmp_path, units):
    params = {"units": units, "theta": 1.0, "copies": 20_000, "steps": 3}
    found = measure(variance_growth.train(params), tmp_path)
    for name in ("gradient_variance", "gradient_variance_bare"):
        assert found[name] == pytest.approx(found[f"{name}_exact"], rel=0.06)


def test_exact_variance_of_one_and_two_units_by_enumeration():
    p, f = 1.0 / (1.0 + np.exp(-0.3)), {0: 0.45**2, 1: 0.55**2}
    prob = {0: 1.0 - p, 1: p}
    mean = p * f[1] + (1.0 - p) * f[0]
    for share in (0.0, 1.0):
        one = [(prob[z], (f[z] - share * mean) * (z - p)) for z in (0, 1)]
        two = [
            (prob[z] * prob[w], (f[z] + f[w] - 2.0 * share * mean) * (z - p))
            for z in (0, 1)
            for w in (0, 1)
        ]
        for units, cases in ((1, one), (2, two)):
            first = sum(q * g for q, g in cases)
            variance = sum(q * g**2 for q, g in cases) - first**2
            assert exact_variance(units, 0.3, share) == pytest.approx(variance, rel=1e-9)


def test_growth_is_linear_with_a_baseline_and_quadratic_without():
    units = np.array([1, 2, 4, 8, 16, 32, 64])
    for share, law in ((1.0, 1.0), (0.0, 2.0)):
        variances = [exact_variance(int(d), 1.0, share) for d in units]
        slope = np.polyfit(np.log(units), np.log(variances), 1)[0]
        assert slope == pytest.approx(law, abs=0.1)
