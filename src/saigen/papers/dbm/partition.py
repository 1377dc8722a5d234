"""The partition function by annealed importance sampling, for machines and for their posteriors.

Between a base of independent units, log-odds a, and the machine lie the machines with weights βW
and biases (1 − β) a + β b. Chains walk along β = 0 … 1, one Gibbs sweep a temperature; the odd
layers are summed out of every weight.

Source: Neal 2001; Salakhutdinov & Murray 2008; Salakhutdinov & Hinton 2009 for deep machines.
Departure: the paper has no likelihoods. These are ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from scipy.special import logsumexp

from saigen.engine import rng
from saigen.papers.dbm.machine import Machine, State


def annealed_log_weights(
    machine: Machine,
    base: Sequence[tf.Tensor],
    chains: int | tf.Tensor,
    temperatures: int | tf.Tensor,
    seed: tf.Tensor,
) -> tf.Tensor:
    """Return log w of each chain, E[w] = Z: [chain] nats.

    Args:
      machine: whose Z is wanted. With biases of its chains' own, each chain has a Z of its own.
      base: a, the log-odds of the independent units, [units] or [chain, units] a layer.
      chains: how many.
      temperatures: steps from β = 0 to β = 1, equally far apart.
    """
    sizes = machine.sizes
    total = sum(sizes)

    def draws(index: tf.Tensor) -> State:
        folded = tf.random.experimental.stateless_fold_in(seed, index, alg="philox")
        return tf.split(rng.uniform(folded, [chains, total]), sizes, -1)

    def tempered(layer: int, field: tf.Tensor, beta: tf.Tensor) -> tf.Tensor:
        return (1.0 - beta) * base[layer] + beta * (machine.biases[layer] + field)

    def log_p(state: State, fields: dict[int, tf.Tensor], beta: tf.Tensor) -> tf.Tensor:
        """log p* of the even layers, the odd ones summed out: [chain]."""
        own = [state[l] * tempered(l, tf.zeros_like(state[l]), beta) for l in machine.even]
        summed = [tf.nn.softplus(tempered(l, fields[l], beta)) for l in machine.odd]
        return tf.add_n([tf.reduce_sum(term, -1) for term in own + summed])

    def body(k: tf.Tensor, state: State, log_w: tf.Tensor) -> tuple:
        before, beta = [
            tf.cast(i, tf.float32) / tf.cast(temperatures, tf.float32) for i in (k - 1, k)
        ]
        fields = {l: machine.field(l, state) for l in machine.odd}
        log_w += log_p(state, fields, beta) - log_p(state, fields, before)
        u, state = draws(k), list(state)
        for l in machine.odd:
            state[l] = _on(u[l], tempered(l, fields[l], beta))
        for l in machine.even:
            state[l] = _on(u[l], tempered(l, machine.field(l, state), beta))
        return k + 1, state, log_w

    u = draws(tf.constant(0))
    state = [_on(u[l], tf.broadcast_to(base[l], tf.shape(u[l]))) for l in range(len(sizes))]
    log_base = tf.add_n([tf.reduce_sum(tf.nn.softplus(a), -1) for a in base])
    start = (tf.constant(1), state, tf.broadcast_to(log_base, [chains]))
    *_, log_w = tf.while_loop(
        lambda k, state, log_w: k <= temperatures, body, start, parallel_iterations=1
    )
    return log_w


def log_mean(log_weights: np.ndarray) -> tuple[float, float]:
    """Return log of the mean weight, and its standard error by the delta method, in nats."""
    log_w = np.asarray(log_weights, np.float64)
    centre = float(logsumexp(log_w)) - math.log(log_w.size)
    ratios = np.exp(log_w - centre)
    return centre, float(ratios.std(ddof=1)) / math.sqrt(log_w.size)


def mean_field(machine: Machine, chains: int | tf.Tensor, sweeps: int = 30) -> State:
    """Return log-odds of a factorised approximation of the machine's law, a base for annealing.

    Fixed points of a_l = b_l + field(σ(a)), block by block from σ = 1/2.

    Returns:
      [chain, units] float32 a layer.
    """

    def body(k: tf.Tensor, logits: State) -> tuple[tf.Tensor, State]:
        logits = list(logits)
        for block in (machine.even, machine.odd):
            means = [tf.sigmoid(a) for a in logits]
            for l in block:
                logits[l] = tf.broadcast_to(machine.logits(l, means), tf.shape(logits[l]))
        return k + 1, logits

    start = [tf.zeros([chains, size]) for size in machine.sizes]
    _, logits = tf.while_loop(
        lambda k, logits: k < sweeps, body, (tf.constant(0), start), parallel_iterations=1
    )
    return logits


def _on(u: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    return tf.cast(u < tf.sigmoid(logits), tf.float32)
