"""The lecture's networks: first weights, constants, batch normalisation, divergence held."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.papers.optimisation_lecture.digits import Digits
from saigen.papers.optimisation_lecture.regression import Regression

SETTINGS = {
    "activation": "tanh",
    "optimiser": "sgd",
    "learning_rate": 0.1,
    "ones_rate": 0.001,
    "initials": ["zeros", "ones", "sd_1", "sd_0.01", "xavier", "he"],
    "copies": 1,
    "width": 50,
    "points": 200,
}


def begun(**changes):
    regression = Regression({**SETTINGS, **changes})
    for name, value in regression.initial(0).items():
        regression.variables[name].assign(value)
    return regression


def steps(regression, count):
    step = tf.function(lambda: regression.step(None, rng.key(0)), autograph=False)
    for _ in range(count):
        step()


@pytest.mark.parametrize(
    ("kind", "wanted"), [("he", (2 / 784) ** 0.5), ("xavier", (2 / 884) ** 0.5), ("zeros", 0.0)]
)
def test_first_weights_have_the_deviations_of_their_rules(kind, wanted):
    weights = Digits([784, 100, 10], False).initial(0, kind, 0.0)["0/W"].numpy()
    np.testing.assert_allclose(weights.std(), wanted, rtol=0.02)


def test_batch_norm_leaves_mean_0_and_deviation_1_before_the_relu():
    network = Digits([6, 5, 10], batch_norm=True)
    for name, value in network.initial(0, "he", 0.0).items():
        network.weights[name].assign(value)
    x = tf.constant(np.random.default_rng(0).normal(size=(64, 6)), tf.float32)
    _, ((mean, variance),) = network(x)
    before = ((x @ network.weights["0/W"]) - mean) * tf.math.rsqrt(variance)
    np.testing.assert_allclose(tf.reduce_mean(before, 0), np.zeros(5), atol=1e-5)
    np.testing.assert_allclose(tf.math.reduce_std(before, 0), np.ones(5), atol=1e-5)
    again, _ = network(x[:1], [(mean, variance)])
    np.testing.assert_allclose(again, network(x)[0][:1], rtol=1e-4, atol=1e-5)


def test_from_zeros_tanh_learns_its_last_bias_alone():
    regression = begun(initials=["zeros"])
    steps(regression, 20)
    for name in ("w", "b", "v"):
        assert not np.any(regression.weights[name].numpy()), name
    found = regression.evaluate(0, 20, True)
    np.testing.assert_allclose(found["mse/zeros"], 0.4975, atol=1e-3)


def test_from_ones_all_units_stay_one():
    regression = begun(initials=["ones", "he"])
    steps(regression, 200)
    found = regression.evaluate(0, 200, True)
    assert found["distinct/ones"] == 1.0
    assert found["distinct/he"] == 50.0


def test_a_lost_copy_is_held_and_the_others_learn():
    regression = begun(initials=["ones", "he"], ones_rate=50.0)
    steps(regression, 50)
    found = regression.evaluate(0, 50, True)
    assert found["mse/ones"] == float("inf")
    assert found["mse/he"] < 0.3
    assert all(np.isfinite(v.numpy()).all() for v in regression.variables.values())


def test_copies_learn_as_they_would_alone():
    together, alone = begun(initials=["xavier", "he"], width=4), begun(initials=["he"], width=4)
    for name, weight in alone.weights.items():
        weight.assign(together.weights[name][1:])
    steps(together, 30)
    steps(alone, 30)
    np.testing.assert_allclose(together.losses().numpy()[1], alone.losses().numpy()[0], rtol=1e-4)


def test_the_least_loss_is_of_every_step_not_of_looks():
    regression, seen = begun(initials=["he"], optimiser="adam", learning_rate=0.3), []
    assert regression.evaluate(0, 0, False)["least/he"] > 100.0  # nothing was seen yet
    for _ in range(40):
        seen.append(float(regression.losses()[0]))
        steps(regression, 1)
    found = regression.evaluate(0, 40, False)
    assert found["least/he"] == pytest.approx(min(seen), rel=1e-4)
    assert np.argmin(seen) not in (0, 39)  # at this rate it swings
