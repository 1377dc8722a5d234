"""Regression by networks of one hidden layer: first weights, constants, width, and L-BFGS.

y = sin(πx) on an even grid, f(x) = Σⱼ vⱼ φ(wⱼ x + bⱼ) + c, mean squared error, full batches.
Networks that differ in their first weights alone train side by side, as copies.

Source: the lecture's parts 2 and 4, its notebook 3_7.
"""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.optimisation_lecture.rules import lecture_optimiser

ACTIVATIONS = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}
#: A loss beyond this counts as diverged; that copy is held so that the others go on.
LOST = 1e3


def deviations(kind: str, width: int) -> tuple[float, float]:
    """Return the standard deviations of the first and the second layer's first weights."""
    return {
        "sd_1": (1.0, 1.0),
        "sd_0.01": (0.01, 0.01),
        "xavier": ((2.0 / (1 + width)) ** 0.5, (2.0 / (width + 1)) ** 0.5),
        "he": (2.0**0.5, (2.0 / width) ** 0.5),
    }[kind]


class Regression:
    """Copies of the network, `params["copies"]` for each of `params["initials"]`.

    Departure: under gradient descent copies of ones go at a rate of their own, `ones_rate`, for
    sums of fifty equal units blow up at the others'.
    """

    def __init__(self, params: Params) -> None:
        self._params, self._activation = params, ACTIVATIONS[params["activation"]]
        self.names = [name for name in params["initials"] for _ in range(params["copies"])]
        copies, width = len(self.names), params["width"]
        shapes = {
            "w": [copies, 1, width],
            "b": [copies, 1, width],
            "v": [copies, width, 1],
            "c": [copies, 1, 1],
        }
        self.weights = {name: tf.Variable(tf.zeros(shape)) for name, shape in shapes.items()}
        self._rates = [
            params["ones_rate"] if n == "ones" else params["learning_rate"] for n in self.names
        ]
        self._scale = tf.reshape(tf.constant(self._rates, tf.float32), [-1, 1, 1])
        plain = params["optimiser"] == "sgd"
        self._optimiser = lecture_optimiser(
            params["optimiser"], self.weights, 1.0 if plain else params["learning_rate"]
        )
        self._scaled = plain
        #: The least loss so far, of every step.
        self.least = tf.Variable(tf.zeros([copies]), trainable=False)
        self.x = tf.constant(np.linspace(-1.0, 1.0, params["points"]), tf.float32)[:, tf.newaxis]
        self.y = tf.sin(np.pi * self.x)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        return {**self.weights, "least": self.least, **self._optimiser.variables}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return first weights, copy by copy, and zero slots; biases are zero."""
        key, width = rng.key(seed), self._params["width"]
        found = {name: tf.zeros_like(variable) for name, variable in self.variables.items()}
        found["least"] = tf.fill(self.least.shape, LOST)
        for layer, name in enumerate("wv"):
            draws = rng.normal(key(f"initial {name}"), self.weights[name].shape.as_list())
            sds = [
                0.0 if n in ("zeros", "ones") else deviations(n, width)[layer] for n in self.names
            ]
            ones = [1.0 if n == "ones" else 0.0 for n in self.names]
            place = [-1, 1, 1]
            found[name] = tf.reshape(tf.constant(sds), place) * draws + tf.reshape(
                tf.constant(ones), place
            )
        return found

    def losses(self) -> tf.Tensor:
        """Return the mean squared error of every copy: [copy]."""
        hidden = self._activation(self.x @ self.weights["w"] + self.weights["b"])
        return tf.reduce_mean(
            (hidden @ self.weights["v"] + self.weights["c"] - self.y) ** 2, [1, 2]
        )

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Move every copy that has not diverged by one step."""
        with tf.GradientTape() as tape:
            losses = self.losses()
            # A lost copy's loss is a constant here, so that its gradient is zero, not nan.
            held = losses < LOST
            self.least.assign(tf.where(held, tf.minimum(losses, self.least), self.least))
            loss = tf.reduce_sum(tf.where(held, losses, tf.zeros_like(losses)))
        gradients = tape.gradient(loss, self.weights)
        held = held[:, tf.newaxis, tf.newaxis]
        scale = self._scale if self._scaled else 1.0
        self._optimiser.apply(
            {n: tf.where(held, scale * g, tf.zeros_like(g)) for n, g in gradients.items()}
        )
        return {"loss": tf.reduce_mean(tf.minimum(losses, LOST))}

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return the losses, as mse/initial, or mse/initial/copy where there are several.

        Of single copies also least/initial: the least loss of all steps so far (of as many
        evaluations as steps); and at the end distinct/initial: how many hidden units differ by
        more than 1e-5, and rate/initial: the learning rate, which `ones` have for themselves.
        """
        losses, found = self.losses().numpy(), {}
        for place, (name, loss) in enumerate(zip(self.names, losses, strict=True)):
            several = self._params["copies"] > 1
            label = f"{name}/{place % self._params['copies']}" if several else name
            found[f"mse/{label}"] = float(loss) if loss < LOST else float("inf")
            if not several:
                found[f"least/{name}"] = float(self.least[place])
            if final and not several:
                found[f"distinct/{name}"] = float(self._distinct(place))
                found[f"rate/{name}"] = self._rates[place]
        return found

    def _distinct(self, place: int) -> int:
        units = np.stack([self.weights[n].numpy()[place].ravel() for n in ("w", "b", "v")], 1)
        return len(np.unique(np.round(units, 5), axis=0))


def train(params: Params, dataset: None = None) -> Task:
    """Build the training of all copies with one activation."""
    regression = Regression(params)
    return Task(
        variables=regression.variables,
        initial=regression.initial,
        step=regression.step,
        metrics=("loss",),
        steps=params["steps"],
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=regression.evaluate,
        xla=params["xla"],
    )
