"""Spectral norm by power iteration is the largest singular value."""

import numpy as np
import tensorflow as tf

from saigen.nets import dcgan
from saigen.nets.layers import Network
from saigen.nets.spectral_norm import SpectralNetwork, SpectralNorm


def test_it_converges_to_the_largest_singular_value_and_leaves_the_others_alone():
    network = Network("d", lambda layers, x: dcgan.discriminator(layers, x, 4, "none"), [16, 16, 1])
    for name, value in network.initial(0).items():
        network.weights[name].assign(value)
    norms = SpectralNorm(network, ["down1/W"])
    for name, value in norms.initial(0).items():
        norms.variables[name].assign(value)
    for _ in range(200):
        norms.update()
    matrix = tf.reshape(network.weights["d/down1/W"], [-1, 8]).numpy()
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    np.testing.assert_allclose(norms.norm("down1/W"), largest, rtol=1e-4)
    kernel = norms.layers.weight("down1/W", [4, 4, 4, 8], None)
    singular = np.linalg.svd(tf.reshape(kernel, [-1, 8]), compute_uv=False)
    np.testing.assert_allclose(singular[0], 1.0, rtol=1e-4)
    plain = norms.layers.weight("down0/W", [4, 4, 1, 4], None)
    np.testing.assert_array_equal(plain, network.weights["d/down0/W"])
    assert network.layers.weight("down1/W", [4, 4, 4, 8], None) is network.weights["d/down1/W"]


def test_a_network_all_of_whose_kernels_have_norm_one():
    def forward(layers, x):
        return layers.dense("out", layers.dense("in", x, 5), 3)

    network, plain = SpectralNetwork("d", forward, [4]), Network("d", forward, [4])
    assert network.weights.keys() == plain.weights.keys()
    for name, value in network.initial(3).items():
        {**network.weights, **network.state}[name].assign(value)
    for _ in range(200):
        network.update()
    x = np.eye(4, dtype=np.float32)
    expected = x
    for layer in ("in", "out"):
        kernel = network.weights[f"d/{layer}/W"].numpy()
        expected = expected @ kernel / np.linalg.svd(kernel, compute_uv=False)[0]
    np.testing.assert_allclose(network(x), expected, rtol=1e-4, atol=1e-6)
