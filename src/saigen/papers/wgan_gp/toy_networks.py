"""Multilayer perceptrons in the plane: critics of figure 1, generators of figure 1b.

Departure: widths and depths of figure 1a are those of the released toy script; the paper gives
none there, and for figure 1b only that both networks have 12 layers of ReLU.
"""

import tensorflow as tf

from saigen.nets.activations import relu
from saigen.nets.initial import Draw, he_inputs, uniform_of_deviation
from saigen.nets.layers import Layers, Network


def critic(width: int, depth: int, inside: float = 0.0) -> Network:
    """Return a ReLU critic of points [batch, 2] with `depth` hidden layers.

    Args:
      width: units of a hidden layer.
      depth: hidden layers.
      inside: c: all first weights are drawn from U(−c/2, c/2), inside a box that clips at c; 0
        for the usual ones.
    """
    hidden = he_inputs if not inside else uniform_of_deviation(inside / 2.0 / 3.0**0.5)
    return Network(
        "critic", lambda layers, x: activations(layers, x, width, depth, hidden)[-1], [2]
    )


def activations(
    layers: Layers, x: tf.Tensor, width: int, depth: int, draw: Draw = he_inputs
) -> list[tf.Tensor]:
    """Return the activation of every layer: `depth` times [batch, width], then [batch, 1]."""
    found = []
    for number in range(1, depth + 1):
        x = relu(layers.dense(f"{number:02d}", x, width, draw))
        found.append(x)
    last = {} if draw is he_inputs else {"draw": draw}
    return [*found, layers.dense("out", x, 1, **last)]


def generator(width: int, depth: int) -> Network:
    """Return a ReLU generator of points from a latent [batch, 2]."""

    def forward(layers: Layers, z: tf.Tensor) -> tf.Tensor:
        for number in range(1, depth + 1):
            z = relu(layers.dense(f"{number:02d}", z, width, he_inputs))
        return layers.dense("out", z, 2)

    return Network("generator", forward, [2])
