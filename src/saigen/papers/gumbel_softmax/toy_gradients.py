"""Bias and variance of every estimator on one Bernoulli unit, against the exact gradient.

f(z) = (z − 0.45)², z ~ Bernoulli(σ(θ)), so ∂E[f]/∂θ = σ'(θ) (f(1) − f(0)) = 0.1 σ'(θ).

A companion to figure 2 of Jang et al. 2017, which draws how each estimator passes gradients, and
to section 2.1, which says that gradients vary more at a lower temperature.
"""

import math
from collections.abc import Mapping

import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.sums import summing_task
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.gumbel_softmax.estimators import (
    SCORE,
    Layers,
    forward,
    muprop,
    path_sampler,
    score_function,
)
from saigen.papers.gumbel_softmax.latent import Bernoulli, Latent

TARGET = 0.45


class ToyGradients:
    """Moments of one estimator's gradient, over independent copies of the unit.

    Score-function estimators see the bare learning signal: no baseline, no normalisation.
    """

    def __init__(self, params: Params) -> None:
        self._estimator, self._copies = params["estimator"], params["copies"]
        # Variables, so that an estimator is traced once for every θ, τ and slope.
        self.live = {
            name: tf.Variable(params[name], trainable=False)
            for name in ("theta", "temperature", "slope")
        }
        # A zero added to each copy's θ: its gradient is what that copy estimates.
        self._offset = tf.Variable(tf.zeros([self._copies, 1]))
        #: Count, sum and sum of squares of the gradients so far.
        self.sums = tf.Variable(tf.zeros([3], tf.float64), trainable=False)

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Estimate the gradient once in each copy."""
        gradients = self.gradients(key)
        terms = tf.cast(gradients, tf.float64)
        powers = tf.stack([tf.ones_like(terms), terms, terms**2])
        self.sums.assign_add(tf.reduce_sum(powers, 1))
        return {"gradient": tf.reduce_mean(gradients)}

    def gradients(self, key: Key) -> tf.Tensor:
        """Return the estimates of ∂E[f]/∂θ: [copies] float32."""
        layers = Layers(
            [Bernoulli(1)],
            lambda index, codes: self.live["theta"] + self._offset,
            lambda codes: tf.reduce_sum((codes - TARGET) ** 2, -1),
        )
        with tf.GradientTape() as tape:
            surrogate = self._surrogate(layers, key("z"))
        # The surrogate is a mean over copies.
        return tape.gradient(surrogate, self._offset)[:, 0] * float(self._copies)

    def _surrogate(self, layers: Layers, seed: tf.Tensor) -> tf.Tensor:
        def hard(index: int, latent: Latent, logits: tf.Tensor) -> tf.Tensor:
            return latent.sample(logits, seed)

        def differentiable(index: int, latent: Latent, logits: tf.Tensor) -> tf.Tensor:
            return through(latent, logits, seed)

        if self._estimator in SCORE:
            estimate = score_function if self._estimator == "sf" else muprop
            return estimate(layers, hard, bare)[0]
        through = path_sampler(self._estimator, self.live["temperature"], self.live["slope"])
        _, _, loss = forward(layers, differentiable)
        return tf.reduce_mean(loss)

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return mean and variance of one estimate, and how far the mean is from the truth."""
        count, total, squares = self.sums.numpy()
        mean = total / count
        variance = (squares - total * mean) / (count - 1.0)
        exact = exact_gradient(float(self.live["theta"].numpy()))
        error = (variance / count) ** 0.5
        return {
            "gradient_mean": mean,
            "gradient_variance": variance,
            "gradient_exact": exact,
            "bias": mean - exact,
            "standard_error": error,
            "z_score": (mean - exact) / error,
        }


def bare(index: int, signal: tf.Tensor) -> tf.Tensor:
    """Return a layer's learning signal as it is."""
    return signal


def exact_gradient(theta: float) -> float:
    """Return ∂E[f]/∂θ = σ'(θ) (f(1) − f(0))."""
    p = 1.0 / (1.0 + math.exp(-theta))
    return p * (1.0 - p) * ((1.0 - TARGET) ** 2 - TARGET**2)


def train(params: Params, dataset: None = None) -> Task:
    """Build the measurement of one estimator; a step adds `copies` estimates."""
    toy = ToyGradients(params)
    return summing_task(
        {"sums": toy.sums},
        params,
        step=toy.step,
        metrics=("gradient",),
        evaluate=toy.evaluate,
        live=toy.live,
    )
