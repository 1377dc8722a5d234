"""The base DCGAN: that of Keras-GAN, at any side that is a multiple of 4 and any width.

First weights are Keras's: Glorot's uniform in every kernel, biases 0, scales 1.

Source: eriklindernoren/Keras-GAN, dcgan/dcgan.py of 2017, with half batches of real and fake.
Departure: batch norm of G has the statistics of its batch, when it draws fakes for D as well.
Departure: batch norm of G has an ε of 1e-5 (1e-3 there).
Departure: D's second convolution is not padded by a row and a column of zeros.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from saigen.nets.initial import glorot_uniform
from saigen.nets.layers import Layers
from saigen.nets.resampling import doubled

LATENT = 100

#: (name, x) → x normalised, or with some of it dropped.
Change = Callable[[str, tf.Tensor], tf.Tensor]


def generator(
    layers: Layers,
    z: tf.Tensor,
    drop: Change,
    side: int,
    channels: int,
    width: int,
    extra: int = 0,
) -> tf.Tensor:
    """Return images in (−1, 1): [batch, side, side, channel].

    Affine to a quarter of the side, then twice: double the side, convolve 3 × 3, ReLU, batch norm.

    Args:
      z: [batch, latent (and class)] float32.
      width: w; the convolutions have 4w, 2w channels (128 and 64 there: w = 32).
      extra: further convolutions at full size, before the last.
    """
    quarter = side // 4
    x = tf.nn.relu(layers.dense("in", z, quarter * quarter * 4 * width))
    x = layers.batch_norm("in norm", tf.reshape(x, [-1, quarter, quarter, 4 * width]))
    for number, filters in enumerate((4 * width, 2 * width), start=1):
        x = doubled(x)
        x = tf.nn.relu(layers.conv(f"up{number}", x, filters, draw=glorot_uniform))
        x = drop(f"up{number}", layers.batch_norm(f"up{number} norm", x))
    for number in range(extra):
        x = tf.nn.relu(layers.conv(f"extra{number}", x, 2 * width, draw=glorot_uniform))
        x = layers.batch_norm(f"extra{number} norm", x)
    return tf.tanh(layers.conv("out", x, channels, draw=glorot_uniform))


def discriminator(
    layers: Layers, x: tf.Tensor, norm: Change, drop: Change, width: int
) -> tf.Tensor:
    """Return logits: [batch].

    Four convolutions 3 × 3 of w, 2w, 4w, 8w channels (w = 32 there), the first three of stride 2,
    each with leaky ReLU 0.2 and dropout, and batch norm after the second and the third.
    """
    for number, stride in enumerate((2, 2, 2, 1)):
        x = layers.conv(f"down{number}", x, width << number, 3, stride, glorot_uniform)
        x = drop(f"down{number}", tf.nn.leaky_relu(x, 0.2))
        if number in (1, 2):
            x = norm(f"down{number} norm", x)
    features = x.shape[1] * x.shape[2] * x.shape[3]
    return layers.dense("out", tf.reshape(x, [-1, features]), 1)[:, 0]
