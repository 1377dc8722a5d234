"""Binary pixels: as a network reads them, and their likelihood."""

import tensorflow as tf


def coded(values: tf.Tensor, codes: str) -> tf.Tensor:
    """Return {0, 1} values as the network reads them: as they are, or as ±1."""
    return values if codes == "01" else 2.0 * values - 1.0


def bernoulli_loss(logits: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Return −log p(x) summed over independent pixels: [...] nats, both [..., pixels]."""
    return tf.reduce_sum(tf.nn.softplus(logits) - x * logits, -1)


def bernoulli_loss_of_many(logits: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Return what `bernoulli_loss` returns, faster and without a gradient.

    Σ log(1 + e^l) = Σ max(l, 0) + Σ log(1 + e^−|l|), and the last factors lie in (1, 2], so 98 of
    them multiply without overflow: one logarithm for 98 pixels.
    """
    group = tf.concat([tf.shape(logits)[:-1], [logits.shape[-1] // 98, 98]], 0)  # pyright: ignore
    factors = tf.reshape(1.0 + tf.exp(-tf.abs(logits)), group)
    rest = tf.reduce_sum(tf.math.log(tf.reduce_prod(factors, -1)), -1)
    return tf.reduce_sum(tf.nn.relu(logits) - x * logits, -1) + rest
