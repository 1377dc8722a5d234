"""The DCGAN pair: published counts, shapes at every side, PyTorch's padding."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.nets import dcgan
from saigen.nets.layers import Network


def pair(side, channels, width, norm="batch"):
    return (
        Network("g", lambda layers, z: dcgan.generator(layers, z, side, channels, width), [100]),
        Network(
            "d",
            lambda layers, x: dcgan.discriminator(layers, x, width, norm),
            [side, side, channels],
        ),
    )


def test_at_64_pixels_it_has_the_published_weights():
    generator, critic = pair(64, 3, 64)
    assert (generator.size, critic.size) == (3_576_704, 2_765_568)


@pytest.mark.parametrize("side", [8, 16, 32])
@pytest.mark.parametrize("norm", ["batch", "layer", "none"])
def test_smaller_sides_leave_out_wide_stages(side, norm):
    generator, critic = pair(side, 1, 4, norm)
    for network in (generator, critic):
        for name, value in network.initial(0).items():
            network.weights[name].assign(value)
    images = generator(tf.random.stateless_normal([3, 100], [0, 1]))
    assert images.shape == (3, side, side, 1)
    assert float(tf.reduce_max(tf.abs(images))) <= 1.0
    assert critic(images).shape == (3, 1)


def test_other_sides_are_refused():
    with pytest.raises(ValueError, match="not 28"):
        pair(28, 1, 4)


def test_same_padding_is_one_pixel_on_every_side():
    # As k4 s2 p1 in PyTorch: an impulse in the corner meets kernel[1, 1] alone.
    x = np.zeros([1, 8, 8, 1], np.float32)
    x[0, 0, 0, 0] = 1.0
    kernel = tf.reshape(tf.range(16.0), [4, 4, 1, 1])
    out = tf.nn.conv2d(x, kernel, 2, "SAME").numpy()[0, :, :, 0]
    assert out[0, 0] == 5.0 and out[0, 1] == 0.0 and out.sum() == 5.0


def test_first_weights_are_normal():
    generator, _ = pair(32, 3, 64)
    first = generator.initial(0)
    kernel, scale = first["g/in/W"].numpy(), first["g/in norm/scale"].numpy()
    assert abs(kernel.mean()) < 1e-4 and kernel.std() == pytest.approx(0.02, rel=0.01)
    assert scale.mean() == pytest.approx(1.0, abs=0.01) and scale.std() == pytest.approx(
        0.02, rel=0.2
    )
