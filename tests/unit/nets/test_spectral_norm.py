"""Spectral norm by power iteration is the largest singular value."""

import numpy as np
import tensorflow as tf

from saigen.nets import dcgan
from saigen.nets.layers import Network
from saigen.nets.spectral_norm import SpectralNorm


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
