"""Binary pixels: as a network reads them, and their likelihood."""

import tensorflow as tf

from saigen.nets.affine import Weights, affine


def coded(values: tf.Tensor, codes: str) -> tf.Tensor:
    """Return {0, 1} values as the network reads them: as they are, or as ±1."""
    return values if codes == "01" else 2.0 * values - 1.0


def bernoulli_loss(logits: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Return −log p(x) summed over independent pixels: [...] nats, both [..., pixels]."""
    return tf.reduce_sum(tf.nn.softplus(logits) - x * logits, -1)


def on_bits(weights: Weights, name: str, codes: str) -> Weights:
    """Return the affine map that takes {0, 1} where this one takes them `coded`.

    (2z − 1) W + b = z (2W) + (b − 1ᵀW), which spares many values their coding.
    """
    w, b = (tf.convert_to_tensor(weights[f"{name}/{part}"]) for part in "Wb")
    if codes == "01":
        return {f"{name}/W": w, f"{name}/b": b}
    return {f"{name}/W": 2.0 * w, f"{name}/b": b - tf.reduce_sum(w, 0)}


def bernoulli_loss_of_many(
    weights: Weights, name: str, codes: tf.Tensor, x: tf.Tensor
) -> tf.Tensor:
    """Return `bernoulli_loss` of many codes of the same images, in as few passes as may be.

    With logits l = code W + b, and x in {0, 1}, a pixel loses

        softplus(l) − x l = |l|/2 − log σ(|l|) + (1/2 − x) l.

    The last term is linear in the code, so that its sum over pixels is code · W(1/2 − x) +
    b · (1/2 − x), without a pass over pixels. And σ(|l|) lies in [1/2, 1], so 98 of them multiply
    without underflow: one logarithm for 98 pixels.

    Args:
      weights, name: the affine map from codes to logits.
      codes: what the map takes, [sample, image, unit].
      x: [image, pixel], a multiple of 98 pixels.

    Returns:
      [sample, image] nats, without a gradient.
    """
    size = tf.abs(affine(weights, name, codes))
    group = tf.concat([tf.shape(codes)[:-1], [size.shape[-1] // 98, 98]], 0)  # pyright: ignore
    factors = tf.reshape(tf.sigmoid(size), group)
    logs = tf.reduce_sum(tf.math.log(tf.reduce_prod(factors, -1)), -1)
    half = 0.5 - x
    back = tf.matmul(half, weights[f"{name}/W"], transpose_b=True)
    linear = tf.reduce_sum(codes * back, -1) + tf.linalg.matvec(half, weights[f"{name}/b"])
    return 0.5 * tf.reduce_sum(size, -1) - logs + linear
