"""Gradient moments of a small network with known expectation, and the comparison of moments."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.engine.loop import fit
from saigen.papers.gumbel_softmax.estimators import ESTIMATORS, Layers
from saigen.papers.gumbel_softmax.latent import Bernoulli
from saigen.papers.gumbel_softmax.trained_gradients import Gradients, Moments, compared, train

SPLITS = ("train", "valid", "test")
PARAMS = {
    "latent": "bernoulli",
    "estimator": "gumbel",
    "units": 20,
    "classes": 10,
    "codes": "01",
    "batch_size": 10,
    "learning_rate": 3e-3,
    "momentum": 0.9,
    "steps": 5,
    "temperature": 1.0,
    "temperature_rate": 0.0,
    "temperature_floor": 0.5,
    "temperature_refresh": 1000,
    "slope_rate": 0.04,
    "slope_max": 5.0,
    "slope_epoch": 500,
    "baseline_decay": 0.8,
    "baseline_units": 0,
    "normalise": True,
    "log_every": 5,
    "evaluate_every": 0,
    "curve_images": 4,
    "curve_samples": 2,
    "test_images": 4,
    "test_samples": 2,
    "draws": 8,
    "reference_draws": 400,
}


@pytest.fixture(scope="module")
def measured():
    """Moments of every estimator, 64 examples of f = (z₁ + 2 z₂ − 1)² + 10, z ~ Bernoulli(σ(θ))."""
    theta = tf.Variable([0.4, -0.9])
    layers = Layers(
        [Bernoulli(2)],
        lambda index, codes: tf.tile(theta[tf.newaxis], [64, 1]),
        lambda z: (z[:, 0] + 2.0 * z[:, 1] - 1.0) ** 2 + 10.0,
    )
    gradients = Gradients(PARAMS, layers, [theta])
    return {name: gradients.moments(name, 1000, rng.key(1)) for name in ESTIMATORS}


def exact():
    """∂E[f]/∂θ, by E[f] = (p + 2q − 1)² + p(1−p) + 4q(1−q) + 10."""
    p, q = 1.0 / (1.0 + np.exp([-0.4, 0.9]))
    mean = p + 2.0 * q - 1.0
    slopes = np.array([2.0 * mean + 1.0 - 2.0 * p, 4.0 * mean + 4.0 - 8.0 * q])
    return slopes * [p * (1.0 - p), q * (1.0 - q)]


@pytest.mark.parametrize("estimator", ["sf", "muprop", "darn"])
def test_unbiased_estimators_meet_the_exact_gradient(measured, estimator):
    """DARN among them, since the loss is quadratic in each unit and there is one layer."""
    found = measured[estimator]
    error = np.sqrt(found.variance / found.draws)
    np.testing.assert_array_less(np.abs(found.mean - exact()), 4.5 * error)


def test_relaxed_estimators_are_biased_and_quieter(measured):
    reference = measured["darn"]
    for name in ("gumbel", "st_gumbel", "st"):
        assert compared(measured[name], reference)["bias"] > 0.1
    assert measured["gumbel"].variance.mean() < measured["st_gumbel"].variance.mean()
    assert measured["st_gumbel"].variance.mean() < measured["sf"].variance.mean()


def test_a_constant_in_the_loss_adds_no_variance(measured):
    """Centred: the 10 in the loss, squared, would add 100 p(1−p)/64 to each unit's variance."""
    assert (measured["sf"].variance < 0.2).all()


def moments(mean, variance, draws, seed):
    """Moments as `draws` normal draws of 10,000 weights would give them."""
    draw = rng.generator(seed, "moments").normal(size=10_000)
    noisy = mean + draw * np.sqrt(variance / draws)
    return Moments(noisy, np.full(10_000, variance), draws)


def test_comparison_takes_the_noise_away():
    truth = np.ones(10_000)
    reference = moments(truth, 50.0, 100, 0)
    found = compared(moments(truth, 400.0, 100, 1), reference)
    assert found["variance"] == 400.0
    assert abs(found["bias"]) < 0.6
    assert found["noise"] == pytest.approx(2.12, abs=0.01)
    assert found["cosine"] == pytest.approx(1.0, abs=0.1)
    halved = compared(moments(0.5 * truth, 50.0, 100, 2), reference)
    assert halved["bias"] == pytest.approx(0.5, abs=0.05)
    assert halved["cosine"] == pytest.approx(1.0, abs=0.06)
    turned = compared(moments(np.tile([1.0, -1.0], 5000), 50.0, 100, 3), reference)
    assert turned["cosine"] == pytest.approx(0.0, abs=0.05)


def test_a_mean_lost_in_noise_has_no_norm():
    assert np.isnan(Moments(np.zeros(3), np.ones(3), 10).norm)


def test_a_run_measures_every_estimator_at_its_last_step(tmp_path):
    draws = rng.generator(0, "images")
    images = {
        f"{s}_images": draws.integers(2, size=(30, 28, 28, 1), dtype=np.uint8) for s in SPLITS
    }
    task = train(PARAMS, Dataset("noise", images, "", {}))
    outcome = fit(task, 3, tmp_path, {}, lambda line: None)
    rows = {name: value for step, name, value, _ in outcome.state.rows if step == PARAMS["steps"]}
    assert "test_nll" in rows
    assert np.isfinite(list(rows.values())).all()
    for estimator in ESTIMATORS:
        assert rows[f"variance/{estimator}"] > 0.0
    assert rows["variance/sf"] > rows["variance/muprop"] > rows["variance/gumbel"]
    # The reference is MuProp's, of other draws than those it is compared with.
    assert abs(rows["bias/muprop"]) < rows["noise/muprop"]
    again = task.evaluate(3, PARAMS["steps"], True)
    assert {name: again[name] for name in again} == {name: rows[name] for name in again}
