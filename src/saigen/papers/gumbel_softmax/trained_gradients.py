"""Bias and variance of every estimator at the weights of a trained network.

A network for structured prediction is trained as its parameters say; then, at its last weights
and on one fixed minibatch, each estimator is asked for the gradient of the stochastic layers'
weights under many draws of noise.

A companion to sections 2.1 and 3 of Jang et al. 2017, which argue of variance, and of bias, without
measuring them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Params, Task
from saigen.papers.gumbel_softmax import sbn
from saigen.papers.gumbel_softmax.estimators import ESTIMATORS, Layers
from saigen.papers.gumbel_softmax.training import surrogate_loss

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Every draw has its own seed: those of a run follow each other, those of two runs are so far
#: apart, and the draws of the reference begin half way between.
_APART = 1_000_000


@dataclass(frozen=True)
class Moments:
    """Mean and variance of a gradient's entries over draws of noise: [weights] float64 each."""

    mean: np.ndarray
    variance: np.ndarray
    draws: int

    @property
    def noise(self) -> float:
        """E ‖mean − E[gradient]‖², the squared standard error summed over the weights."""
        return float(self.variance.sum()) / self.draws

    @property
    def norm(self) -> float:
        """‖E[gradient]‖, less what noise adds to it; nan where noise is all there is."""
        square = float(self.mean @ self.mean) - self.noise
        return math.sqrt(square) if square > 0.0 else math.nan


class Gradients:
    """Gradients of a minibatch's mean loss under any estimator.

    Score-function estimators are centred by the mean signal of one draw apart, which leaves them
    unbiased. Departure: they are not divided by √v as in training; that shrinks the gradient.

    Args:
      params: parameters of the run; temperature and slope are those of the key's step.
      layers: the network on the minibatch.
      weights: the variables asked about.
    """

    def __init__(self, params: Params, layers: Layers, weights: Sequence[tf.Variable]) -> None:
        self._params, self._layers, self._weights = params, layers, weights
        self._compiled = tf.function(self._sums, autograph=False)

    def moments(self, estimator: str, draws: int, key: Key) -> Moments:
        """Return the moments of an estimator over `draws` draws, whose seeds follow the key's."""
        total, squares = self._compiled(estimator, tf.constant(draws), key.seed, key.step)
        mean = total.numpy() / draws
        return Moments(mean, (squares.numpy() - draws * mean**2) / (draws - 1), draws)

    def _sums(
        self, estimator: str, draws: tf.Tensor, seed: tf.Tensor, step: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return Σ g and Σ g² over the draws: [weights] float64 each."""
        centres = self._centres(estimator, Key(seed, step))

        def add(draw: tf.Tensor, total: tf.Tensor, squares: tf.Tensor) -> tuple[tf.Tensor, ...]:
            g = self._gradient(estimator, Key(seed + draw, step), centres)
            return draw + 1, total + g, squares + g**2

        size = sum(weight.shape.num_elements() for weight in self._weights)
        nothing = (tf.constant(1), tf.zeros([size], tf.float64), tf.zeros([size], tf.float64))
        _, total, squares = tf.while_loop(
            lambda draw, total, squares: draw <= draws, add, nothing, parallel_iterations=1
        )
        return total, squares

    def _gradient(self, estimator: str, key: Key, centres: Mapping[int, tf.Tensor]) -> tf.Tensor:
        params = {**self._params, "estimator": estimator}
        with tf.GradientTape() as tape:
            surrogate, _ = surrogate_loss(
                params, self._layers, key, lambda index, signal: signal - centres[index]
            )
        flat = [tf.reshape(g, [-1]) for g in tape.gradient(surrogate, self._weights)]
        return tf.cast(tf.concat(flat, 0), tf.float64)

    def _centres(self, estimator: str, key: Key) -> dict[int, tf.Tensor]:
        """Return the mean learning signal of each layer that has one, from one draw."""
        centres: dict[int, tf.Tensor] = {}

        def note(index: int, signal: tf.Tensor) -> tf.Tensor:
            centres[index] = tf.reduce_mean(signal)
            return signal

        surrogate_loss({**self._params, "estimator": estimator}, self._layers, key, note)
        return centres


def compared(found: Moments, reference: Moments) -> dict[str, float]:
    """Compare an estimator with an unbiased reference that is made of other draws.

    Returns:
      variance: of one weight's gradient in nats², mean over the weights.
      bias: ‖E[g] − reference‖ / ‖reference‖, less what noise adds to the square; below 0 where
        noise took more than there was.
      noise: the same quotient if there were no bias, only noise. A bias far below it is not seen.
      cosine: of E[g] and the reference, noise taken from the norms likewise; nan where the mean
        is lost in noise.
    """
    apart = found.mean - reference.mean
    noise = found.noise + reference.noise
    square = float(apart @ apart) - noise
    return {
        "variance": float(found.variance.mean()),
        "bias": math.copysign(math.sqrt(abs(square)), square) / reference.norm,
        "noise": math.sqrt(noise) / reference.norm,
        "cosine": float(found.mean @ reference.mean) / (found.norm * reference.norm),
    }


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of an SBN whose last evaluation measures every estimator.

    Its metrics are `variance/<estimator>` and so on, as `compared` has them, and of the reference,
    MuProp over many draws: `reference_norm` in nats and `reference_error`, its relative error.
    """
    task = sbn.train(params, dataset)
    network = sbn.Sbn(params)
    weights = {name: task.variables[name] for name in network.initial(0)}
    images = dataset.images("train")
    # The same minibatch for every seed: what differs between runs is the network.
    count = min(params["batch_size"], len(images))  # the training refuses a larger batch, in words
    chosen = rng.generator(0, "gradients").choice(len(images), count, replace=False)
    batch = tf.constant(images[chosen].reshape(len(chosen), -1), tf.float32)
    stochastic = [weight for name, weight in weights.items() if name.startswith("h")]
    gradients = Gradients(params, network.layers(weights, batch), stochastic)

    def evaluate(seed: int, step: int, final: bool) -> Mapping[str, float]:
        found = dict(task.evaluate(seed, step, final))
        if final:
            first = seed * _APART
            half_way = rng.key(first + _APART // 2, step)
            reference = gradients.moments("muprop", params["reference_draws"], half_way)
            found["reference_norm"] = reference.norm
            found["reference_error"] = math.sqrt(reference.noise) / reference.norm
            for estimator in ESTIMATORS:
                moments = gradients.moments(estimator, params["draws"], rng.key(first, step))
                for name, value in compared(moments, reference).items():
                    found[f"{name}/{estimator}"] = value
        # What is lost in noise is left out.
        return {name: value for name, value in found.items() if math.isfinite(value)}

    return replace(task, evaluate=evaluate)
