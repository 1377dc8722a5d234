"""How the score-function estimator's variance grows with the number of units.

d independent Bernoulli(σ(θ)) units, f(z) = Σⱼ (zⱼ − 0.45)²: every unit's gradient is weighed with
the whole loss, most of which is the other units' noise.

Source: the statement in section 2.2 of Jang et al. 2017, after Rezende et al. 2014, that "the
variance of SF scales linearly with the number of dimensions of the sample vector".
"""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Task
from saigen.papers.gumbel_softmax.estimators import Layers, score_function
from saigen.papers.gumbel_softmax.latent import Bernoulli
from saigen.papers.gumbel_softmax.training import Params

TARGET = 0.45


class VarianceGrowth:
    """Moments of the score-function gradient over independent copies of d units.

    The learning signal is f − baseline · E[f]. With baseline 1 the variance of a unit's gradient
    is affine in d; with 0 the mean of f, which itself grows with d, makes it quadratic.
    Departure: the sentence names no baseline; without one its law does not hold for this f.
    """

    def __init__(self, params: Params) -> None:
        self._units, self._copies = params["units"], params["copies"]
        self._theta = params["theta"]
        # A variable, so that both signals share one trace.
        self.baseline = tf.Variable(params["baseline"], trainable=False)
        # A zero added to each unit's θ: its gradient is what that unit and copy estimate.
        self._offset = tf.Variable(tf.zeros([self._copies, self._units]))
        #: Count, and sum and sum of squares of the gradients so far, of each unit.
        self._sums = tf.Variable(tf.zeros([3, self._units], tf.float64), trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        return {"sums": self._sums}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return zeros: nothing has been drawn."""
        return {"sums": tf.zeros_like(self._sums)}

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Estimate the gradient once in each copy."""
        layers = Layers(
            [Bernoulli(self._units)],
            lambda index, codes: self._theta + self._offset,
            lambda codes: tf.reduce_sum((codes - TARGET) ** 2, -1),
        )
        expected = self._units * expected_loss(self._theta)
        with tf.GradientTape() as tape:
            surrogate, _ = score_function(
                layers,
                lambda i, latent, l: latent.sample(l, key("z")),
                lambda i, signal: signal - self.baseline * expected,
            )
        gradients = tape.gradient(surrogate, self._offset) * float(self._copies)
        terms = tf.cast(gradients, tf.float64)
        powers = tf.stack([tf.ones_like(terms), terms, terms**2])
        self._sums.assign_add(tf.reduce_sum(powers, 1))
        return {"gradient": tf.reduce_mean(gradients)}

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return mean and variance of a unit's gradient, averaged over the units."""
        count, total, squares = self._sums.numpy()
        mean = total / count
        variance = (squares - total * mean) / (count - 1.0)
        baseline = float(self.baseline.numpy())
        return {
            "gradient_mean": float(np.mean(mean)),
            "gradient_variance": float(np.mean(variance)),
            "gradient_variance_exact": exact_variance(self._units, self._theta, baseline),
        }


def expected_loss(theta: float) -> float:
    """Return E (z − 0.45)² of one unit."""
    p = 1.0 / (1.0 + np.exp(-theta))
    return float(p * (1.0 - TARGET) ** 2 + (1.0 - p) * TARGET**2)


def exact_variance(units: int, theta: float, baseline: float) -> float:
    """Return the variance of one unit's gradient (f − baseline · E[f]) (z − p).

    With w = z − p, v = p(1−p) and (z − 0.45)² = m + Δw exactly (Δ = 0.1, m = E (z − 0.45)²), the
    signal is c + Δ(w + the other units' w), c = (1 − baseline) d m. So the variance is
    c² v + 2cΔ v(1−2p) + Δ² v(1−4v) + (d−1) Δ² v².
    """
    p = 1.0 / (1.0 + np.exp(-theta))
    v, slope = p * (1.0 - p), (1.0 - TARGET) ** 2 - TARGET**2
    centre = (1.0 - baseline) * units * expected_loss(theta)
    own = (
        centre**2 * v + 2.0 * centre * slope * v * (1.0 - 2.0 * p) + slope**2 * v * (1.0 - 4.0 * v)
    )
    return float(own + (units - 1) * slope**2 * v**2)


def train(params: Params, dataset: None = None) -> Task:
    """Build the measurement at one number of units; a step adds `copies` estimates."""
    growth = VarianceGrowth(params)
    return Task(
        variables=growth.variables,
        initial=growth.initial,
        step=growth.step,
        metrics=("gradient",),
        steps=params["steps"],
        log_every=params["steps"],
        evaluate=growth.evaluate,
        live={"baseline": growth.baseline},
    )
