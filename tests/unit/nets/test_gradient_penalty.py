"""The gradient penalty against closed forms, and what it must not do."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from saigen.nets.gradient_penalty import gradient_penalty, interpolated, penalty_of, slope_norms
from saigen.nets.layers import Layers, Network


def images(seed, shape=(6, 4, 4, 2)):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@given(st.integers(0, 1000))
def test_a_linear_critic_pays_its_excess_slope_squared(seed):
    # D(x) = w·x has the gradient w everywhere: (‖w‖ − 1)², whatever real, fake and ε are.
    w = images(seed, (4, 4, 2)) * 0.3
    epsilon = tf.constant(np.random.default_rng(seed).random(6), tf.float32)
    found = gradient_penalty(
        lambda x: tf.einsum("bijk,ijk->b", x, w), images(seed + 1), images(seed + 2), epsilon
    )
    norm = float(np.linalg.norm(w.numpy()))
    assert float(found) == pytest.approx((norm - 1.0) ** 2, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("norm, two, one", [(0.4, 0.36, 0.0), (1.0, 0.0, 0.0), (3.0, 4.0, 4.0)])
def test_the_one_sided_penalty_lets_small_slopes_go(norm, two, one):
    norms = tf.fill([5], norm)
    assert float(penalty_of(norms)) == pytest.approx(two)
    assert float(penalty_of(norms, one_sided=True)) == pytest.approx(one)


def test_every_example_has_one_epsilon():
    real, fake = images(0), images(1)
    epsilon = tf.constant([0.0, 1.0, 0.25, 0.5, 0.75, 0.1])
    mixed = interpolated(real, fake, epsilon)
    np.testing.assert_allclose(mixed[0], fake[0], rtol=1e-6)
    np.testing.assert_allclose(mixed[1], real[1], rtol=1e-6)
    share = ((mixed - fake) / (real - fake)).numpy()
    np.testing.assert_allclose(share[2], 0.25, rtol=1e-3, atol=1e-3)


def test_a_critic_of_zeros_has_finite_gradients():
    w = tf.Variable(tf.zeros([4, 4, 2]))
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(
            lambda x: tf.einsum("bijk,ijk->b", x, w), images(0), images(1), tf.zeros([6])
        )
    assert float(penalty) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(tape.gradient(penalty, w).numpy()).all()


def network(norm):
    def forward(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        x = tf.tanh(layers.norm(norm, "norm", layers.conv("conv", x, 3)))
        return layers.dense("out", tf.reshape(x, [-1, 48]), 1)

    made = Network("critic", forward, [4, 4, 2])
    for name, value in made.initial(0).items():
        made.weights[name].assign(value)
    return made


@pytest.mark.parametrize("norm, apart", [("none", True), ("layer", True), ("batch", False)])
def test_slopes_of_examples_are_apart_but_with_batch_norm(norm, apart):
    critic = network(norm)
    points = images(3)
    others = tf.concat([points[:1], 5.0 * images(4)[1:]], 0)
    here, there = (slope_norms(lambda x: critic(x)[:, 0], x).numpy()[0] for x in (points, others))
    assert (abs(here - there) < 1e-5 * here) == apart
