"""First weights: those of Gulrajani et al. 2017, all uniform, and DCGAN's, which are normal.

A port of the former with its library's defaults stopped at an inception score of 5.6 where these
reach 6.
"""

from collections.abc import Callable

import tensorflow as tf

from saigen.engine import rng

#: (seed of a purpose, shape) → float32 weights of that shape.
Draw = Callable[[tf.Tensor, list[int]], tf.Tensor]


def constant(value: float) -> Draw:
    """Every weight is `value`."""
    return lambda seed, shape: tf.fill(shape, value)


def normal(mean: float, deviation: float) -> Draw:
    """N(mean, deviation²), as the DCGAN of Radford et al. 2016 begins."""
    return lambda seed, shape: mean + deviation * rng.normal(seed, shape)


def uniform_of_deviation(deviation: float) -> Draw:
    """U(−√3 σ, √3 σ), which has the standard deviation σ."""
    limit = 3.0**0.5 * deviation
    return lambda seed, shape: (2.0 * rng.uniform(seed, shape) - 1.0) * limit


def glorot_uniform(seed: tf.Tensor, shape: list[int]) -> tf.Tensor:
    """σ² = 2 / (fan in + fan out)."""
    ins, outs = _fans(shape)
    return uniform_of_deviation((2.0 / (ins + outs)) ** 0.5)(seed, shape)


def he_inputs(seed: tf.Tensor, shape: list[int]) -> tf.Tensor:
    """σ² = 2 / fan in."""
    return uniform_of_deviation((2.0 / _fans(shape)[0]) ** 0.5)(seed, shape)


def he_uniform(fan_out_share: int = 1) -> Draw:
    """σ² = 4 / (fan in + fan out), the default of a convolution there.

    Args:
      fan_out_share: what a stride leaves of the second fan in the kernel's own order (stride²
        for a convolution, and for a transposed one, whose kernel is [.., out, in]).
    """

    def draw(seed: tf.Tensor, shape: list[int]) -> tf.Tensor:
        ins, outs = _fans(shape)
        return uniform_of_deviation((4.0 / (ins + outs / fan_out_share)) ** 0.5)(seed, shape)

    return draw


def _fans(shape: list[int]) -> tuple[float, float]:
    """Return the fans of a kernel [..., in, out]."""
    places = 1
    for size in shape[:-2]:
        places *= size
    return float(places * shape[-2]), float(places * shape[-1])
