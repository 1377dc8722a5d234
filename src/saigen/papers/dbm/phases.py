"""The two phases of a gradient, by every method: statistics under the posterior and the model.

The gradient of the log-likelihood is E[stats | v] − E[stats]. A phase estimates one of them from a
machine: the posterior `machine.given(v)` in the positive phase, the whole machine in the negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import tensorflow as tf

from saigen.engine.rng import Key
from saigen.papers.dbm.gibbs_coupling import GibbsCoupling
from saigen.papers.dbm.local_search import local_mode_start, local_search
from saigen.papers.dbm.machine import Machine, State, Statistics
from saigen.papers.dbm.metropolis import Metropolis
from saigen.papers.dbm.sweeps import gibbs, noise

#: State → statistics summed over the chains.
Measure = Callable[[State], Statistics]


@dataclass(frozen=True)
class Phase:
    """What a phase found, and what it took.

    Attributes:
      statistics: summed over the chains.
      last: the state it ended in.
      sweeps: sweeps a chain took, mean over the chains; a pair of chains counts twice.
      longest: sweeps of the slowest chain.
      measures: how many times a chain's statistics were taken, mean over the chains.
      tau: meeting time, mean over the chains; 1 where nothing is coupled.
      accepted: how many first Metropolis–Hastings proposals were accepted.
      gap: the smallest E(x') − E(x_0) of a first proposal, in nats.
    """

    statistics: Statistics
    last: State
    sweeps: tf.Tensor
    longest: tf.Tensor
    measures: tf.Tensor
    tau: tf.Tensor
    accepted: tf.Tensor
    gap: tf.Tensor


#: The gap of a phase that proposes nothing.
NO_GAP = 1e30


def local_modes(
    machine: Machine,
    measure: Measure,
    chains: tf.Tensor,
    key: Key,
    phase: str,
    reading: str,
    sweep: bool,
    most_steps: int,
) -> Phase:
    """Local mode initialisation, then Metropolis–Hastings by one of its readings.

    Args:
      machine: of the phase.
      measure: the statistics of a state of that machine.
      chains: how many.
      key, phase: where the draws come from.
      reading: `as_specified`, `as_coded` or `as_run`. The first proposal is drawn in each of them,
        so that every run says whether they differ.
      sweep: False leaves out the Gibbs sweep after the local search.
      most_steps: where a Metropolis–Hastings chain is given up.
    """
    scattered = noise(machine, chains, key(f"{phase} noise"))
    if sweep:
        _, start, sweeps = local_mode_start(machine, scattered, key(f"{phase} sweep"))
    else:
        start, sweeps = local_search(machine, scattered)
    metropolis = Metropolis(machine, key(f"{phase} proposals"), most_steps)
    first = metropolis.first(start)
    if reading == "as_run":
        found, tau = measure(start), tf.constant([1.0])
    else:
        found, tau = getattr(metropolis, reading)(measure, start, first)
    return Phase(
        found,
        start,
        tf.reduce_mean(sweeps) + float(sweep),
        tf.reduce_max(sweeps) + float(sweep),
        tf.constant(1.0),
        tf.reduce_mean(tau),
        tf.reduce_sum(tf.cast(first.accepted, tf.float32)),
        tf.reduce_min(first.gap),
    )


def gibbs_sampling(
    machine: Machine, measure: Measure, start: State, key: Key, phase: str, sweeps: tf.Tensor
) -> Phase:
    """`sweeps` Gibbs sweeps from `start`: a phase of (persistent) contrastive divergence."""
    last = gibbs(machine, start, sweeps, key(f"{phase} sweeps"))
    count = tf.cast(sweeps, tf.float32)
    return _uncoupled(measure(last), last, count)


def coupled_gibbs(
    machine: Machine, measure: Measure, start: State, key: Key, phase: str, most_steps: int
) -> Phase:
    """The telescoping estimator on maximally coupled Gibbs chains, at most `most_steps` long.

    A pair takes three sweeps to x_2 and y_1, and from there two sweeps and two measurements for
    each of its τ − 2 corrections.
    """
    coupling = GibbsCoupling(machine, key(f"{phase} coupling"), most_steps)
    found, tau = coupling.estimate(measure, start)
    corrections = tf.nn.relu(tau - 2.0)
    mean = tf.reduce_mean(corrections)
    return replace(
        _uncoupled(found, start, 3.0 + 2.0 * mean),
        longest=3.0 + 2.0 * tf.reduce_max(corrections),
        measures=1.0 + 2.0 * mean,
        tau=tf.reduce_mean(tau),
    )


def _uncoupled(found: Statistics, last: State, sweeps: tf.Tensor) -> Phase:
    nothing, one = tf.constant(0.0), tf.constant(1.0)
    return Phase(found, last, sweeps, sweeps, one, one, nothing, tf.constant(NO_GAP))
