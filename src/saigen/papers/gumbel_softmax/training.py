"""One training step under any estimator; the two networks of the paper share it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.affine import Weights, variables_like
from saigen.nets.optimisers import Momentum
from saigen.papers.gumbel_softmax.baselines import ExpectedSignal, MovingAverages
from saigen.papers.gumbel_softmax.estimators import (
    SCORE,
    Centre,
    Layers,
    forward,
    muprop,
    path_sampler,
    score_function,
)
from saigen.papers.gumbel_softmax.evaluation import Evaluation
from saigen.papers.gumbel_softmax.schedules import slope_at, temperature_at

#: Settings held in variables, so that the runs of a grid share one compilation.
LIVE = (
    "learning_rate",
    "temperature",
    "temperature_rate",
    "temperature_floor",
    "slope_rate",
    "slope_max",
)


def surrogate_loss(
    params: Params,
    layers: Layers,
    key: Key,
    centred: Centre,
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Return the scalar whose gradient is the chosen estimator, and each layer's logits."""

    def seed(index: int) -> tf.Tensor:
        return key(f"layer {index}")

    if params["estimator"] in SCORE:
        estimate = score_function if params["estimator"] == "sf" else muprop
        return estimate(layers, lambda i, latent, l: latent.sample(l, seed(i)), centred)
    through = path_sampler(
        params["estimator"], temperature_at(params, key.step), slope_at(params, key.step)
    )
    logits, _, loss = forward(layers, lambda i, latent, l: through(latent, l, seed(i)))
    return tf.reduce_mean(loss), logits


class Network(Protocol):
    """What a trainer asks of the paper's two networks."""

    stochastic: Sequence[str]
    """The affine maps whose outputs are the logits of the stochastic layers, in their order."""

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the initial weights of a seed."""
        ...

    def layers(self, weights: Weights, images: tf.Tensor) -> Layers:
        """Return the stochastic layers for images [batch, 784] float32 in {0, 1}."""
        ...

    def penalty(self, weights: Weights, logits: list[tf.Tensor]) -> tf.Tensor:
        """Return what is added to the loss with its own gradient (KL): [batch] nats."""
        ...


class Trainer:
    """Weights, momentum and baselines of one network, and the step that updates them.

    Args:
      params: effective parameters of the run.
      network: what is trained.
      images: [examples, 784] uint8 training images.
    """

    def __init__(self, params: Params, network: Network, images: np.ndarray) -> None:
        self.live = {name: tf.Variable(params[name], trainable=False) for name in LIVE}
        self.params = {**params, **self.live}
        self._expected = ExpectedSignal(params["baseline_units"], params["baseline_decay"])
        self.weights = variables_like({**network.initial(0), **self._expected.initial(0)})
        # A steeper activation is an estimator of its own only where the sample does not see it.
        self._steeper = params["estimator"] == "slope_st" and params["slope_in"] == "activation"
        self._estimator = {"estimator": "st"} if self._steeper else {}
        self._network, self._images = network, tf.constant(images.reshape(len(images), -1))
        self._optimiser = Momentum(self.weights, self.live["learning_rate"], params["momentum"])
        self._baseline = MovingAverages(
            len(network.stochastic), params["baseline_decay"], params["normalise"]
        )

    @property
    def variables(self) -> dict[str, tf.Variable]:
        baselines = {**self._baseline.variables, **self._expected.variables}
        return {**self.weights, **self._optimiser.variables, **baselines}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the initial value of every variable; zeros where it is no weight."""
        weights = {**self._network.initial(seed), **self._expected.initial(seed)}
        return {n: weights.get(n, tf.zeros_like(v)) for n, v in self.variables.items()}

    def weights_at(self, step: tf.Tensor) -> Weights:
        """Return the weights as the network has them at a step.

        With an annealed slope a in the activation, those of the stochastic layers are multiplied
        by a: σ(a (x W + b)) is the mean that is sampled and the one that passes the gradient. It is
        ST on the weights a W, at a learning rate a² times as large.

        Source: Chung et al. 2017.
        """
        if not self._steeper:
            return self.weights
        slope = slope_at(self.params, step)
        return {
            name: slope * weight if name.partition("/")[0] in self._network.stochastic else weight
            for name, weight in self.weights.items()
        }

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Take one step on the examples `batch`."""
        with tf.GradientTape() as tape:
            loss = self.loss(batch, key)
        gradients = tape.gradient(loss, self.weights, unconnected_gradients="zero")
        self._optimiser.apply(gradients)
        return {"loss": loss}

    def loss(self, batch: tf.Tensor, key: Key) -> tf.Tensor:
        """Return the surrogate loss of a batch in nats, the penalty included."""
        images = tf.cast(tf.gather(self._images, batch), tf.float32)
        weights = self.weights_at(key.step)
        layers = self._network.layers(weights, images)
        params, misses = {**self.params, **self._estimator}, []
        centred = self._baseline.apply
        if self.params["baseline_units"]:
            centred = self._expected.before(centred, self.weights, images, misses)
        loss, logits = surrogate_loss(params, layers, key, centred)
        for miss in misses:  # trained beside the network, and no part of its loss
            loss += miss - tf.stop_gradient(miss)
        return loss + tf.reduce_mean(self._network.penalty(weights, logits))

    def task(self, evaluation: Evaluation) -> Task:
        """Return the whole training, judged by `evaluation`."""
        params = self.params
        return Task(
            variables=self.variables,
            initial=self.initial,
            step=self.step,
            metrics=("loss",),
            steps=params["steps"],
            batch_size=params["batch_size"],
            examples=len(self._images),
            log_every=params["log_every"],
            evaluate_every=params["evaluate_every"],
            evaluate=evaluation,
            live=self.live,
            sizes=evaluation.sizes,
        )
