"""The toy game f(x, y) = (1 + x²)(100 − y²): x descends, y ascends; its equilibrium is (0, 0).

Source: the notebook trajectory.ipynb of the released code. It never sets its gradients to zero, so
what it steps along are sums of all gradients so far; and both players' gradients are added in both
passes. `gradients: accumulated` with `released: true` is the notebook, `correct` is the method.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.conjugate_gradient import CAP, chosen

START = (2.0, -4.0)
#: Learning rates of x and of y: 16 panels.
RATES = (5e-6, 1e-5, 2.5e-5, 5e-5)
#: A point this far away has diverged, and is held.
FAR = 1e3
#: Near the equilibrium: within this distance.
NEAR = 0.1

#: The methods: rule of β and c. Momentum 0.5 is a β that is always ½.
METHODS = {
    "sgd": ("none", 1.0),
    "momentum": ("constant", 1.0),
    "fr_half": ("fr", 0.5),
    "fr": ("fr", 1.0),
    "prp_half": ("prp", 0.5),
    "prp": ("prp", 1.0),
    "hs": ("hs", 1.0),
    "dy": ("dy", 1.0),
}


def objective(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """(1 + x²)(100 − y²), 100 at the equilibrium."""
    return (1.0 + x**2) * (100.0 - y**2)


def slopes(x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """∂f/∂x = 2x (100 − y²) and ∂f/∂y = −2y (1 + x²)."""
    return 2.0 * x * (100.0 - y**2), -2.0 * y * (1.0 + x**2)


class Game:
    """Sixteen games at once, a panel a pair of learning rates, in float64.

    Each player is one number, so that its inner products are products: β is its own in each panel.

    Args:
      params: `method`, `gradients` (`correct` or `accumulated`), `released`, `steps`.
    """

    def __init__(self, params: Params) -> None:
        self._steps = params["steps"]
        self.live = {
            "method": tf.Variable(params["method"], trainable=False),
            "gradients": tf.Variable(params["gradients"], trainable=False),
            "released": tf.Variable(params["released"], trainable=False),
        }
        panels = np.array([(x, y) for x in RATES for y in RATES])
        self._rates = tf.constant(panels)  # [panel, player]
        shape = panels.shape

        def zeros(*sizes: int) -> tf.Variable:
            return tf.Variable(tf.zeros(sizes, tf.float64), trainable=False)

        self.point, self._sum = zeros(*shape), zeros(*shape)
        self._before, self._direction = zeros(*shape), zeros(*shape)
        self.path = zeros(params["steps"] + 1, *shape)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Points, slots and paths, by name."""
        return {
            "point": self.point,
            "sum of gradients": self._sum,
            "gradient before": self._before,
            "direction": self._direction,
            "path": self.path,
        }

    def initial(self, seed: int) -> dict[str, np.ndarray | tf.Tensor]:
        """Return the start (2, −4) in every panel; nothing here is random."""
        zeros = {name: tf.zeros_like(variable) for name, variable in self.variables.items()}
        start = np.broadcast_to(np.array(START), self.point.shape)
        path = np.zeros(self.path.shape)
        path[0] = start
        return {**zeros, "point": start, "path": path}

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Let x move, then y, each seeing where the other stands."""
        for player in (0, 1):
            self._move(player, key.step)
        self.path.scatter_nd_update([[key.step + 1]], self.point[tf.newaxis])
        near = tf.norm(self.point, axis=1) < FAR
        value = tf.where(near, objective(self.point[:, 0], self.point[:, 1]), 0.0)
        return {"objective": tf.cast(tf.reduce_mean(value), tf.float32)}

    def _move(self, player: int, step: tf.Tensor) -> None:
        points = tf.convert_to_tensor(self.point)
        held = tf.norm(points, axis=1) > FAR
        dx, dy = slopes(points[:, 0], points[:, 1])
        now = tf.stack([dx, dy], 1)
        summed = self._sum + now
        correct = tf.equal(self.live["gradients"], "correct")
        seen = tf.where(correct, now, summed)[:, player]
        sign = -1.0 if player else 1.0  # y descends −f
        direction, kept = self._directions(sign * seen, player, step)
        place = tf.one_hot(player, 2, dtype=tf.float64)
        free = tf.where(held[:, tf.newaxis], tf.zeros_like(place), place)

        def put(variable: tf.Variable, values: tf.Tensor) -> None:
            values = tf.where(tf.math.is_finite(values), values, 0.0)
            variable.assign(tf.where(free > 0.0, values[:, tf.newaxis], variable))

        put(self.point, points[:, player] + self._rates[:, player] * direction)
        put(self._direction, kept)
        put(self._before, sign * seen)
        self._sum.assign(tf.where(held[:, tf.newaxis], self._sum, summed))

    def _directions(
        self, g: tf.Tensor, player: int, step: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the direction that is stepped along, and the one that is kept.

        The released optimiser keeps the gradient's tensor, not a copy. Here, where gradients are
        added up in place, it therefore finds g₀ = g; its first step goes up, and it recurs twice.
        """
        d = self._direction[:, player]
        # The released step is that of conjugate gradients alone: PyTorch's momentum has no part.
        conjugate = tf.reduce_all(
            [tf.not_equal(self.live["method"], m) for m in ("sgd", "momentum")]
        )
        released = tf.logical_and(self.live["released"], conjugate)
        before = tf.where(released, g, self._before[:, player])
        y = g - before
        products = tf.stack([g * g, before * before, g * y, d * y, y * y, g * d])
        rules = {name: c * tf.minimum(chosen(rule, products, CAP), CAP)
                 for name, (rule, c) in METHODS.items()}  # fmt: skip
        which = tf.argmax(
            tf.cast(tf.equal(tf.constant(list(METHODS)), self.live["method"]), tf.int32)
        )
        beta = tf.gather(tf.stack(list(rules.values())), which)
        first = step == 0
        beta = tf.where(first, tf.zeros_like(beta), beta)
        direction = beta * d - g
        direction = tf.where(tf.logical_and(released, first), g, direction)
        return direction, tf.where(released, beta * direction - g, direction)

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return where every panel ended; names are `what/rate of x/rate of y`.

        Returns:
          x and y, held once they are `FAR`; first: the step that came within `NEAR` of the
          equilibrium, −1 if none did.
        """
        path = self.path.numpy()[: step + 1]
        found: dict[str, float] = {}
        for panel, (rate_x, rate_y) in enumerate((x, y) for x in RATES for y in RATES):
            label = f"{rate_x:g}/{rate_y:g}"
            near = np.flatnonzero(np.linalg.norm(path[:, panel], axis=1) < NEAR)
            found[f"x/{label}"], found[f"y/{label}"] = (float(end) for end in path[-1, panel])
            found[f"first/{label}"] = float(near[0]) if near.size else -1.0
        return found


def train(params: Params, dataset: None = None) -> Task:
    """Build the sixteen games of one method."""
    game = Game(params)
    return Task(
        variables=game.variables,
        initial=game.initial,
        step=game.step,
        metrics=("objective",),
        steps=params["steps"],
        log_every=params["steps"],
        evaluate=game.evaluate,
        samples=lambda seed: {"path": game.path.numpy()},
        live=game.live,
    )
