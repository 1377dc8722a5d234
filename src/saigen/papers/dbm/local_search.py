"""Local search and local mode initialisation.

    x ← sweep(x, T = 0)  until a full sweep changes nothing;  x_0 ← sweep(x, T = 1)

A block that is updated given the other minimises the energy over itself, so that the energy falls
and a search ends. A chain that has arrived leaves the batch, and the rest go on in fewer rows: the
slowest of many takes two to four times as many sweeps as the mean.

Source: Taniguchi et al. 2023, slides 22 and 23; `local_search` of the official program.
"""

from collections.abc import Sequence

import tensorflow as tf

from saigen.papers.dbm.machine import Machine, State
from saigen.papers.dbm.sweeps import gibbs_turned, half_updated, update

#: Sweeps after which a local search is cut off. It ends by itself, since the energy falls, unless
#: rounding makes a logit of about 0 flicker.
MOST_SWEEPS = 500

#: By sweep, the rows of the chains that arrived in it, and each layer of their states.
_Arrivals = list[tf.TensorArray]


def local_search(
    machine: Machine, state: State, most_sweeps: int = MOST_SWEEPS
) -> tuple[State, tf.Tensor]:
    """Minimise the energy block by block until nothing changes.

    Returns:
      The local mode, and T: the sweeps each chain took, the last one (without a change) included,
      [chain] float32.
    """
    zero = [0.0] * len(state)
    chains = tf.shape(state[0])[0]
    behind = tf.cast(tf.range(chains) >= chains // 2, tf.int32)
    start = half_updated(machine, state, zero, first=False)
    # Which of a chain's half-sweeps was the last that changed it.
    last = tf.where(_differ(start, state, machine.odd), 1, 0)

    def body(
        sweep: tf.Tensor, rows: tf.Tensor, walking: State, last: tf.Tensor, arrivals: _Arrivals
    ) -> tuple[tf.Tensor, tf.Tensor, State, tf.Tensor, _Arrivals]:
        part = machine.of_chains(lambda own: tf.gather(own, rows))
        middle = update(part, walking, machine.even, zero)
        new = update(part, middle, machine.odd, zero)
        by_even = _differ(middle, walking, machine.even)
        by_odd = _differ(new, middle, machine.odd)
        half = 2 * sweep + 1 + tf.gather(behind, rows)
        latest = tf.where(by_even, half, tf.gather(last, rows))
        latest = tf.where(by_odd, half + 1, latest)
        last = tf.tensor_scatter_nd_update(last, rows[:, tf.newaxis], latest)
        # Where the odd layers stayed, the even ones are already at their minimum given them.
        moved = tf.cast(by_odd, tf.int32)
        parts = [tf.dynamic_partition(x, moved, 2) for x in (rows, *new)]
        done, (rows, *walking) = zip(*parts, strict=True)
        return sweep + 1, rows, list(walking), last, _put(arrivals, sweep, done)

    some = [tf.TensorShape([None, *x.shape[1:]]) for x in start]
    empty = [
        tf.TensorArray(x.dtype, 0, dynamic_size=True, infer_shape=False, element_shape=shape)
        for x, shape in zip((last, *start), (tf.TensorShape([None]), *some), strict=True)
    ]
    sweep, rows, walking, last, arrivals = tf.while_loop(
        lambda sweep, rows, *_: (tf.size(rows) > 0) & (sweep < most_sweeps),
        body,
        (tf.constant(0), tf.range(chains), start, last, empty),
        (tf.TensorShape([]), tf.TensorShape([None]), some, last.shape, [None] * len(empty)),
        parallel_iterations=1,
    )
    order, *mode = [part.concat() for part in _put(arrivals, sweep, (rows, *walking))]
    places = tf.math.invert_permutation(order)
    mode = [
        tf.ensure_shape(tf.gather(x, places), s.shape) for x, s in zip(mode, start, strict=True)
    ]
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


def _differ(new: State, old: State, block: range) -> tf.Tensor:
    """Say of each chain whether a layer of the block differs: [chain] bool."""
    found = [tf.reduce_any(new[l] != old[l], -1) for l in block]
    if not found:
        return tf.zeros([tf.shape(new[0])[0]], tf.bool)
    return tf.reduce_any(tf.stack(found), 0)


def _put(arrivals: _Arrivals, sweep: tf.Tensor, done: Sequence[tf.Tensor]) -> _Arrivals:
    """Add the rows of the chains that arrived in a sweep, and their states."""
    return [all_.write(sweep, some) for all_, some in zip(arrivals, done, strict=True)]
