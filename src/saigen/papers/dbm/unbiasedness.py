"""Bias of every estimator of E[x_l x_{l+1}ᵀ] and E[x_l] against exact enumeration.

Three layers of n ≤ 4 units, weights N(0, s²). Estimators: `mode`, f where the local search ends;
`as_run`, f(x_0) after local mode initialisation; `as_coded`, f where one chain first stays;
`as_specified`, the telescoping sum of the coupled pair; `gibbs`, that of coupled Gibbs chains.

A companion to slides 14 to 21 of Taniguchi et al. 2023, whose premise it tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.dbm import enumeration
from saigen.papers.dbm.gibbs_coupling import GibbsCoupling
from saigen.papers.dbm.local_search import local_mode_start
from saigen.papers.dbm.machine import Machine, State, statistics
from saigen.papers.dbm.metropolis import Metropolis
from saigen.papers.dbm.sweeps import noise

LAYERS = 3
ESTIMATORS = ("mode", "as_run", "as_coded", "as_specified", "gibbs")
#: Meeting times are counted in bins [2^k, 2^(k+1)).
BINS = 16


class Unbiasedness:
    """Moments of every estimator on one small machine; a seed is a machine."""

    def __init__(self, params: Params) -> None:
        self._params, n = params, params["units"]
        self._weights = [tf.Variable(tf.zeros([n, n])) for _ in range(LAYERS - 1)]
        statistics = (LAYERS - 1) * n * n + LAYERS * n
        #: For each estimator: sums and sums of squares of each statistic over the chains.
        shape = [len(ESTIMATORS), 2, statistics]
        self._sums = tf.Variable(tf.zeros(shape, tf.float64))
        #: For each estimator: meeting times by bin, their sum, their largest, and how many capped.
        self._bins = tf.Variable(tf.zeros([len(ESTIMATORS), BINS], tf.float64))
        self._taus = tf.Variable(tf.zeros([len(ESTIMATORS), 3], tf.float64))
        self.live = {"scale": tf.Variable(params["scale"], trainable=False)}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The machine and the sums so far."""
        weights = {f"W{l}": w for l, w in enumerate(self._weights)}
        return {**weights, "sums": self._sums, "bins": self._bins, "taus": self._taus}

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Return the machine of a seed, and sums of nothing."""
        found = {name: np.zeros_like(v.numpy()) for name, v in self.variables.items()}
        scale = float(self.live["scale"].numpy())
        for layer, weight in enumerate(self._weights):
            draws = rng.generator(seed, f"enumerated W{layer}").normal(size=weight.shape)
            found[f"W{layer}"] = (scale * draws).astype(np.float32)
        return found

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Let every estimator estimate once in each of `chains` chains."""
        n, chains, most = (self._params[name] for name in ("units", "chains", "most_steps"))
        machine = Machine(self._weights, [tf.zeros([n])] * LAYERS)
        start = noise(machine, chains, key("noise"))
        mode, initialised, _ = local_mode_start(machine, start, key("sweep"))
        metropolis = Metropolis(machine, key("proposals"), most)
        first = metropolis.first(initialised)
        at_once = tf.ones([chains])
        found = (
            (flat_pairs(mode), at_once),
            (flat_pairs(initialised), at_once),
            metropolis.as_coded(flat_pairs, initialised, first),
            metropolis.as_specified(flat_pairs, initialised, first),
            GibbsCoupling(machine, key("gibbs"), most).estimate(flat_pairs, start),
        )
        values = tf.cast(tf.stack([value for value, _ in found]), tf.float64)
        self._sums.assign_add(tf.reduce_sum(tf.stack([values, values**2], 1), 2))
        taus = tf.stack([tau for _, tau in found])
        bins = tf.cast(tf.math.log(taus + 0.5) / tf.math.log(2.0), tf.int32)
        hot = tf.one_hot(tf.minimum(bins, BINS - 1), BINS, dtype=tf.float64)
        self._bins.assign_add(tf.reduce_sum(hot, 1))
        wide = tf.cast(taus, tf.float64)
        capped = tf.cast(taus >= most, tf.float64)
        total, largest, lost = tf.unstack(self._taus, axis=1)
        total += tf.reduce_sum(wide, 1)
        largest = tf.maximum(largest, tf.reduce_max(wide, 1))
        self._taus.assign(tf.stack([total, largest, lost + tf.reduce_sum(capped, 1)], 1))
        return {"tau": tf.reduce_mean(taus[3])}

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return, as `metric/estimator`:

        bias: root mean square over the statistics, less what sampling adds to the square (below 0
        where that took more than there was); noise: what sampling adds; largest_z: of any
        statistic; z_p: the smallest p of its z, times their number; sd: of one chain's estimate,
        root mean square; tau_mean, tau_largest, capped, and tau_at_least_<2^k>: shares of chains.
        And gradient_error: how far local statistics are from automatic differentiation.
        """
        from scipy.special import log_ndtr

        weights = [w.numpy().astype(np.float64) for w in self._weights]
        zeros = [np.zeros(self._params["units"])] * LAYERS
        exact = enumeration.pair_means(weights, zeros)
        chains = float(self._params["chains"] * step)
        found = {"gradient_error": self._gradient_error()}
        for index, name in enumerate(ESTIMATORS):
            total, squares = self._sums.numpy()[index]
            mean = total / chains
            variance = (squares - total * mean) / (chains - 1.0)
            gap, errors = mean - exact, np.sqrt(variance / chains)
            # A statistic that never varied is either exact or wrong for certain.
            z = np.divide(gap, errors, out=np.where(np.abs(gap) < 1e-6, 0.0, 1e6), where=errors > 0)
            square = float(np.mean(gap**2 - errors**2))
            worst = float(np.abs(z).max())
            log_p = np.log(2.0 * len(z)) + float(log_ndtr(-worst))
            found |= {
                f"bias/{name}": float(np.copysign(np.sqrt(abs(square)), square)),
                f"noise/{name}": float(np.sqrt(np.mean(errors**2))),
                f"largest_z/{name}": worst,
                f"z_p/{name}": float(min(1.0, np.exp(max(log_p, -700.0)))),
                f"sd/{name}": float(np.sqrt(variance.mean())),
                f"tau_mean/{name}": float(self._taus[index, 0]) / chains,
                f"tau_largest/{name}": float(self._taus[index, 1]),
                f"capped/{name}": float(self._taus[index, 2]) / chains,
            }
            above = np.cumsum(self._bins.numpy()[index][::-1])[::-1] / chains
            found |= {f"tau_at_least_{2**k}/{name}": float(p) for k, p in enumerate(above)}
        return found

    def _gradient_error(self) -> float:
        """Return the largest |Σ local statistics − ∂ Σ(−E)| of a weight, over all states."""
        n = self._params["units"]
        every = [tf.constant(x, tf.float32) for x in enumeration.states([n] * LAYERS)]
        zeros = [tf.zeros([n])] * LAYERS
        with tf.GradientTape() as tape:
            total = -tf.reduce_sum(Machine(self._weights, zeros).energy(every))
        local, _ = statistics(every, zeros)
        exact = tape.gradient(total, self._weights)
        return max(float(tf.reduce_max(tf.abs(a - b))) for a, b in zip(local, exact, strict=True))


def flat_pairs(state: State) -> tf.Tensor:
    """Return the products of joined units, bond by bond, then the units: [chain, statistic]."""
    bonds = [
        tf.reshape(low[:, :, tf.newaxis] * high[:, tf.newaxis, :], [tf.shape(low)[0], -1])
        for low, high in pairwise(state)
    ]
    return tf.concat([*bonds, *state], -1)


def train(params: Params, dataset: None = None) -> Task:
    """Build the measurement on machines of one size and scale; a step adds `chains` estimates."""
    measured = Unbiasedness(params)
    return Task(
        variables=measured.variables,
        initial=measured.initial,
        step=measured.step,
        metrics=("tau",),
        steps=params["steps"],
        log_every=params["steps"],
        evaluate=measured.evaluate,
        live=measured.live,
    )
