"""Batch norm of the discriminator in all the ways that a GAN's two steps can wire it.

In D's step real images and fakes pass apart (statistics of each) or together (of both); in G's step
the statistics are those of the batch, or the running averages, as Keras has it in a frozen model.
"""

from __future__ import annotations

import tensorflow as tf

from saigen.nets.initial import constant
from saigen.nets.layers import Layers

#: Those of Keras-GAN and of Keras.
MOMENTUM, EPSILON = 0.8, 1e-3


class Norms:
    """The batch norms of one discriminator.

    Args:
      layers: of the discriminator, which hold scales and offsets.
      sizes: channels of every norm, by name.
      on: whether there is any norm; without it, images pass as they are.
      together: real images and fakes share statistics in D's step.
      running: G's step reads running averages.
    """

    def __init__(
        self,
        layers: Layers,
        sizes: dict[str, int],
        on: tf.Variable,
        together: tf.Variable,
        running: tf.Variable,
    ) -> None:
        self._layers, self._on, self._together, self._running = layers, on, together, running
        self._means = {n: tf.Variable(tf.zeros([c]), trainable=False) for n, c in sizes.items()}
        self._variances = {n: tf.Variable(tf.ones([c]), trainable=False) for n, c in sizes.items()}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The running averages, by name."""
        means = {f"running mean/{name}": slot for name, slot in self._means.items()}
        return means | {f"running variance/{n}": slot for n, slot in self._variances.items()}

    def initial(self) -> dict[str, tf.Tensor]:
        """Return means of 0 and variances of 1."""
        zeros = {f"running mean/{name}": tf.zeros_like(m) for name, m in self._means.items()}
        ones = {f"running variance/{n}": tf.ones_like(v) for n, v in self._variances.items()}
        return zeros | ones

    def in_d_step(self, name: str, x: tf.Tensor) -> tf.Tensor:
        """Normalise [2 · batch, ...], real images first, and update the running averages."""
        halves = tf.reshape(x, [2, -1, *x.shape[1:]])
        means, variances = tf.nn.moments(halves, [1, 2, 3], keepdims=True)
        mean, variance = tf.nn.moments(halves, [0, 1, 2, 3], keepdims=True)
        means = tf.where(self._together, tf.zeros_like(means) + mean, means)
        variances = tf.where(self._together, tf.zeros_like(variances) + variance, variances)
        for half in (0, 1):  # as often where they share statistics, with the same values
            _average(self._means[name], means[half])
            _average(self._variances[name], variances[half])
        scaled = self._scaled(name, halves, means, variances)
        return tf.where(self._on, tf.reshape(scaled, tf.shape(x)), x)

    def in_g_step(self, name: str, x: tf.Tensor) -> tf.Tensor:
        """Normalise fakes [batch, ...] as G's step sees them."""
        mean, variance = tf.nn.moments(x, [0, 1, 2])
        mean = tf.where(self._running, self._means[name], mean)
        variance = tf.where(self._running, self._variances[name], variance)
        return tf.where(self._on, self._scaled(name, x, mean, variance), x)

    def _scaled(self, name: str, x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor) -> tf.Tensor:
        scale, offset = affine(self._layers, name, x.shape[-1])
        return (x - mean) * tf.math.rsqrt(variance + EPSILON) * scale + offset


def affine(layers: Layers, name: str, channels: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Return scale and offset of a norm: [channel] each."""
    scale = layers.weight(f"{name}/scale", [channels], constant(1.0))
    return scale, layers.weight(f"{name}/offset", [channels], constant(0.0))


def _average(slot: tf.Variable, value: tf.Tensor) -> None:
    slot.assign(MOMENTUM * slot + (1.0 - MOMENTUM) * tf.reshape(value, [-1]))
