"""Tiny machines that can be enumerated."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

from saigen.papers.dbm import enumeration
from saigen.papers.dbm.machine import Machine


def tiny(sizes=(3, 2, 3), scale=1.0, seed=0):
    """Weights and biases of a small machine, float64."""
    draws = np.random.default_rng(seed)
    weights = [scale * draws.normal(size=pair) for pair in pairwise(sizes)]
    return weights, [0.5 * scale * draws.normal(size=n) for n in sizes]


def machine_of(weights, biases):
    """The same as a machine of TensorFlow."""
    return Machine(
        [tf.constant(w, tf.float32) for w in weights], [tf.constant(b, tf.float32) for b in biases]
    )


def every_state(sizes):
    """All states, as TensorFlow sees them."""
    return [tf.constant(x, tf.float32) for x in enumeration.states(sizes)]


def law(weights, biases):
    """Probability of every state, in the order of `enumeration.states`."""
    e = -enumeration.energies(weights, biases, enumeration.states([len(b) for b in biases]))
    return np.exp(e - enumeration.log_z(weights, biases))


def number_of(state):
    """The index of each state in `enumeration.states`."""
    flat = np.concatenate([np.asarray(x) for x in state], -1).astype(int)
    return flat @ (1 << np.arange(flat.shape[1])[::-1])
