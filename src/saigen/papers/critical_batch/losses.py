"""The three games: what D and G minimise, from scores [batch] without a sigmoid.

The sums of the released code are kept: halves would leave Adam's steps as they are, but not the
gradients whose variance is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from saigen.nets.objectives import (
    standard_critic,
    standard_generator,
    wasserstein_critic,
    wasserstein_generator,
)


@dataclass(frozen=True)
class Game:
    """Losses in nats or in the critic's unit.

    Attributes:
      discriminator: (scores of real images, of fakes) → scalar.
      generator: scores of fakes → scalar.
    """

    discriminator: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    generator: Callable[[tf.Tensor], tf.Tensor]


def cross_entropy(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """−E log σ(D(x)) − E log(1 − σ(D(x̃)))."""
    return 2.0 * standard_critic(real, fake)


def hinge(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """E max(0, 1 − D(x)) + E max(0, 1 + D(x̃)). Source: Lim & Ye 2017."""
    return tf.reduce_mean(tf.nn.relu(1.0 - real)) + tf.reduce_mean(tf.nn.relu(1.0 + fake))


GAMES = {
    "standard": Game(cross_entropy, standard_generator),
    "wasserstein": Game(wasserstein_critic, wasserstein_generator),
    "hinge": Game(hinge, wasserstein_generator),
}
