"""A generator and a critic that belong together, and what their training must know of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from saigen.nets.layers import Layers, Network
from saigen.nets.shape import Shape

#: Numbers in the latent z ~ N(0, I), in every image network of the paper.
LATENT = 128

#: forward(layers, z, labels) → images in [−1, 1]
GeneratorForward = Callable[[Layers, tf.Tensor, tf.Tensor], tf.Tensor]
#: forward(layers, images) → [batch, 1] scores, or [batch, 1 + classes] with logits after them
CriticForward = Callable[[Layers, tf.Tensor], tf.Tensor]


@dataclass(frozen=True)
class Pair:
    """Two networks.

    Attributes:
      generator, critic: the networks.
      mixes: the critic has batch norm, so that its scores depend on the whole batch.
      weight_decay: of the critic's kernels, where the networks ask for it; None leaves it to the
        run's parameters.
    """

    generator: Network
    critic: Network
    mixes: bool
    weight_decay: float | None = None


def paired(
    shape: Shape,
    generator: GeneratorForward,
    critic: CriticForward,
    mixes: bool,
    weight_decay: float | None = None,
) -> Pair:
    """Return the pair of two forward functions for images of this shape."""
    return Pair(
        Network("generator", generator, [LATENT], ([], tf.int32)),
        Network("critic", critic, [shape.side, shape.side, shape.channels]),
        mixes,
        weight_decay,
    )


def seeded(layers: Layers, z: tf.Tensor, side: int, channels: int, draw: Any = None) -> tf.Tensor:
    """Return the first feature map [batch, side, side, channels] of a generator."""
    more = {} if draw is None else {"draw": draw}
    x = layers.dense("in", z, side * side * channels, **more)
    return tf.reshape(x, [-1, side, side, channels])


def flattened(x: tf.Tensor) -> tf.Tensor:
    """Return [batch, height · width · channel] of [batch, height, width, channel]."""
    return tf.reshape(x, [-1, x.shape[1] * x.shape[2] * x.shape[3]])
