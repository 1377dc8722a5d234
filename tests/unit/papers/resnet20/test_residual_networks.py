"""The two networks: sizes, costs, shortcuts, statistics."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.papers.resnet20.networks import EPSILON, Layers, ResNet, lab, multiplications

SIZES = {"he": (269_722, 40_551_040), "lab": (275_786, 4_751_616)}


@pytest.fixture(params=SIZES)
def network(request):
    network = ResNet(request.param)
    for name, value in network.initial(0).items():
        {**network.weights, **network.statistics}[name].assign(value)
    return network


@pytest.mark.parametrize("kind", SIZES)
def test_numbers_of_weights_and_multiplications_are_the_published(kind):
    assert (ResNet(kind).size, multiplications(kind)) == SIZES[kind]


def test_the_laboratorys_stem_leaves_9_by_9_pixels():
    seen = {}

    class Watching(Layers):
        def conv(self, name, x, *rest):
            found = super().conv(name, x, *rest)
            seen[name] = (x.shape[1], found.shape[1])
            return found

    with tf.Graph().as_default():
        images = tf.compat.v1.placeholder(tf.float32, [1, 32, 32, 3])
        lab(Watching(lambda name, shape: tf.zeros(shape), True), images, 3)
    assert seen["stem"] == (32, 18)
    assert seen["0.0/1"] == (9, 9)
    assert seen["1.0/1"] == (9, 5)
    assert seen["2.0/1"] == (5, 3)


def test_a_block_without_weights_passes_option_a_on(network):
    if network._kind != "he":
        pytest.skip("option A is He's")
    # With its last scale at 0 a block is its shortcut: the classes then see the stem alone.
    for name, weight in network.weights.items():
        if name.endswith("/2/scale"):
            weight.assign(tf.zeros_like(weight))
    images = tf.constant(np.random.default_rng(0).random((2, 32, 32, 3)), tf.float32)
    stem = tf.nn.conv2d(images, network.weights["stem/W"], 1, "SAME") / np.sqrt(1.0 + EPSILON)
    kept = tf.reduce_mean(tf.nn.relu(stem)[:, ::4, ::4], [1, 2])
    padded = tf.pad(tf.pad(kept, [[0, 0], [8, 8]]), [[0, 0], [16, 16]])
    wanted = padded @ network.weights["classes/W"]
    np.testing.assert_allclose(network(images, training=False), wanted, rtol=1e-3, atol=1e-5)


def test_statistics_run_towards_the_batchs(network):
    images = tf.constant(np.random.default_rng(0).random((8, 32, 32, 3)), tf.float32)
    before = {name: v.numpy() for name, v in network.statistics.items()}
    network(images, training=False)
    assert all(np.array_equal(before[n], v.numpy()) for n, v in network.statistics.items())
    network(images, training=True)
    if network._kind == "he":
        stem = tf.nn.conv2d(images, network.weights["stem/W"], 1, "SAME").numpy()
        mean, variance = stem.mean((0, 1, 2)), stem.var((0, 1, 2), ddof=1)
        found = network.statistics
        np.testing.assert_allclose(found["stem/mean"].numpy(), 0.1 * mean, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(found["stem/variance"].numpy(), 0.9 + 0.1 * variance, rtol=1e-3)
    assert not all(np.array_equal(before[n], v.numpy()) for n, v in network.statistics.items())


def test_a_step_in_a_graph_reaches_every_weight(network):
    images = tf.constant(np.random.default_rng(0).random((4, 32, 32, 3)), tf.float32)

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(images, training=True)[:, 0] ** 2)
        return tape.gradient(loss, network.weights)

    for name, gradient in gradients().items():
        assert gradient is not None and np.any(gradient.numpy()), name
