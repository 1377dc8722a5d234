"""Affine maps x W + b, kept as plain tensors by name so that a network's formulas stay visible."""

from collections.abc import Mapping

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key

Weights = Mapping[str, tf.Tensor | tf.Variable]


def initial_affine(key: Key, name: str, inputs: int, outputs: int) -> dict[str, tf.Tensor]:
    """Return the initial weights of one affine map, by name.

    W is Glorot-uniform, U(−a, a) with a² = 6 / (inputs + outputs); b is zero.

    Returns:
      {`name/W`: [inputs, outputs] float32, `name/b`: [outputs] float32}.
    """
    limit = (6.0 / (inputs + outputs)) ** 0.5
    draws = rng.uniform(key(f"initial {name}"), [inputs, outputs])
    return {f"{name}/W": (2.0 * draws - 1.0) * limit, f"{name}/b": tf.zeros([outputs])}


def affine(weights: Weights, name: str, x: tf.Tensor) -> tf.Tensor:
    """Return x W + b for x of shape [..., inputs]."""
    w, b = weights[f"{name}/W"], weights[f"{name}/b"]
    if len(x.shape) == 2:
        return x @ w + b
    # Leading axes are made one: with more, TensorFlow multiplies matrix by matrix along them.
    rows = tf.nn.bias_add(tf.reshape(x, [-1, w.shape[0]]) @ w, b)
    return tf.reshape(rows, tf.concat([tf.shape(x)[:-1], w.shape[1:]], 0))


def variables_like(values: Mapping[str, tf.Tensor]) -> dict[str, tf.Variable]:
    """Return a variable for each named value, with its shape and type."""
    return {name: tf.Variable(value, trainable=True) for name, value in values.items()}
