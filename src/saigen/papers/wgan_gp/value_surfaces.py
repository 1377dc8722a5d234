"""Value surfaces of critics trained to optimality against a fixed generator.

The generator is the data plus unit-variance noise; only the critic trains. A clipped critic ignores
the higher moments of the data, one with a gradient penalty does not.

Source: Gulrajani et al. 2017, section 3 and figure 1a.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.data.toys import TOYS
from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.gan import Extra, Gan, Method
from saigen.nets.gradient_penalty import interpolated, slope_norms
from saigen.nets.layers import Network
from saigen.papers.wgan_gp.toy_networks import critic
from saigen.papers.wgan_gp.transport import potential, wasserstein

#: The window of the surfaces, as in the figure, and points along a side of it.
WINDOW, GRID = 2.0, 96
#: Points behind the potential of the exact transport: its linear programme has their square.
DUAL = 128


class NoisyData(Extra):
    """The fixed generator: x̃ = x + N(0, I), noise on the same examples that are the real ones."""

    def __init__(self, points: tf.Tensor) -> None:
        self._points = points

    def inputs_for(self, rows: tf.Tensor, inputs: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        """Add the real examples to the noise."""
        return (tf.gather(self._points, rows) + inputs[0],)


class ValueSurface:
    """A critic in the plane, and what is measured of its surface.

    Departure: points come from a fixed pool of `points`, as the released code has it for the 25
    Gaussians alone.
    """

    def __init__(self, params: Params) -> None:
        self.params = params
        pool = TOYS[params["toy"]](rng.generator(0, "pool"), params["points"])
        self._points = tf.constant(pool)
        self.gan = Gan(
            Method.of(params),
            Network("generator", lambda layers, points: points, [2]),
            critic(params["width"], params["depth"]),
            real=lambda rows, key: tf.gather(self._points, rows),
            draw=lambda key, n: (rng.normal(key("noise"), [n, 2]),),
            extra=NoisyData(self._points),
        )
        self._norms = tf.function(lambda x: slope_norms(self.gan.scores, x))
        self._values = tf.function(self.gan.scores)

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Update the critic once."""
        loss, gap, penalty = tf.unstack(self.gan.update_critic(batch, key))
        return {"critic_loss": loss, "wasserstein": gap, "penalty": penalty}

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Measure the surface; the statistics that tell the methods apart.

        Returns:
          slope_mean, slope_cv: ‖∇D‖ at fresh interpolates, its mean and coefficient of variation;
          slope_mean_real, slope_cv_real: the same at data; estimate: E D(x) − E D(x̃); steepest:
          95th percentile of ‖∇D‖ over the window; and at the end w1: the exact distance of the
          samples; normalised: estimate / (steepest · w1), at most about 1; potential_correlation:
          of D with the potential of the exact transport; modes: data modes that stand above the
          midpoints to all their neighbours (not of the Swiss roll).
        """
        generator = rng.generator(seed, "evaluation", step)
        n = self.params["test_points"]
        real = TOYS[self.params["toy"]](generator, n)
        noise, epsilon = generator.standard_normal((n, 2)), generator.random(n)
        # Fakes of examples apart from the real ones: the two sides are independent samples.
        fake = (TOYS[self.params["toy"]](generator, n) + noise).astype(np.float32)
        mixed = interpolated(tf.constant(real), tf.constant(fake), tf.constant(epsilon, tf.float32))
        between, at_data = self._norms(mixed).numpy(), self._norms(tf.constant(real)).numpy()
        window = self._norms(tf.constant(_grid())).numpy()
        estimate = float(self.values(real).mean() - self.values(fake).mean())
        found = {
            "slope_mean": between.mean(),
            "slope_cv": between.std() / between.mean(),
            "slope_mean_real": at_data.mean(),
            "slope_cv_real": at_data.std() / at_data.mean(),
            "estimate": estimate,
            "steepest": np.quantile(window, 0.95),
        }
        if final:
            found["w1"] = wasserstein(real, fake)
            found["normalised"] = estimate / (found["steepest"] * found["w1"])
            found["potential_correlation"] = self._agreement(real[:DUAL], fake[:DUAL])
            if self.params["toy"] in NEIGHBOURS:
                found["modes"] = modes_resolved(self.values, self.params["toy"])
        return {name: float(value) for name, value in found.items()}

    def values(self, points: np.ndarray) -> np.ndarray:
        """Return D at points [n, 2]: [n] float32."""
        return self._values(tf.constant(points, tf.float32)).numpy()

    def _agreement(self, real: np.ndarray, fake: np.ndarray) -> float:
        best = np.concatenate(potential(real, fake))
        ours = self.values(np.concatenate([real, fake]))
        return float(np.corrcoef(best, ours)[0, 1])

    def samples(self, seed: int) -> Mapping[str, np.ndarray]:
        """Return the surface over the window, rows by y, and some data."""
        data = TOYS[self.params["toy"]](rng.generator(seed, "shown"), 500)
        return {"surface": self.values(_grid()).reshape(GRID, GRID), "data": data}


def _ring() -> tuple[np.ndarray, list[tuple[int, int]]]:
    angles = np.arange(8) * np.pi / 4
    centres = 2 * np.stack([np.cos(angles), np.sin(angles)], 1) / 1.414
    return centres, [(k, (k + side) % 8) for k in range(8) for side in (1, -1)]


def _square() -> tuple[np.ndarray, list[tuple[int, int]]]:
    places = [(i, j) for i in range(-2, 3) for j in range(-2, 3)]
    index = {place: number for number, place in enumerate(places)}
    steps = [(0, 1), (0, -1), (1, 0), (-1, 0)]
    pairs = [
        (index[i, j], index[i + a, j + b])
        for i, j in places
        for a, b in steps
        if (i + a, j + b) in index
    ]
    return 2.0 * np.array(places) / 2.828, pairs


#: Centres of the modes [mode, 2], and the pairs of them that are neighbours, both ways round.
NEIGHBOURS = {"eight_gaussians": _ring(), "twenty_five_gaussians": _square()}


def modes_resolved(values: Any, toy: str) -> int:
    """Return how many modes have a higher value than the midpoints to all their neighbours.

    Args:
      values: maps points [n, 2] to [n].
      toy: a key of `NEIGHBOURS`.
    """
    centres, pairs = NEIGHBOURS[toy]
    at_centres = values(centres)
    midpoints = values(np.array([(centres[a] + centres[b]) / 2.0 for a, b in pairs]))
    lost = {a for (a, _), between in zip(pairs, midpoints, strict=True) if at_centres[a] <= between}
    return len(centres) - len(lost)


def _grid() -> np.ndarray:
    side = np.linspace(-WINDOW, WINDOW, GRID, dtype=np.float32)
    return np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)


def train(params: Params, dataset: None = None) -> Task:
    """Build the training of one critic; a step is one critic update."""
    surface = ValueSurface(params)
    return Task(
        variables=surface.gan.variables,
        initial=surface.gan.initial,
        step=surface.step,
        metrics=("critic_loss", "wasserstein", "penalty"),
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=params["points"],
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=surface.evaluate,
        samples=surface.samples,
    )
