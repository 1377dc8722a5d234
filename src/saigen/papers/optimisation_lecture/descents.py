"""Descents on functions of two variables: one optimiser, several functions and learning rates.

Source: the lecture's parts 1 and 4 and its first exercise: the number of steps to convergence by
method, learning rate and momentum.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.optimisation_lecture.landscapes import LANDSCAPES, Landscape
from saigen.papers.optimisation_lecture.rules import lecture_optimiser

#: A point this far away counts as diverged; it is held there so that the others go on.
FAR = 1e4


class Descents:
    """Points that descend, each on its function with its learning rate, by one optimiser.

    The optimiser works at η = 1 on a step that is zero before each update, and a point moves by
    its own η times that step. At a constant rate every optimiser here is linear in η, so this is
    its equation; one operation then serves all points.

    Args:
      params: optimiser, momentum, tolerance, steps.
      functions: what to descend, each from its start.
      rates: the learning rates, every one on every function.
    """

    def __init__(
        self, params: Params, functions: Sequence[Landscape], rates: Sequence[float]
    ) -> None:
        self._params, self._functions = params, functions
        self._rates = tf.reshape(tf.constant(rates, tf.float32), [-1, 1, 1])
        shape = [len(rates), len(functions), 2]
        self.points = tf.Variable(tf.zeros(shape), trainable=False)
        self._step = tf.Variable(tf.zeros(shape), trainable=False)
        self.live = {"momentum": tf.Variable(params["momentum"], trainable=False)}
        self._optimiser = lecture_optimiser(
            params["optimiser"], {"step": self._step}, 1.0, self.live["momentum"]
        )
        # First step below the tolerance, and last step above it; −1 where there is none.
        self.first = tf.Variable(tf.zeros(shape[:2], tf.int32), trainable=False)
        self.above = tf.Variable(tf.zeros(shape[:2], tf.int32), trainable=False)
        length = params["steps"] if params["keep_paths"] else 0
        self.paths = tf.Variable(tf.zeros([length, *shape]), trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        own = {"points": self.points, "step": self._step, "paths": self.paths}
        return {**own, "first": self.first, "above": self.above, **self._optimiser.variables}

    def initial(self, seed: int) -> dict[str, np.ndarray | tf.Tensor]:
        """Return the starts, and zeros; nothing here is random."""
        zeros = {name: tf.zeros_like(variable) for name, variable in self.variables.items()}
        nowhere = tf.fill(self.first.shape, -1)
        starts = np.array([function.start for function in self._functions], np.float32)
        starts = np.broadcast_to(starts, self.points.shape)
        return {**zeros, "points": starts, "first": nowhere, "above": nowhere}

    def values(self, points: tf.Tensor) -> tf.Tensor:
        """Return f of every point [rate, function, 2]: [rate, function]."""
        x, y = points[..., 0], points[..., 1]
        found = [f(x[:, i], y[:, i], tf.cos) for i, f in enumerate(self._functions)]
        return tf.stack(found, -1)

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Move every point that has not diverged by one step."""
        points = tf.convert_to_tensor(self.points)
        near = tf.reduce_all(tf.abs(points) < FAR, -1, keepdims=True)
        here = tf.where(near, points, tf.zeros_like(points))
        with tf.GradientTape() as tape:
            tape.watch(here)
            values = self.values(here)
        gradients = tf.where(near, tape.gradient(values, here), tf.zeros_like(points))
        low = (values < self._params["tolerance"]) & near[..., 0]
        self.first.assign(tf.where(low & (self.first < 0), key.step, self.first))
        self.above.assign(tf.where(low, self.above, key.step))
        if self._params["keep_paths"]:
            self.paths.scatter_nd_update([[key.step]], points[tf.newaxis])
        self._step.assign(tf.zeros_like(points))
        self._optimiser.apply({"step": gradients})
        moved = points + self._rates * self._step
        self.points.assign(tf.where(near, moved, points))
        return {"value": tf.reduce_mean(tf.where(near[..., 0], values, 0.0))}

    def task(self, evaluate) -> Task:
        """Return the descents as a task; `evaluate` maps (seed, step, final) to metrics."""
        return Task(
            variables=self.variables,
            initial=self.initial,
            step=self.step,
            metrics=("value",),
            steps=self._params["steps"],
            log_every=self._params["steps"],
            evaluate=evaluate,
            samples=lambda seed: {"paths": self.paths.numpy()} if self.paths.shape[0] else {},
            live=self.live,
            xla=self._params["xla"],
        )


def judged(descents: Descents, params: Params) -> Mapping[str, float]:
    """Return, for every function and rate, how its descent went; names are `what/function/rate`.

    Returns:
      first: steps until f is below the tolerance, −1 if never; stays: steps from which on it is;
      end: f at the end; diverged: 1 where the point left for good. With paths, what they show:
      see `_of_path`.
    """
    points, steps = descents.points.numpy(), params["steps"]
    values = descents.values(tf.constant(points)).numpy()
    first, above = descents.first.numpy(), descents.above.numpy()
    found: dict[str, float] = {}
    for column, function in enumerate(params["functions"]):
        for row, rate in enumerate(params["rates"]):
            label = f"{function}/{rate:g}"
            gone = not np.all(np.abs(points[row, column]) < FAR)
            stays = above[row, column] + 1
            found[f"first/{label}"] = float(first[row, column])
            found[f"stays/{label}"] = float(stays) if stays < steps and not gone else -1.0
            found[f"end/{label}"] = float("inf") if gone else float(values[row, column])
            found[f"diverged/{label}"] = float(gone)
            if params["keep_paths"]:
                path = descents.paths.numpy()[:, row, column].astype(np.float64)
                found |= _of_path(path, function, label)
    return found


def _of_path(path: np.ndarray, function: str, label: str) -> dict[str, float]:
    """Return thirty steps in the valley, or the sizes of steps along a constant gradient.

    Returns:
      Valley: x, y, f after thirty steps, flips (sign changes of y from step to step) and length.
      Slope: step_t, the size of step t along x for t = 1, 2, 10, …; total of all.
    """
    if function == "valley" and len(path) > 30:
        path = path[:31]
        (x, y), signs = path[-1], np.sign(path[:, 1])
        return {
            f"x/{label}": x,
            f"y/{label}": y,
            f"f/{label}": LANDSCAPES["valley"](x, y),
            f"flips/{label}": float(np.sum(signs[1:] * signs[:-1] < 0)),
            f"length/{label}": float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()),
        }
    if function == "slope":
        sizes = -np.diff(path[:, 0])
        marks = [t for t in (1, 2, 5, 10, 20, 50, 100, 200, 500, 999) if t <= len(sizes)]
        found = {f"step_{t}/{label}": float(sizes[t - 1]) for t in marks}
        return found | {f"total/{label}": float(sizes.sum())}
    return {}


def train(params: Params, dataset: None = None) -> Task:
    """Build the descents of one optimiser on `params["functions"]` at `params["rates"]`."""
    functions = [LANDSCAPES[name] for name in params["functions"]]
    descents = Descents(params, functions, params["rates"])
    return descents.task(lambda seed, step, final: judged(descents, params))
