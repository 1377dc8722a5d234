"""Random numbers as a pure function of (seed of the run, purpose, step).

Nothing here has state. A step asks for its draws by name, and gets the same draws whenever it is
computed again: after a kill, in another process, in a loop of another length.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

# Odd, so that multiplication modulo 2³² is a bijection and two seeds never share a stream.
_SPREAD = -1640531535


@dataclass(frozen=True)
class Key:
    """Where draws come from: the run's seed and the step.

    Attributes:
      seed: scalar int32 tensor, the seed of the run.
      step: scalar int32 tensor, the step the draws belong to.
    """

    seed: tf.Tensor
    step: tf.Tensor

    def __call__(self, purpose: str) -> tf.Tensor:
        """Return the [2] int32 seed of one purpose, for `tf.random.stateless_*` and for TFP."""
        stream = np.int32(np.uint32(zlib.crc32(purpose.encode())).view(np.int32))
        return tf.stack([tf.bitwise.bitwise_xor(self.seed * _SPREAD, stream), self.step])


def key(seed: int, step: int = 0) -> Key:
    """Return the key of a run's seed at a step given as Python numbers."""
    return Key(tf.constant(seed, tf.int32), tf.constant(step, tf.int32))


def uniform(seed: tf.Tensor, shape: list[int] | tf.Tensor) -> tf.Tensor:
    """Return float32 draws in [0, 1) by Philox, whatever the device."""
    return tf.random.stateless_uniform(shape, seed, alg="philox")


def normal(seed: tf.Tensor, shape: list[int] | tf.Tensor) -> tf.Tensor:
    """Return standard normal float32 draws by Philox, whatever the device."""
    return tf.random.stateless_normal(shape, seed, alg="philox")


def generator(seed: int, purpose: str, index: int = 0) -> np.random.Generator:
    """Return a NumPy generator for draws made on the host: data order, sub-samples.

    Args:
      seed: the seed of the run.
      purpose: a name for the use.
      index: a step or an epoch.
    """
    return np.random.Generator(np.random.Philox([seed, zlib.crc32(purpose.encode()), index]))
