"""The gradient penalty: a critic's slope is drawn to 1 between data and samples."""

from collections.abc import Callable

import tensorflow as tf

Critic = Callable[[tf.Tensor], tf.Tensor]


def interpolated(real: tf.Tensor, fake: tf.Tensor, epsilon: tf.Tensor) -> tf.Tensor:
    """Return x̂ = ε x + (1 − ε) x̃, with one ε for each example.

    Args:
      real, fake: [batch, ...] float32, paired by position.
      epsilon: [batch] float32 in [0, 1).
    """
    epsilon = tf.reshape(epsilon, [-1] + [1] * (real.shape.rank - 1))
    return epsilon * real + (1.0 - epsilon) * fake


def slope_norms(critic: Critic, points: tf.Tensor) -> tf.Tensor:
    """Return ‖∇D(x)‖₂ at each point, over all axes but the batch: [batch] float32.

    Where the critic mixes examples (batch norm) this is the slope of the sum of all scores.
    Departure: 1e-12 under the root keeps the gradient finite where the slope is 0.
    """
    with tf.GradientTape() as tape:
        tape.watch(points)
        scores = critic(points)
    slopes = tf.cast(tape.gradient(scores, points), tf.float32)
    return tf.sqrt(tf.reduce_sum(slopes**2, list(range(1, points.shape.rank))) + 1e-12)


def penalty_of(norms: tf.Tensor, one_sided: bool = False) -> tf.Tensor:
    """Return E (‖∇D(x̂)‖₂ − 1)², or with max(0, ·) inside where one-sided.

    Source: Gulrajani et al. 2017, equation 3 and appendix C.
    """
    excess = norms - 1.0
    return tf.reduce_mean(tf.square(tf.nn.relu(excess) if one_sided else excess))


def gradient_penalty(
    critic: Critic,
    real: tf.Tensor,
    fake: tf.Tensor,
    epsilon: tf.Tensor,
    one_sided: bool = False,
) -> tf.Tensor:
    """Return the penalty between data and samples: a scalar, unweighted.

    Args:
      critic: maps [batch, ...] to [batch]; must not mix examples (no batch norm).
      real, fake: [batch, ...] float32, paired by position.
      epsilon: [batch] float32 in [0, 1).
      one_sided: let slopes below 1 go free.

    Source: Gulrajani et al. 2017, equation 3.
    """
    return penalty_of(slope_norms(critic, interpolated(real, fake, epsilon)), one_sided)
