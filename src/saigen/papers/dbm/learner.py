"""Training a deep Boltzmann machine by gradient ascent, with any method's two phases.

    W_l ← W_l + η/N Σ (x⁺_l − c_l)(x⁺_{l+1} − c_{l+1})ᵀ − (x⁻_l − c_l)(x⁻_{l+1} − c_{l+1})ᵀ

Source: Taniguchi et al. 2023; `forward` and `train.py` of the official program.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params
from saigen.papers.dbm.machine import (
    Machine,
    State,
    Statistics,
    statistics,
    uncentred,
    with_expected_odd,
)
from saigen.papers.dbm.phases import NO_GAP, Phase, coupled_gibbs, gibbs_sampling, local_modes
from saigen.papers.dbm.pretraining import contrast
from saigen.papers.dbm.sweeps import gibbs, noise

METRICS = (
    "sweeps_positive",
    "sweeps_negative",
    "longest_positive",
    "longest_negative",
    "tau_positive",
    "tau_negative",
    "products",
)


_LIVE = (
    "learner",
    "centre",
    "marginal",
    "init",
    "learning_rate",
    "sweeps",
    "pretraining_steps",
)


class Learner:
    """Parameters, persistent chains, and one update.

    Args:
      params: method (`lmi`, `cd`, `pcd`, `gibbs_ucd`, `pretrained`) and its settings.
      visible: units of layer 0.
      mean: [visible] mean of the training images, the centre of layer 0 where centred by data.
    """

    def __init__(self, params: Params, visible: int, mean: np.ndarray) -> None:
        self._params, self._mean = params, mean
        hidden = params["hidden"] or visible
        self.sizes = [visible, *[hidden] * params["depth"]]
        self.weights = [
            tf.Variable(tf.zeros([low, high]))
            for low, high in zip(self.sizes[:-1], self.sizes[1:], strict=True)
        ]
        self.biases = [tf.Variable(tf.zeros([size])) for size in self.sizes]
        self.centres = [tf.Variable(tf.zeros([size])) for size in self.sizes]
        kept = params["batch_size"] if params["method"] in ("pcd", "pretrained") else 0
        self._chains = [tf.Variable(tf.zeros([kept, size])) for size in self.sizes]
        #: Over the run: first proposals accepted, and the smallest gap, by phase.
        self.accepted = tf.Variable(tf.zeros([2]))
        self.gap = tf.Variable(tf.fill([2], NO_GAP))
        #: Over the run: sweeps of the slowest chain of any update, by phase.
        self.longest = tf.Variable(tf.zeros([2]))
        # Settings that change numbers and no shape, so that a grid of them compiles once.
        self.live = {name: tf.Variable(params[name], trainable=False) for name in _LIVE}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Everything that a checkpoint keeps."""
        layers = {"W": self.weights, "b": self.biases, "c": self.centres, "chain": self._chains}
        found = {f"{name}{l}": v for name, all_ in layers.items() for l, v in enumerate(all_)}
        return {**found, "accepted": self.accepted, "gap": self.gap, "longest": self.longest}

    def machine(self) -> Machine:
        """Return the machine as it stands, without centres."""
        return uncentred(self.weights, self.biases, self.centres)

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Return the values of a seed at step 0: biases are 0, chains noise."""
        found = {name: variable.numpy() for name, variable in self.variables.items()}
        found |= {"accepted": np.zeros(2, np.float32), "gap": np.full(2, NO_GAP, np.float32)}
        found |= {"longest": np.zeros(2, np.float32)}
        kind = _word(self.live["init"])
        for layer, (low, high) in enumerate(zip(self.sizes[:-1], self.sizes[1:], strict=True)):
            draws = rng.generator(seed, f"initial W{layer}").normal(size=[low, high])
            found[f"W{layer}"] = initial_weights(draws, kind)
        for layer, size in enumerate(self.sizes):
            found[f"b{layer}"] = np.zeros(size, np.float32)
            found[f"c{layer}"] = self._centre(layer, size)
            shape = found[f"chain{layer}"].shape
            draws = rng.generator(seed, f"initial chain {layer}").random(shape)
            found[f"chain{layer}"] = (draws < 0.5).astype(np.float32)
        return found

    def _centre(self, layer: int, size: int) -> np.ndarray:
        """`none`: 0. `half`: 1/2. `data`: the data's mean in layer 0, 1/2 above."""
        kind = _word(self.live["centre"])
        if kind == "data" and layer == 0:
            return self._mean.astype(np.float32)
        return np.full(size, 0.0 if kind == "none" else 0.5, np.float32)

    def step(self, visible: tf.Tensor, key: Key) -> Metrics:
        """Make one update on a batch of images as units, [image, unit] float32."""
        if self._params["method"] != "pretrained":
            return self._joint(visible, key)
        layers, each = len(self.weights), self.live["pretraining_steps"]
        branches = [lambda l=l: self._greedy(l, visible, key) for l in range(layers)]
        stage = tf.where(each > 0, tf.minimum(key.step // tf.maximum(each, 1), layers), layers)
        return tf.switch_case(stage, [*branches, lambda: self._joint(visible, key)])

    def _joint(self, visible: tf.Tensor, key: Key) -> Metrics:
        machine = self.machine()
        positive, negative = self._phases(machine, visible, key)
        rate = self._rate(key.step) / tf.cast(tf.shape(visible)[0], tf.float32)
        for variables, plus, minus in zip(
            (self.weights, self.biases), positive.statistics, negative.statistics, strict=True
        ):
            for variable, a, b in zip(variables, plus, minus, strict=True):
                variable.assign_add(rate * (a - b))
        self.accepted.assign_add(tf.stack([positive.accepted, negative.accepted]))
        self.gap.assign(tf.minimum(self.gap, tf.stack([positive.gap, negative.gap])))
        longest = tf.stack([positive.longest, negative.longest])
        self.longest.assign(tf.maximum(self.longest, longest))
        return {
            "sweeps_positive": positive.sweeps,
            "sweeps_negative": negative.sweeps,
            "longest_positive": positive.longest,
            "longest_negative": negative.longest,
            "tau_positive": positive.tau,
            "tau_negative": negative.tau,
            "products": products(len(self.weights), positive, negative, self.live["marginal"]),
        }

    def _phases(self, machine: Machine, visible: tf.Tensor, key: Key) -> tuple[Phase, Phase]:
        params, count = self._params, tf.shape(visible)[0]
        posterior = machine.given(visible)

        def of_hidden(state: State) -> Statistics:
            return self._measure(machine, [visible, *state])

        def of_all(state: State) -> Statistics:
            return self._measure(machine, state)

        if params["method"] == "lmi":
            how = params["reading"], params["final_sweep"], params["most_steps"]
            return (
                local_modes(posterior, of_hidden, count, key, "positive", *how),
                local_modes(machine, of_all, count, key, "negative", *how),
            )
        hidden = noise(posterior, count, key("positive noise"))
        if params["method"] == "gibbs_ucd":
            most = params["coupled_sweeps"]
            # v is the first to be drawn anew: what the image says must be in h_1 by then.
            hidden = gibbs(posterior, hidden, 1, key("coupled start"))
            positive = coupled_gibbs(posterior, of_hidden, hidden, key, "positive", most)
            positive = replace(
                positive, sweeps=positive.sweeps + 1.0, longest=positive.longest + 1.0
            )
            # As Qiu et al., from images; which one a chain starts from is nobody's concern.
            start = [visible, *hidden]
            return positive, coupled_gibbs(machine, of_all, start, key, "negative", most)
        sweeps = self.live["sweeps"]
        positive = gibbs_sampling(posterior, of_hidden, hidden, key, "positive", sweeps)
        if params["method"] == "cd":
            start = [visible, *positive.last]
            return positive, gibbs_sampling(machine, of_all, start, key, "negative", sweeps)
        start = [tf.identity(chain) for chain in self._chains]
        negative = gibbs_sampling(machine, of_all, start, key, "negative", sweeps)
        for chain, x in zip(self._chains, negative.last, strict=True):
            chain.assign(x)
        return positive, negative

    def _measure(self, machine: Machine, state: State) -> Statistics:
        state = tf.cond(
            self.live["marginal"],
            lambda: with_expected_odd(machine, state),
            lambda: [tf.identity(x) for x in state],
        )
        return statistics(state, self.centres)

    def _greedy(self, layer: int, visible: tf.Tensor, key: Key) -> Metrics:
        bond, low, high = contrast(layer, visible, self.weights, self.biases, self.centres, key)
        rate = self._rate(key.step) / tf.cast(tf.shape(visible)[0], tf.float32)
        self.weights[layer].assign_add(rate * bond)
        self.biases[layer + 1].assign_add(rate * high)
        if layer == 0:
            self.biases[0].assign_add(rate * low)
        one = tf.constant(1.0)
        # To the layer; up, down and up once more; and the products of two statistics.
        return {**dict.fromkeys(METRICS, one), "products": tf.constant(layer + 5.0)}

    def _rate(self, step: tf.Tensor) -> tf.Tensor:
        """η (1 + t / 1000)^(−1/2), as the program has it: a shorter run is the head of a longer."""
        return self.live["learning_rate"] / tf.sqrt(1.0 + tf.cast(step, tf.float32) / 1000.0)


def products(bonds: int, positive: Phase, negative: Phase, marginal: bool | tf.Tensor) -> tf.Tensor:
    """Return products of a state with a weight matrix that an update takes, a chain.

    A sweep multiplies by every free bond twice; v W_0 once and for all; statistics take a product
    a bond each time they are measured, and one more a bond where odd layers are summed out.
    Metropolis–Hastings steps, which change nothing, are not counted.
    """
    swept = 2.0 * bonds * negative.sweeps + 2.0 * (bonds - 1) * positive.sweeps
    a_measure = bonds * (1.0 + tf.cast(marginal, tf.float32))
    return swept + 1.0 + a_measure * (positive.measures + negative.measures)


def initial_weights(draws: np.ndarray, kind: str) -> np.ndarray:
    """Return initial weights from standard normal draws [low, high].

    `orthogonal`: orthonormal rows or columns, whichever are fewer; `normal`: N(0, 1/low), the same
    size without the orthogonality; `small`: N(0, 0.01²), as restricted machines are often begun.
    """
    if kind == "normal":
        return (draws / np.sqrt(len(draws))).astype(np.float32)
    if kind == "small":
        return (0.01 * draws).astype(np.float32)
    if kind != "orthogonal":
        raise ValueError(f"no initial weights called {kind!r}")
    tall = draws if draws.shape[0] >= draws.shape[1] else draws.T
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # uniform over all orthogonal matrices, not over half of them
    return (q if q.shape == draws.shape else q.T).astype(np.float32)


def _word(variable: tf.Variable) -> str:
    return variable.numpy().decode()
