"""In which precision the factors of products enter: float32, or bfloat16 where it is asked for.

Only products of matrices and filters are concerned, forwards and backwards. Their sums are kept in
float32 inside the operation, and everything else (weights, normalisation, activations, losses,
penalties, slots of optimisers) is float32 always.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

_factors = tf.float32


def use(precision: str) -> None:
    """Choose for this process, before its first step is traced.

    Args:
      precision: `float32`, `tf32` or `bfloat16`. TensorFloat-32 is the rounding of a GPU to ten
        bits; a CPU has none and computes in float32.
    """
    global _factors
    _factors = tf.bfloat16 if precision == "bfloat16" else tf.float32
    tf.config.experimental.enable_tensor_float_32_execution(precision == "tf32")


def product(
    operation: Callable[..., tf.Tensor], x: tf.Tensor, weight: tf.Tensor, *rest: Any
) -> tf.Tensor:
    """Return operation(x, weight, *rest), its factors rounded as was chosen: float32.

    Args:
      operation: linear in both, e.g. `tf.matmul` or `tf.nn.conv2d`.
      x, weight: float32.
      rest: its other arguments.

    Under bfloat16 (8 bits) the result is rounded too, as the kernels leave it.
    """
    if _factors == tf.float32:
        return operation(x, weight, *rest)
    rounded = (tf.cast(factor, _factors) for factor in (x, weight))
    return tf.cast(operation(*rounded, *rest), tf.float32)
