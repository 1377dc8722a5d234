"""Gibbs sweeps: one block of layers after the other.

A unit turns on where its logit reaches its threshold: 0 in the local search (T = 0; a tie turns it
on), logistic noise in Gibbs sampling (T = 1), since P(z ≥ log u/(1−u)) = σ(z) for uniform u.

Half of the chains update the even layers first, the other half the odd ones.

Source: Taniguchi et al. 2023, slides 22 and 23; `gibbs_step` of their program.
Departure: the program tosses a coin for each chain; here the first half of the rows is even-first
and the second odd-first. A chain's law is the same.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.papers.dbm.machine import Machine, State, chains_of

Thresholds = Sequence[tf.Tensor | float]

#: Each bit of a byte: [bit, 1].
_BITS = np.left_shift(1, np.arange(8, dtype=np.uint8))[:, np.newaxis]


def noise(machine: Machine, chains: int | tf.Tensor, seed: tf.Tensor) -> State:
    """Return states drawn uniformly from all: every unit is on with probability 1/2."""
    sizes = machine.sizes
    return tf.split(coins(seed, chains, sum(sizes)), sizes, -1)


def coins(seed: tf.Tensor, chains: int | tf.Tensor, units: int) -> tf.Tensor:
    """Return fair coins in {0, 1}: [chain, unit] float32.

    Each is a bit of a random word, which holds 32 of them: a ninth of the time that comparing
    uniform numbers takes.
    """
    count = chains * units
    words = tf.random.stateless_uniform(
        [-(-count // 32)], seed, minval=None, maxval=None, dtype=tf.int32, alg="philox"
    )
    on = tf.bitwise.bitwise_and(tf.reshape(tf.bitcast(words, tf.uint8), [-1]), _BITS) != 0
    return tf.reshape(tf.reshape(tf.cast(on, tf.float32), [-1])[:count], [chains, units])


def update(machine: Machine, state: State, block: Sequence[int], thresholds: Thresholds) -> State:
    """Return the state with the layers of one block updated, all given the other block."""
    new = list(state)
    for layer in block:
        new[layer] = tf.cast(machine.logits(layer, state) >= thresholds[layer], tf.float32)
    return new


def half_updated(machine: Machine, state: State, thresholds: Thresholds, first: bool) -> State:
    """Return the state with the odd layers of the first or the second half of the rows updated."""
    if not machine.odd:
        return list(state)
    half = tf.shape(state[0])[0] // 2
    start, stop = (None, half) if first else (half, None)
    part = machine.of_chains(lambda own: own[start:stop])
    own = [t[start:stop] if tf.is_tensor(t) else t for t in thresholds]
    changed = update(part, [x[start:stop] for x in state], machine.odd, own)
    new = list(state)
    for layer in machine.odd:
        pieces = (
            [changed[layer], state[layer][half:]]
            if first
            else [state[layer][:half], changed[layer]]
        )
        new[layer] = tf.concat(pieces, 0)
    return new


def logistic_thresholds(machine: Machine, chains: int | tf.Tensor, seed: tf.Tensor) -> State:
    """Return log u − log(1 − u) for uniform u: a list of [chain, units]."""
    return [tf.math.log(u) - tf.math.log1p(-u) for u in _uniform(machine, chains, seed)]


def gibbs(machine: Machine, state: State, sweeps: int | tf.Tensor, seed: tf.Tensor) -> State:
    """Return the state after `sweeps` Gibbs sweeps, each of which updates every layer once."""
    chains = chains_of(state[0])

    def thresholds(sweep: tf.Tensor) -> State:
        folded = tf.random.experimental.stateless_fold_in(seed, sweep, alg="philox")
        return logistic_thresholds(machine, chains, folded)

    def body(sweep: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        drawn = thresholds(sweep)
        state = update(machine, state, machine.even, drawn)
        return sweep + 1, update(machine, state, machine.odd, drawn)

    drawn = thresholds(tf.constant(0))
    state = half_updated(machine, state, drawn, first=False)
    _, state = tf.while_loop(
        lambda sweep, state: sweep < sweeps,
        body,
        (tf.constant(1), state),
        parallel_iterations=1,
    )
    state = update(machine, state, machine.even, drawn)
    # The odd-first rows have had their last odd update in the loop, with a draw of its own.
    return half_updated(machine, state, drawn, first=True)


def gibbs_turned(machine: Machine, state: State, seed: tf.Tensor) -> State:
    """Return the state after one Gibbs sweep whose halves are the quarters 2, 3 and 4, 1."""
    quarter = tf.shape(state[0])[0] // 4

    def turned(x: tf.Tensor, by: tf.Tensor) -> tf.Tensor:
        return tf.roll(x, by, 0)

    turned_machine = machine.of_chains(lambda own: turned(own, -quarter))
    swept = gibbs(turned_machine, [turned(x, -quarter) for x in state], 1, seed)
    return [turned(x, quarter) for x in swept]


def _uniform(machine: Machine, chains: int | tf.Tensor, seed: tf.Tensor) -> State:
    sizes = machine.sizes
    return tf.split(rng.uniform(seed, [chains, sum(sizes)]), sizes, -1)
