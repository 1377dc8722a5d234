"""Discrete latent variables: means, hard samples, relaxed samples, log-probabilities, KL.

A layer of Bernoulli units or of categorical variables answers to the same few names, so that the
estimators and the networks are written once.

    Bernoulli     logits, samples: [..., units]
    Categorical   logits, samples: [..., variables, classes], samples one-hot or on the simplex
"""

from dataclasses import dataclass
from typing import Protocol

import tensorflow as tf
import tensorflow_probability as tfp

from saigen.engine import rng

tfd = tfp.distributions

Count = int | tf.Tensor | None


class Latent(Protocol):
    """A layer of independent discrete variables."""

    @property
    def size(self) -> int:
        """Numbers in a flat sample."""
        ...

    def from_flat(self, flat: tf.Tensor) -> tf.Tensor:
        """Give [..., size] the layer's own shape."""
        ...

    def flat(self, sample: tf.Tensor) -> tf.Tensor:
        """Give a sample the shape [..., size]."""
        ...

    def mean(self, logits: tf.Tensor) -> tf.Tensor:
        """E[z]: sigmoid or softmax of the logits."""
        ...

    def sample(self, logits: tf.Tensor, seed: tf.Tensor, count: Count = None) -> tf.Tensor:
        """A hard sample, without gradient; `count` of them along a new first axis."""
        ...

    def relaxed(self, logits: tf.Tensor, temperature: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """A relaxed sample, differentiable in the logits."""
        ...

    def harden(self, relaxed: tf.Tensor) -> tf.Tensor:
        """The vertex nearest to a relaxed sample."""
        ...

    def log_prob(self, logits: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        """log p(z) of each variable: [..., variables]; differentiable in the logits."""
        ...

    def log_ratio(self, p: tf.Tensor, q: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        """log p(z) / q(z), of logits p and q, summed over the layer's variables: [...]."""
        ...

    def kl(self, logits: tf.Tensor, prior_logits: tf.Tensor) -> tf.Tensor:
        """KL(q ‖ p) summed over the layer's variables: [...]."""
        ...

    @property
    def centre(self) -> float:
        """The code's value midway between its outcomes: 1/2, or 1/classes."""
        ...


@dataclass(frozen=True)
class Bernoulli:
    """`units` independent variables in {0, 1}."""

    units: int

    @property
    def size(self) -> int:
        return self.units

    @property
    def centre(self) -> float:
        return 0.5

    def from_flat(self, flat: tf.Tensor) -> tf.Tensor:
        return flat

    def flat(self, sample: tf.Tensor) -> tf.Tensor:
        return sample

    def mean(self, logits: tf.Tensor) -> tf.Tensor:
        return tf.sigmoid(logits)

    def sample(self, logits: tf.Tensor, seed: tf.Tensor, count: Count = None) -> tf.Tensor:
        draws = rng.uniform(seed, tf.concat([leading(count), tf.shape(logits)], 0))
        return tf.cast(draws < tf.sigmoid(tf.stop_gradient(logits)), tf.float32)

    def relaxed(self, logits: tf.Tensor, temperature: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Binary concrete: σ((l + L)/τ) with L logistic noise; two-class Gumbel-Softmax in law.

        TFP's RelaxedBernoulli is the same, but its sigmoid has NaN gradients above 88.
        """
        logistic = tfd.Logistic(logits / temperature, 1.0 / temperature)
        return tf.sigmoid(logistic.sample(seed=seed))

    def harden(self, relaxed: tf.Tensor) -> tf.Tensor:
        return tf.cast(relaxed > 0.5, tf.float32)

    def log_prob(self, logits: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        return z * logits - tf.nn.softplus(logits)

    def log_ratio(self, p: tf.Tensor, q: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(z * (p - q) + tf.nn.softplus(q) - tf.nn.softplus(p), -1)

    def kl(self, logits: tf.Tensor, prior_logits: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(
            tfd.kl_divergence(tfd.Bernoulli(logits=logits), tfd.Bernoulli(logits=prior_logits)), -1
        )


@dataclass(frozen=True)
class Categorical:
    """`variables` independent one-hot vectors of `classes` numbers."""

    variables: int
    classes: int

    @property
    def size(self) -> int:
        return self.variables * self.classes

    @property
    def centre(self) -> float:
        return 1.0 / self.classes

    def from_flat(self, flat: tf.Tensor) -> tf.Tensor:
        shape = tf.concat([tf.shape(flat)[:-1], [self.variables, self.classes]], 0)
        return tf.reshape(flat, shape)

    def flat(self, sample: tf.Tensor) -> tf.Tensor:
        return tf.reshape(sample, tf.concat([tf.shape(sample)[:-2], [self.size]], 0))

    def mean(self, logits: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(logits)

    def sample(self, logits: tf.Tensor, seed: tf.Tensor, count: Count = None) -> tf.Tensor:
        """One-hot by inversion: one uniform draw a variable instead of one a class."""
        weight = tf.exp(logits - tf.reduce_max(logits, -1, keepdims=True))
        # A product with a triangle of ones cumulates faster than tf.cumsum does.
        upper = tf.stop_gradient(weight) @ tf.linalg.band_part(tf.ones([self.classes] * 2), 0, -1)
        # Classes in front of all samples: TensorFlow is slow along a last axis of a few numbers.
        rank = logits.shape.rank
        upper = tf.transpose(upper, [rank - 1, *range(rank - 1)])
        if count is not None:
            upper = upper[:, tf.newaxis]
        shape = tf.concat([leading(count), tf.shape(logits)[:-1]], 0)
        draws = rng.uniform(seed, shape) * upper[-1]
        # Counting to the last class but one leaves to the last whatever rounding leaves.
        index = tf.reduce_sum(tf.cast(draws >= upper[:-1], tf.int32), 0)
        return tf.one_hot(index, self.classes)

    def relaxed(self, logits: tf.Tensor, temperature: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Gumbel-Softmax: softmax((log π + g)/τ). Source: eq. 2."""
        return tfd.RelaxedOneHotCategorical(temperature, logits=logits).sample(seed=seed)

    def harden(self, relaxed: tf.Tensor) -> tf.Tensor:
        return tf.one_hot(tf.argmax(relaxed, -1), self.classes)

    def log_prob(self, logits: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(z * tf.nn.log_softmax(logits), -1)

    def log_ratio(self, p: tf.Tensor, q: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        # One pass over the many codes instead of one for either law.
        return tf.reduce_sum(z * (tf.nn.log_softmax(p) - tf.nn.log_softmax(q)), [-2, -1])

    def kl(self, logits: tf.Tensor, prior_logits: tf.Tensor) -> tf.Tensor:
        q, p = tfd.OneHotCategorical(logits=logits), tfd.OneHotCategorical(logits=prior_logits)
        return tf.reduce_sum(tfd.kl_divergence(q, p), -1)


def leading(count: Count) -> list:
    """Return the axes that `count` samples add in front: one, or none."""
    return [] if count is None else [count]


def make_latent(kind: str, units: int, classes: int) -> Latent:
    """Return `units` Bernoulli units, or as many numbers in categorical variables."""
    if kind == "bernoulli":
        return Bernoulli(units)
    return Categorical(units // classes, classes)
