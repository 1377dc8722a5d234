"""The estimators against exact gradients, by enumeration of every hidden state of a tiny net."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.papers.gumbel_softmax.estimators import (
    Layers,
    darn_sample,
    forward,
    learning_signal,
    muprop,
    path_sampler,
    score_function,
)
from saigen.papers.gumbel_softmax.latent import Bernoulli, Categorical

LATENTS = {"bernoulli": Bernoulli(3), "categorical": Categorical(2, 3)}


def states(latent):
    """Every hard state of a layer, as [states, ...]."""
    if isinstance(latent, Bernoulli):
        return np.array(list(itertools.product([0.0, 1.0], repeat=latent.units)), np.float32)
    eye = np.eye(latent.classes, dtype=np.float32)
    return np.array(list(itertools.product(eye, repeat=latent.variables)), np.float32)


class TinyNet:
    """Two layers and a loss that is not quadratic, for one example."""

    def __init__(self, latent):
        draws = np.random.default_rng(0)
        self.latent = latent
        size = latent.size
        self.bias = tf.Variable(draws.normal(size=size).astype(np.float32))
        self.weight = tf.Variable(draws.normal(size=[size, size]).astype(np.float32))
        self.top = tf.Variable(draws.normal(size=size).astype(np.float32))

    @property
    def variables(self):
        return [self.bias, self.weight, self.top]

    def layers(self, batch=1):
        latent = self.latent

        def logits(index, codes):
            if index == 0:
                return latent.from_flat(tf.tile(self.bias[tf.newaxis], [batch, 1]))
            return latent.from_flat(latent.flat(codes) @ self.weight)

        def loss(codes):
            return tf.exp(0.5 * tf.linalg.matvec(latent.flat(codes), self.top)) + 1.0

        return Layers([latent, latent], logits, loss)


def exact_gradient(net):
    """∇ Σ_z p(z) f(z), summed over all pairs of states."""
    latent = net.latent
    with tf.GradientTape() as tape:
        total = 0.0
        for z1, z2 in itertools.product(states(latent), states(latent)):
            chosen = [z1[np.newaxis], z2[np.newaxis]]
            logits, codes, loss = forward(net.layers(), lambda i, _, l, c=chosen: tf.constant(c[i]))
            log_p = sum(
                tf.reduce_sum(latent.log_prob(l, c)) for l, c in zip(logits, codes, strict=True)
            )
            total += tf.exp(log_p) * loss[0]
    return tape.gradient(total, net.variables)


def expected_gradient(net, estimate):
    """Σ_z p(z) · (the estimator's gradient at z)."""
    latent, total = net.latent, [0.0] * 3
    for z1, z2 in itertools.product(states(latent), states(latent)):
        chosen = [z1[np.newaxis], z2[np.newaxis]]
        logits, codes, _ = forward(net.layers(), lambda i, _, l, c=chosen: tf.constant(c[i]))
        p = tf.exp(
            sum(tf.reduce_sum(latent.log_prob(l, c)) for l, c in zip(logits, codes, strict=True))
        )
        with tf.GradientTape() as tape:
            surrogate, _ = estimate(
                net.layers(), lambda i, _, l, c=chosen: tf.constant(c[i]), lambda i, s: s - 1.7
            )
        gradients = tape.gradient(surrogate, net.variables)
        total = [sum_ + p * gradient for sum_, gradient in zip(total, gradients, strict=True)]
    return total


@pytest.mark.parametrize("latent", LATENTS.values(), ids=LATENTS.keys())
@pytest.mark.parametrize("estimate", [score_function, muprop])
def test_score_function_estimators_are_unbiased_whatever_the_constant_baseline(estimate, latent):
    net = TinyNet(latent)
    for found, exact in zip(expected_gradient(net, estimate), exact_gradient(net), strict=True):
        np.testing.assert_allclose(found, exact, rtol=2e-3, atol=2e-5)


def test_a_learning_signal_that_depends_on_the_sample_is_caught():
    """The enumeration would notice a broken estimator: here the signal is squared."""
    net = TinyNet(LATENTS["bernoulli"])

    def broken(layers, sample, centred):
        return score_function(layers, sample, lambda i, s: centred(i, s) ** 2)

    assert not np.allclose(expected_gradient(net, broken)[0], exact_gradient(net)[0], rtol=0.05)


def samples_of(latent, logits, sampler, count=200_000):
    seed = rng.key(3)("test")
    with tf.GradientTape() as tape:
        tape.watch(logits)
        tiled = tf.tile(logits[tf.newaxis], [count] + [1] * logits.shape.rank)
        z = sampler(latent, tiled, seed)
        loss = tf.reduce_mean(tf.reduce_sum(latent.flat(z - 0.3) ** 2, -1))
    return z, tape.gradient(loss, logits)


def quadratic_gradient(latent, logits):
    """∇ E Σ (zⱼ − 0.3)², exact: E z² = E z for hard codes."""
    with tf.GradientTape() as tape:
        tape.watch(logits)
        mean = latent.mean(logits)
        loss = tf.reduce_sum(mean * (1.0 - 0.6) + 0.09)
    return tape.gradient(loss, logits)


def test_darn_is_unbiased_for_a_quadratic_loss_of_bernoulli_units():
    latent, logits = Bernoulli(4), tf.constant([-2.0, -0.3, 0.4, 1.5])
    _, found = samples_of(latent, logits, darn_sample)
    np.testing.assert_allclose(found, quadratic_gradient(latent, logits), atol=4e-3)


def test_darn_multiplier_of_a_categorical_variable():
    """dl = (g·(z − 1/k)) (z − μ), term by term."""
    latent, logits = Categorical(1, 3), tf.constant([[[0.2, -0.5, 1.0]]])
    g = tf.constant([[[0.7, -1.1, 0.4]]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        z = darn_sample(latent, logits, rng.key(0)("z"))
        loss = tf.reduce_sum(g * z)
    expected = tf.reduce_sum(g * (z - 1 / 3)) * (z - tf.nn.softmax(logits))
    np.testing.assert_allclose(tape.gradient(loss, logits), expected, rtol=1e-5)


@pytest.mark.parametrize("latent", LATENTS.values(), ids=LATENTS.keys())
@pytest.mark.parametrize("estimator", ["st", "slope_st", "st_gumbel", "darn"])
def test_straight_through_samples_are_hard(estimator, latent):
    logits = latent.from_flat(tf.linspace(-1.0, 1.0, latent.size))
    sampler = path_sampler(estimator, tf.constant(0.7), tf.constant(2.0))
    z, _ = samples_of(latent, logits, sampler, count=50)
    np.testing.assert_allclose(z, np.round(z), atol=1e-6)


@pytest.mark.parametrize("latent", LATENTS.values(), ids=LATENTS.keys())
@pytest.mark.parametrize("estimator", ["st", "slope_st", "gumbel", "st_gumbel", "darn"])
def test_every_sampler_follows_the_distribution_once_hardened(estimator, latent):
    logits = latent.from_flat(tf.linspace(-1.0, 1.0, latent.size))
    sampler = path_sampler(estimator, tf.constant(0.7), tf.constant(2.0))
    z, _ = samples_of(latent, logits, sampler, count=100_000)
    mean = tf.reduce_mean(latent.harden(z), 0)
    np.testing.assert_allclose(mean, latent.mean(logits), atol=7e-3)


def test_the_straight_through_gradient_is_the_means_jacobian():
    latent, logits = Bernoulli(2), tf.constant([0.3, -1.2])
    sampler = path_sampler("st", tf.constant(1.0), tf.constant(1.0))
    z, found = samples_of(latent, logits, sampler, count=500)
    p = tf.sigmoid(logits)
    expected = tf.reduce_mean(2.0 * (z - 0.3), 0) * p * (1.0 - p)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


# 1-D toy f(z) = (z − 0.45)², z ~ Bernoulli(σ(θ)), 2·10⁶ samples of an independent implementation.
TOY = [
    (0.0, {"st": 0.0250, "gumbel": 0.0167, "st_gumbel": 0.0167, "darn": 0.0250}),
    (1.5, {"st": 0.1096, "gumbel": 0.0519, "st_gumbel": 0.0792, "darn": 0.0149}),
    (-2.0, {"st": -0.0695, "gumbel": -0.0309, "st_gumbel": -0.0569, "darn": 0.0105}),
]


@pytest.mark.parametrize(
    ("theta", "estimator", "mean"), [(t, e, m) for t, r in TOY for e, m in r.items()]
)
def test_mean_gradient_on_the_one_dimensional_toy(theta, estimator, mean):
    count = 1_000_000
    sampler = path_sampler(estimator, tf.constant(1.0), tf.constant(1.0))
    logits = tf.fill([count, 1], theta)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        z = sampler(Bernoulli(1), logits, rng.key(1)("toy"))
        loss = tf.reduce_sum((z - 0.45) ** 2)
    gradients = tape.gradient(loss, logits).numpy()
    error = gradients.std() / count**0.5
    assert abs(gradients.mean() - mean) < 5 * error + 1.5e-4


def test_learning_signal_never_amplifies():
    signal = tf.constant([1.0, 3.0])
    np.testing.assert_allclose(learning_signal(signal, 2.0, 0.25), [-1.0, 1.0])
    np.testing.assert_allclose(learning_signal(signal, 2.0, 4.0), [-0.5, 0.5])
