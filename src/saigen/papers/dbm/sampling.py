"""What is asked of a machine as it stands, compiled once a process for machines of one shape.

Every function takes the machine's parts (weights, biases) as tensors, and numbers of chains and
sweeps as tensors too, so that all trainings of a process share a trace.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import tensorflow as tf

from saigen.engine.rng import Key
from saigen.papers.dbm.imputation import masked_search
from saigen.papers.dbm.local_search import local_mode_start, local_search
from saigen.papers.dbm.machine import Machine, State, chains_of
from saigen.papers.dbm.partition import annealed_log_weights, mean_field
from saigen.papers.dbm.sweeps import gibbs, noise

#: (weights, biases) of a machine, as tensors.
Parts = tuple[tuple[tf.Tensor, ...], tuple[tf.Tensor, ...]]


def parts_of(machine: Machine) -> Parts:
    """Return the machine's tensors, to hand over to what is compiled here."""
    return tuple(map(tf.convert_to_tensor, machine.weights)), tuple(machine.biases)


def drawn(
    parts: Parts, count: tf.Tensor, seed: tf.Tensor, step: tf.Tensor
) -> tuple[State, State, tf.Tensor]:
    """Return `count` local modes from noise, the states a sweep later, and the searches' sweeps."""
    machine, key = Machine(*parts), Key(seed, step)
    start = noise(machine, count, key("evaluation noise"))
    return local_mode_start(machine, start, key("evaluation sweep"))


def from_noise(parts: Parts, count: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> State:
    """Return `count` states of noise."""
    return noise(Machine(*parts), count, Key(seed, step)("chain noise"))


def from_data(parts: Parts, visible: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> State:
    """Return states with the given v, and hidden layers after ten sweeps of the posterior."""
    machine, key = Machine(*parts), Key(seed, step)
    posterior = machine.given(visible)
    hidden = noise(posterior, chains_of(visible), key("chain noise"))
    return [visible, *gibbs(posterior, hidden, 10, key("chain posterior"))]


def walked(
    parts: Parts, state: State, sweeps: tf.Tensor, seed: tf.Tensor, step: tf.Tensor
) -> State:
    """Return the states after `sweeps` Gibbs sweeps, at least one."""
    return gibbs(Machine(*parts), state, sweeps, Key(seed, step)("chain"))


def reconstructed(parts: Parts, visible: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
    """Return v given the local mode of h given v, at T = 0: [image, unit]."""
    machine = Machine(*parts)
    posterior = machine.given(visible)
    start = noise(posterior, chains_of(visible), Key(seed, step)("reconstruction noise"))
    hidden, _ = local_search(posterior, start)
    return tf.cast(machine.logits(0, [visible, *hidden]) >= 0.0, tf.float32)


def weights_of_z(
    parts: Parts,
    base: tf.Tensor,
    chains: tf.Tensor,
    temperatures: tf.Tensor,
    seed: tf.Tensor,
    step: tf.Tensor,
) -> tf.Tensor:
    """Return log w of every chain, E[w] = Z; `base` are log-odds of v, hidden units begin fair."""
    machine, key = Machine(*parts), Key(seed, step)
    start = [base, *[tf.zeros([size]) for size in machine.sizes[1:]]]
    return annealed_log_weights(machine, start, chains, temperatures, key("annealing"))


def weights_of_visible(
    parts: Parts, visible: tf.Tensor, temperatures: tf.Tensor, seed: tf.Tensor, step: tf.Tensor
) -> tf.Tensor:
    """Return log w of every image, E[w] = Σ_h exp(−E(v, h)): [image] nats. One chain an image."""
    machine, key = Machine(*parts), Key(seed, step)
    posterior, count = machine.given(visible), chains_of(visible)
    log_w = annealed_log_weights(
        posterior,
        mean_field(posterior, count),
        count,
        temperatures,
        key("annealing of the posterior"),
    )
    return log_w + tf.linalg.matvec(visible, machine.biases[0])


def completed(
    parts: Parts,
    known: tf.Tensor,
    visible: tf.Tensor,
    restarts: tf.Tensor,
    seed: tf.Tensor,
    step: tf.Tensor,
) -> tf.Tensor:
    """Return the best completion of every image, by `masked_search`: [image, unit]."""
    return masked_search(Machine(*parts), known, visible, restarts, Key(seed, step))[0]


@cache
def compiled(sizes: tuple[int, ...]) -> SimpleNamespace:
    """Return the functions of this module, compiled for machines with layers of these sizes.

    Sizes are what a trace holds; the number of chains or images is not.
    """
    functions = (
        drawn,
        from_noise,
        from_data,
        walked,
        reconstructed,
        weights_of_z,
        weights_of_visible,
        completed,
    )
    return SimpleNamespace(
        **{f.__name__: tf.function(f, autograph=False, reduce_retracing=True) for f in functions}
    )
