"""Layers against Keras's, first weights against their stated laws, networks as declared."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.nets.activations import ACTIVATIONS
from saigen.nets.initial import he_uniform
from saigen.nets.layers import Layers, Network


def made(forward, *inputs, seed=0):
    network = Network("n", forward, *inputs)
    for name, value in network.initial(seed).items():
        network.weights[name].assign(value)
    return network


def images(shape=(5, 8, 8, 6), seed=0):
    return tf.constant(np.random.default_rng(seed).standard_normal(shape) + 2.0, tf.float32)


def test_layer_norm_is_group_norm_with_one_group():
    network = made(lambda layers, x: layers.layer_norm("ln", x), [8, 8, 6])
    network.weights["n/ln/scale"].assign(tf.range(6.0) + 1.0)
    network.weights["n/ln/offset"].assign(tf.range(6.0) - 3.0)
    theirs = keras.layers.GroupNormalization(groups=1, epsilon=1e-5)
    theirs.build([None, 8, 8, 6])
    theirs.gamma.assign(np.arange(6.0) + 1.0)
    theirs.beta.assign(np.arange(6.0) - 3.0)
    np.testing.assert_allclose(network(images()), theirs(images().numpy()), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(5, 8, 8, 6), (9, 6)])
def test_batch_norm_uses_the_batch_and_then_scales_and_shifts(shape):
    network = made(lambda layers, x: layers.batch_norm("bn", x), list(shape[1:]))
    network.weights["n/bn/scale"].assign(tf.range(6.0) + 1.0)
    network.weights["n/bn/offset"].assign(tf.range(6.0) - 3.0)
    out = network(5.0 * images(shape)).numpy().reshape(-1, 6)
    np.testing.assert_allclose(out.mean(0), np.arange(6.0) - 3.0, atol=1e-5)
    np.testing.assert_allclose(out.std(0), np.arange(6.0) + 1.0, rtol=1e-3)


def test_conditional_batch_norm_scales_by_class_over_statistics_of_all():
    network = made(
        lambda layers, x, labels: layers.conditional_batch_norm("bn", x, labels, 3),
        [8, 8, 6],
        ([], tf.int32),
    )
    labels = tf.constant([0, 1, 2, 0, 1])
    x = 5.0 * images()
    plain = network(x, labels).numpy()
    np.testing.assert_allclose(plain.mean((0, 1, 2)), 0.0, atol=1e-5)
    np.testing.assert_allclose(plain.std((0, 1, 2)), 1.0, rtol=1e-3)
    network.weights["n/bn/scale"].assign(tf.constant([[1.0] * 6, [2.0] * 6, [3.0] * 6]))
    network.weights["n/bn/offset"].assign(tf.constant([[0.0] * 6, [5.0] * 6, [0.0] * 6]))
    changed = network(x, labels).numpy()
    for row, label in enumerate(labels.numpy()):
        expected = plain[row] * (label + 1.0) + (5.0 if label == 1 else 0.0)
        np.testing.assert_allclose(changed[row], expected, rtol=1e-4, atol=1e-4)


def test_a_transposed_convolution_is_the_transpose():
    # ⟨deconv(x), y⟩ = ⟨x, conv(y)⟩ with one kernel, and the side doubles.
    network = made(lambda layers, x: layers.deconv("up", x, 3), [4, 4, 6])
    x, y = images((2, 4, 4, 6)), images((2, 8, 8, 3), seed=1)
    up = network(x)
    assert up.shape == (2, 8, 8, 3)
    down = tf.nn.conv2d(y, network.weights["n/up/W"], 2, "SAME")
    assert float(tf.reduce_sum(up * y)) == pytest.approx(float(tf.reduce_sum(x * down)), rel=1e-4)


@pytest.mark.parametrize(
    "shape, share, deviation",
    [
        ([5, 5, 32, 64], 1, (4 / (25 * 96)) ** 0.5),
        # A stride of 2 leaves a quarter of the fan out.
        ([5, 5, 32, 64], 4, (4 / (25 * 32 + 25 * 64 / 4)) ** 0.5),
        # Transposed, [.., out, in]: a quarter of the fan in.
        ([5, 5, 16, 64], 4, (4 / (25 * 16 + 25 * 64 / 4)) ** 0.5),
    ],
)
def test_first_weights_of_convolutions(shape, share, deviation):
    draws = he_uniform(share)(rng.key(0)("w"), shape).numpy()
    assert draws.std() == pytest.approx(deviation, rel=0.02)
    assert abs(draws).max() <= 3**0.5 * deviation * 1.0001


def test_a_network_declares_its_weights_once_and_draws_them_by_seed():
    network = Network("n", lambda layers, x: layers.dense("out", x, 3), [4])
    assert {name: tuple(w.shape) for name, w in network.weights.items()} == {
        "n/out/W": (4, 3),
        "n/out/b": (3,),
    }
    assert network.size == 15 and len(network.kernels) == 1
    first, again, other = (network.initial(seed)["n/out/W"].numpy() for seed in (1, 1, 2))
    assert (first == again).all() and not (first == other).any()
    with pytest.raises(ValueError, match="two weights"):
        Network("n", lambda layers, x: layers.dense("a", layers.dense("a", x, 4), 4), [4])


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_masked_rectifiers_have_all_derivatives_of_the_stock_ones(name):
    stock = {"relu": tf.nn.relu, "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.2)}[name]
    w = tf.Variable(np.random.default_rng(0).standard_normal((4, 7)), dtype=tf.float32)
    x = tf.constant(np.random.default_rng(1).standard_normal((5, 4)), tf.float32)

    def penalised(act):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                score = tf.reduce_sum(act(x @ w) ** 2)
            slope = inner.gradient(score, x)
            loss = tf.reduce_sum(slope**2)
        return act(x @ w), slope, outer.gradient(loss, w)

    for ours, theirs in zip(penalised(ACTIVATIONS[name]), penalised(stock), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_the_surrogate_is_near_the_elu():
    x = tf.linspace(-4.0, 4.0, 101)
    assert float(tf.reduce_max(abs(ACTIVATIONS["softplus"](x) - tf.nn.elu(x)))) < 0.25


def test_a_layer_asks_for_weights_of_the_right_shape():
    asked = {}
    layers = Layers(lambda name, shape, draw: asked.setdefault(name, shape) and tf.zeros(shape))
    layers.conv("c", tf.zeros([1, 8, 8, 3]), 5, 3, 2, bias=False)
    layers.conv1d("d", tf.zeros([1, 8, 3]), 5, 3)
    assert asked == {"c/W": [3, 3, 3, 5], "d/W": [3, 3, 5], "d/b": [5]}
