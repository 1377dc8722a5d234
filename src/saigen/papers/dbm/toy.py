"""Steps of every part of the method over the number of units, on machines with random weights.

Two hidden layers, all layers of n units, no biases. T: sweeps of the local search. τ: meeting
times of Metropolis–Hastings from local mode initialisation (the proposal), of the same from a
uniform start (the control), and of maximally coupled Gibbs chains.

Source: Taniguchi et al. 2023, slides 19 and 24.
Departure: sizes, weight laws, repeats and caps of the slide were not found; these are ours.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.dbm.gibbs_coupling import GibbsCoupling
from saigen.papers.dbm.learner import initial_weights
from saigen.papers.dbm.local_search import local_mode_start
from saigen.papers.dbm.machine import Machine
from saigen.papers.dbm.metropolis import Metropolis
from saigen.papers.dbm.sweeps import noise

HIDDEN_LAYERS = 2
#: What is counted, each with mean, median, 90% quantile, largest, and share of those given up.
COUNTS = ("search", "lmi", "uniform", "gibbs")


class Toy:
    """Counts on one random machine; a seed is a machine."""

    def __init__(self, params: Params) -> None:
        self._params = params
        n = params["units"]
        self._weights = [tf.Variable(tf.zeros([n, n])) for _ in range(HIDDEN_LAYERS)]
        sizes = {"search": "chains", "lmi": "chains", "uniform": "chains", "gibbs": "pairs"}
        self._found = {name: tf.Variable(tf.zeros([params[size]])) for name, size in sizes.items()}
        self._energies = tf.Variable(tf.zeros([3]))
        self.live = {"law": tf.Variable(params["law"], trainable=False)}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The machine and what was counted on it."""
        weights = {f"W{l}": w for l, w in enumerate(self._weights)}
        return {**weights, **self._found, "energies": self._energies}

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Return a machine drawn from the law: `orthogonal`, `orthogonal_4` (gain 4), `normal`."""
        law, found = self.live["law"].numpy().decode(), {}
        for name, variable in self.variables.items():
            found[name] = np.zeros(variable.shape, np.float32)
        for layer in range(HIDDEN_LAYERS):
            n = self._params["units"]
            draws = rng.generator(seed, f"toy W{layer}").normal(size=[n, n])
            found[f"W{layer}"] = draws.astype(np.float32)
            if law != "normal":
                gain = 4.0 if law == "orthogonal_4" else 1.0
                found[f"W{layer}"] = gain * initial_weights(draws, "orthogonal")
        return found

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Run everything once: the one step that a run has."""
        params, n = self._params, self._params["units"]
        machine = Machine(self._weights, [tf.zeros([n])] * (HIDDEN_LAYERS + 1))
        start = noise(machine, params["chains"], key("noise"))
        mode, initialised, sweeps = local_mode_start(machine, start, key("sweep"))
        taus = {}
        for name, begin in (("lmi", initialised), ("uniform", start)):
            mh = Metropolis(machine, key(f"proposals {name}"), params["most_steps"])
            _, taus[name] = mh.as_specified(lambda x: [], begin, mh.first(begin))
        gibbs = GibbsCoupling(machine, key("gibbs"), params["most_sweeps"])
        taus["gibbs"] = gibbs.meeting_time(noise(machine, params["pairs"], key("gibbs noise")))
        for name, value in {"search": sweeps, **taus}.items():
            self._found[name].assign(value)
        self._energies.assign(
            tf.stack([tf.reduce_mean(machine.energy(x)) for x in (mode, initialised, start)])
        )
        return {"search": tf.reduce_mean(sweeps)}

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return the counts' summaries as `summary/count`, and mean energies in nats."""
        found = {}
        for name, variable in self._found.items():
            values = variable.numpy()
            cap = self._params["most_sweeps" if name == "gibbs" else "most_steps"]
            found[f"mean/{name}"] = float(values.mean())
            found[f"median/{name}"] = float(np.median(values))
            found[f"quantile_90/{name}"] = float(np.quantile(values, 0.9))
            found[f"largest/{name}"] = float(values.max())
            found[f"one/{name}"] = float((values == 1.0).mean())
            found[f"capped/{name}"] = float((values >= cap).mean()) if name != "search" else 0.0
        energies = self._energies.numpy()
        for name, energy in zip(("mode", "initialised", "uniform"), energies, strict=True):
            found[f"energy_{name}"] = float(energy)
        return found


def train(params: Params, dataset: None = None) -> Task:
    """Build the counts at one number of units and one weight law."""
    toy = Toy(params)
    return Task(
        variables=toy.variables,
        initial=toy.initial,
        step=toy.step,
        metrics=("search",),
        steps=1,
        log_every=1,
        evaluate=toy.evaluate,
        live=toy.live,
    )
