"""What critics and generators minimise: the Wasserstein, the standard and the least-squares GAN.

Scores are a critic's linear outputs, [batch] float32; nothing here squashes them twice.
"""

from collections.abc import Callable

import tensorflow as tf


def wasserstein_critic(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """E D(x̃) − E D(x): minus the estimate of W₁ times the critic's Lipschitz constant."""
    return tf.reduce_mean(fake) - tf.reduce_mean(real)


def wasserstein_generator(fake: tf.Tensor) -> tf.Tensor:
    """−E D(x̃). Its level means nothing: D is known up to a constant."""
    return -tf.reduce_mean(fake)


def standard_critic(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """−½ (E log σ(D(x)) + E log(1 − σ(D(x̃)))), in nats.

    Source: Goodfellow et al. 2014; the half is that of the released code.
    """
    return (tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))) / 2.0


def standard_generator(fake: tf.Tensor) -> tf.Tensor:
    """−E log σ(D(x̃)), the form that does not saturate."""
    return tf.reduce_mean(tf.nn.softplus(-fake))


def least_squares_critic(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """½ (E (D(x) − 1)² + E D(x̃)²). Source: Mao et al. 2017."""
    return (tf.reduce_mean((real - 1.0) ** 2) + tf.reduce_mean(fake**2)) / 2.0


def least_squares_generator(fake: tf.Tensor) -> tf.Tensor:
    """E (D(x̃) − 1)²."""
    return tf.reduce_mean((fake - 1.0) ** 2)


CriticLoss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
GeneratorLoss = Callable[[tf.Tensor], tf.Tensor]

OBJECTIVES: dict[str, tuple[CriticLoss, GeneratorLoss]] = {
    "wasserstein": (wasserstein_critic, wasserstein_generator),
    "standard": (standard_critic, standard_generator),
    "least_squares": (least_squares_critic, least_squares_generator),
}
