"""Gibbs sweeps, local search, and local mode initialisation: one block of layers after the other.

A unit turns on where its logit reaches its threshold: 0 in the local search (T = 0; a tie turns it
on), logistic noise in Gibbs sampling (T = 1), since P(z ≥ log u/(1−u)) = σ(z) for uniform u.

Half of the chains update the even layers first, the other half the odd ones.

Source: Taniguchi et al. 2023, slides 22 and 23; `gibbs_step` and `local_search` of their program.
Departure: the program tosses a coin for each chain; here the first half of the rows is even-first
and the second odd-first. A chain's law is the same.
"""

from collections.abc import Sequence
from dataclasses import replace

import tensorflow as tf

from saigen.engine import rng
from saigen.papers.dbm.machine import Machine, State

#: Sweeps after which a local search is cut off. It ends by itself, since the energy falls, unless
#: rounding makes a logit of about 0 flicker.
MOST_SWEEPS = 500

Thresholds = Sequence[tf.Tensor | float]


def noise(machine: Machine, chains: int | tf.Tensor, seed: tf.Tensor) -> State:
    """Return states drawn uniformly from all: every unit is on with probability 1/2."""
    draws = _uniform(machine, chains, seed)
    return [tf.cast(u < 0.5, tf.float32) for u in draws]


def update(machine: Machine, state: State, block: Sequence[int], thresholds: Thresholds) -> State:
    """Return the state with the layers of one block updated, all given the other block."""
    new = list(state)
    for layer in block:
        new[layer] = tf.cast(machine.logits(layer, state) >= thresholds[layer], tf.float32)
    return new


def logistic_thresholds(machine: Machine, chains: int | tf.Tensor, seed: tf.Tensor) -> State:
    """Return log u − log(1 − u) for uniform u: a list of [chain, units]."""
    return [tf.math.log(u) - tf.math.log1p(-u) for u in _uniform(machine, chains, seed)]


def gibbs(machine: Machine, state: State, sweeps: int | tf.Tensor, seed: tf.Tensor) -> State:
    """Return the state after `sweeps` Gibbs sweeps, each of which updates every layer once."""
    chains = tf.shape(state[0])[0]

    def thresholds(sweep: tf.Tensor) -> State:
        folded = tf.random.experimental.stateless_fold_in(seed, sweep, alg="philox")
        return logistic_thresholds(machine, chains, folded)

    def body(sweep: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        drawn = thresholds(sweep)
        state = update(machine, state, machine.even, drawn)
        return sweep + 1, update(machine, state, machine.odd, drawn)

    drawn = thresholds(tf.constant(0))
    state = _update_half(machine, state, drawn, first=False)
    _, state = tf.while_loop(
        lambda sweep, state: sweep < sweeps,
        body,
        (tf.constant(1), state),
        parallel_iterations=1,
    )
    state = update(machine, state, machine.even, drawn)
    # The odd-first rows have had their last odd update in the loop, with a draw of its own.
    return _update_half(machine, state, drawn, first=True)


def local_search(
    machine: Machine, state: State, most_sweeps: int = MOST_SWEEPS
) -> tuple[State, tf.Tensor]:
    """Minimise the energy block by block until nothing changes.

    The whole batch goes on until its last chain is done: a chain that has arrived stays.

    Returns:
      The local mode, and T: the sweeps each chain took, the last one (without a change) included,
      [chain] float32.
    """
    zero = [0.0] * len(state)
    chains = tf.shape(state[0])[0]
    behind = tf.cast(tf.range(chains) >= chains // 2, tf.int32)
    start = _update_half(machine, state, zero, first=False)
    # Which of a chain's half-sweeps was the last that changed it.
    last = tf.where(_differ(start, state, machine.odd), 1, 0)

    def body(
        sweep: tf.Tensor, old: State, last: tf.Tensor, moved: tf.Tensor
    ) -> tuple[tf.Tensor, State, tf.Tensor, tf.Tensor]:
        middle = update(machine, old, machine.even, zero)
        by_even = _differ(middle, old, machine.even)
        new = update(machine, middle, machine.odd, zero)
        by_odd = _differ(new, middle, machine.odd)
        last = tf.where(by_even, 2 * sweep + 1 + behind, last)
        last = tf.where(by_odd, 2 * sweep + 2 + behind, last)
        return sweep + 1, new, last, tf.reduce_any(by_even | by_odd)

    _, mode, last, _ = tf.while_loop(
        lambda sweep, state, last, moved: moved & (sweep < most_sweeps),
        body,
        (tf.constant(0), start, last, tf.constant(True)),
        parallel_iterations=1,
    )
    return mode, tf.cast((last + 1) // 2 + 1, tf.float32)


def local_mode_start(
    machine: Machine, state: State, seed: tf.Tensor
) -> tuple[State, State, tf.Tensor]:
    """Local mode initialisation: a local search, then one Gibbs sweep.

    The sweep's order is independent of the search's: the batch is turned by a quarter between.

    Args:
      machine: a machine without biases of its chains' own, or one whose chains may be turned.
      state: where the searches start, usually noise.

    Returns:
      The modes, the states after the sweep (the same chain in the same row), and T.
    """
    mode, sweeps = local_search(machine, state)
    return mode, gibbs_turned(machine, mode, seed), sweeps


def gibbs_turned(machine: Machine, state: State, seed: tf.Tensor) -> State:
    """Return the state after one Gibbs sweep whose halves are the quarters 2, 3 and 4, 1."""
    quarter = tf.shape(state[0])[0] // 4

    def turned(x: tf.Tensor, by: tf.Tensor) -> tf.Tensor:
        return tf.roll(x, by, 0)

    biases = [turned(b, -quarter) if b.shape.rank == 2 else b for b in machine.biases]
    swept = gibbs(replace(machine, biases=biases), [turned(x, -quarter) for x in state], 1, seed)
    return [turned(x, quarter) for x in swept]


def _update_half(machine: Machine, state: State, thresholds: Thresholds, first: bool) -> State:
    """Return the state with the odd layers of the first or the second half of the rows updated."""
    if not machine.odd:
        return list(state)
    half = tf.shape(state[0])[0] // 2
    start, stop = (None, half) if first else (half, None)
    part = machine.rows(start, stop)
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


def _differ(new: State, old: State, block: Sequence[int]) -> tf.Tensor:
    """Say of each chain whether a layer of the block differs: [chain] bool."""
    found = [tf.reduce_any(new[l] != old[l], -1) for l in block]
    if not found:
        return tf.zeros([tf.shape(new[0])[0]], tf.bool)
    return tf.reduce_any(tf.stack(found), 0)


def _uniform(machine: Machine, chains: int | tf.Tensor, seed: tf.Tensor) -> State:
    sizes = machine.sizes
    return tf.split(rng.uniform(seed, [chains, sum(sizes)]), sizes, -1)
