"""How the score-function estimator's variance grows with the number of units.

d independent Bernoulli(σ(θ)) units, f(z) = Σⱼ (zⱼ − 0.45)²: every unit's gradient is weighed with
the whole loss, most of which is the other units' noise.

Source: Jang et al. 2017, section 3.2, after Rezende et al. 2014: "the variance of SF scales
linearly with the number of dimensions of the sample vector".
Departure: the sentence names no baseline. With the mean of f taken away it holds for this f;
without, the mean itself grows with d and the variance grows with d². Both are measured.
"""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.sums import summing_task
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.gumbel_softmax.estimators import Layers, score_function
from saigen.papers.gumbel_softmax.latent import Bernoulli

TARGET = 0.45
#: What is taken from the learning signal, in units of E[f], by the suffix of its metrics.
BASELINES = {"": 1.0, "_bare": 0.0}


class VarianceGrowth:
    """Moments of the score-function gradient over independent copies of d units.

    At θ = 1 a unit's own share of the variance is about the share of one other unit, so that the
    law shows from d = 1 on: see `exact_variance`.
    """

    def __init__(self, params: Params) -> None:
        self._units, self._copies = params["units"], params["copies"]
        self._theta = params["theta"]
        # A zero added to each unit's θ: its gradient is what that unit and copy estimate.
        self._offset = tf.Variable(tf.zeros([self._copies, self._units]))
        #: For each baseline and unit: count, sum and sum of squares of the gradients so far.
        shape = [len(BASELINES), 3, self._units]
        self.sums = tf.Variable(tf.zeros(shape, tf.float64), trainable=False)

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Estimate the gradient once in each copy, with and without a baseline."""
        gradients = tf.stack([self.gradients(key, share) for share in BASELINES.values()])
        terms = tf.cast(gradients, tf.float64)
        powers = tf.stack([tf.ones_like(terms), terms, terms**2], 1)
        self.sums.assign_add(tf.reduce_sum(powers, 2))
        return {"gradient": tf.reduce_mean(gradients[0])}

    def gradients(self, key: Key, baseline: float) -> tf.Tensor:
        """Return estimates of ∂E[f]/∂θⱼ with the signal f − baseline · E[f]: [copies, units]."""
        layers = Layers(
            [Bernoulli(self._units)],
            lambda index, codes: self._theta + self._offset,
            lambda codes: tf.reduce_sum((codes - TARGET) ** 2, -1),
        )
        taken = baseline * self._units * expected_loss(self._theta)
        with tf.GradientTape() as tape:
            surrogate, _ = score_function(
                layers,
                lambda index, latent, logits: latent.sample(logits, key("z")),
                lambda index, signal: signal - taken,
            )
        # The surrogate is a mean over copies.
        return tape.gradient(surrogate, self._offset) * float(self._copies)

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return mean and variance of a unit's gradient, averaged over the units."""
        found = {}
        sums = self.sums.numpy()
        for (name, share), (count, total, squares) in zip(BASELINES.items(), sums, strict=True):
            mean = total / count
            variance = (squares - total * mean) / (count - 1.0)
            found[f"gradient_mean{name}"] = float(mean.mean())
            found[f"gradient_variance{name}"] = float(variance.mean())
            exact = exact_variance(self._units, self._theta, share)
            found[f"gradient_variance{name}_exact"] = exact
        return found


def expected_loss(theta: float) -> float:
    """Return E (z − 0.45)² of one unit."""
    p = 1.0 / (1.0 + np.exp(-theta))
    return float(p * (1.0 - TARGET) ** 2 + (1.0 - p) * TARGET**2)


def exact_variance(units: int, theta: float, baseline: float) -> float:
    """Return the variance of one unit's gradient, (f − baseline · E[f]) (z − p).

    With w = z − p and v = p(1 − p), (z − 0.45)² is its mean m plus Δw, Δ = 0.1. So the signal is
    c + Δ Σ w with c = (1 − baseline) d m, and the variance
    c² v + 2cΔ v(1 − 2p) + Δ² v(1 − 4v) + (d − 1) Δ² v².
    """
    p = 1.0 / (1.0 + np.exp(-theta))
    v, delta = p * (1.0 - p), (1.0 - TARGET) ** 2 - TARGET**2
    c = (1.0 - baseline) * units * expected_loss(theta)
    own = c**2 * v + 2.0 * c * delta * v * (1.0 - 2.0 * p) + delta**2 * v * (1.0 - 4.0 * v)
    return float(own + (units - 1) * delta**2 * v**2)


def train(params: Params, dataset: None = None) -> Task:
    """Build the measurement at one number of units; a step adds `copies` estimates."""
    growth = VarianceGrowth(params)
    return summing_task(
        {"sums": growth.sums},
        params,
        step=growth.step,
        metrics=("gradient",),
        evaluate=growth.evaluate,
    )
