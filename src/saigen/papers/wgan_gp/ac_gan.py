"""Labels for a GAN: an auxiliary classifier on the critic's features.

Source: Odena et al. 2017, as in section 5.4 of Gulrajani et al. 2017 and the released
gan_cifar_resnet, whose weights of the two losses these are.
"""

import tensorflow as tf

from saigen.nets.gan import Extra
from saigen.nets.layers import Network

#: Weight of the cross-entropy on real images in the critic, on samples in the generator.
CRITIC, GENERATOR = 1.0, 0.1


class Labels(Extra):
    """Cross-entropy of the classes, in nats.

    In a critic update the samples carry the labels of the real batch; the critic's classes are
    learned on real images alone.

    Args:
      labels: [example] int32, of the training set.
    """

    def __init__(self, labels: tf.Tensor) -> None:
        self._labels = labels

    def inputs_for(self, rows: tf.Tensor, inputs: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        """Give the samples the labels of the real batch."""
        return inputs[0], tf.gather(self._labels, rows)

    def critic_loss(self, critic: Network, real: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        """Return the mean cross-entropy on real images."""
        return CRITIC * _cross_entropy(critic(real), tf.gather(self._labels, rows))

    def generator_loss(self, out: tf.Tensor, inputs: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """Return 0.1 times the mean cross-entropy on samples, for the labels asked of them."""
        return GENERATOR * _cross_entropy(out, inputs[1])


def _cross_entropy(out: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=out[:, 1:])
    return tf.reduce_mean(losses)
