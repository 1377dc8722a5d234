"""Local search and local mode initialisation.

    x ← sweep(x, T = 0)  until a full sweep changes nothing;  x_0 ← sweep(x, T = 1)

A block that is updated given the other minimises the energy over itself, so that the energy falls
and a search ends. A chain that has arrived leaves the batch, and the rest go on in fewer rows: the
slowest of many takes two to four times as many sweeps as the mean.

Source: Taniguchi et al. 2023, slides 22 and 23; `local_search` of the official program.
"""

import tensorflow as tf

from saigen.papers.dbm.machine import Machine, State
from saigen.papers.dbm.sweeps import gibbs_turned, half_updated, update

#: Sweeps after which a local search is cut off. It ends by itself, since the energy falls, unless
#: rounding makes a logit of about 0 flicker.
MOST_SWEEPS = 500


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
        sweep: tf.Tensor, rows: tf.Tensor, walking: State, mode: State, last: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, State, State, tf.Tensor]:
        part = machine.of_chains(lambda own: tf.gather(own, rows))
        middle = update(part, walking, machine.even, zero)
        new = update(part, middle, machine.odd, zero)
        by_even = _differ(middle, walking, machine.even)
        by_odd = _differ(new, middle, machine.odd)
        half = 2 * sweep + 1 + tf.gather(behind, rows)
        latest = tf.where(by_even, half, tf.gather(last, rows))
        latest = tf.where(by_odd, half + 1, latest)
        # Where the odd layers stayed, the even ones are already at their minimum given them.
        moved = tf.cast(by_odd, tf.int32)
        arrived, going = tf.dynamic_partition(rows, moved, 2)
        parts = [tf.dynamic_partition(x, moved, 2) for x in new]
        mode = [_put(x, arrived, done) for x, (done, _) in zip(mode, parts, strict=True)]
        return sweep + 1, going, [rest for _, rest in parts], mode, _put(last, rows, latest)

    some = [tf.TensorShape([None, *x.shape[1:]]) for x in start]
    whole = [x.shape for x in start]
    _, rows, walking, mode, last = tf.while_loop(
        lambda sweep, rows, walking, mode, last: (tf.size(rows) > 0) & (sweep < most_sweeps),
        body,
        (tf.constant(0), tf.range(chains), start, start, last),
        (tf.TensorShape([]), tf.TensorShape([None]), some, whole, last.shape),
        parallel_iterations=1,
    )
    mode = [_put(x, rows, rest) for x, rest in zip(mode, walking, strict=True)]
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


def _put(x: tf.Tensor, rows: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    return tf.tensor_scatter_nd_update(x, rows[:, tf.newaxis], values)
