"""Binary pixels: as a network reads them, and their likelihood."""

from collections.abc import Callable

import tensorflow as tf

from saigen.nets.affine import Weights, affine

#: Rows of logits in one piece where there are many: few enough to stay in a processor's cache.
_AT_ONCE = 500


def coded(values: tf.Tensor, codes: str) -> tf.Tensor:
    """Return {0, 1} values as the network reads them: as they are, or as ±1."""
    return values if codes == "01" else 2.0 * values - 1.0


def bernoulli_loss(logits: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Return −log p(x) summed over independent pixels.

    A pixel with logit l loses softplus(l) − x l = |l|/2 − log σ(|l|) + (1/2 − x) l, and its
    gradient is σ(l) − x.

    Args:
      logits: [..., pixels].
      x: [..., pixels] in [0, 1]; it gets no gradient.

    Returns:
      [...] nats.
    """

    @tf.custom_gradient
    def loss(logits: tf.Tensor):
        value = _even_part(logits) + tf.reduce_sum((0.5 - x) * logits, -1)
        return value, lambda upstream: upstream[..., tf.newaxis] * (tf.sigmoid(logits) - x)

    return loss(logits)


def _even_part(logits: tf.Tensor) -> tf.Tensor:
    """Return Σ |l|/2 − log σ(|l|) over [..., pixels]: the part of a loss that x does not change.

    σ(|l|) lies in [1/2, 1], so that up to 98 of them multiply without underflow, and one logarithm
    does for all: a tenth of softplus's time.
    """
    sizes = tf.abs(logits)
    pixels = int(sizes.shape[-1])
    together = max(n for n in range(1, 99) if pixels % n == 0)
    shape = tf.concat([tf.shape(sizes)[:-1], [pixels // together, together]], 0)
    factors = tf.reshape(tf.sigmoid(sizes), shape)
    logs = tf.reduce_sum(tf.math.log(tf.reduce_prod(factors, -1)), -1)
    return 0.5 * tf.reduce_sum(sizes, -1) - logs


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

    With logits l = code W + b the term (1/2 − x) l of `bernoulli_loss` is linear in the code, so
    that its sum over pixels is code · W(1/2 − x) + b · (1/2 − x), without a pass over pixels.

    Args:
      weights, name: the affine map from codes to logits.
      codes: what the map takes, [sample, image, unit].
      x: [image, pixel].

    Returns:
      [sample, image] nats, without a gradient.
    """
    half = 0.5 - x
    back = tf.matmul(half, weights[f"{name}/W"], transpose_b=True)
    linear = tf.reduce_sum(codes * back, -1) + tf.linalg.matvec(half, weights[f"{name}/b"])
    rows = tf.reshape(codes, [-1, tf.shape(codes)[-1]])
    even = _in_pieces(lambda some: _even_part(affine(weights, name, some)), rows)
    return tf.reshape(even, tf.shape(linear)) + linear


def _in_pieces(function: Callable[[tf.Tensor], tf.Tensor], rows: tf.Tensor) -> tf.Tensor:
    """Return the function's number for every row: [row], a piece of the rows after the other."""
    pieces = -(-tf.shape(rows)[0] // _AT_ONCE)

    def body(piece: tf.Tensor, found: tf.TensorArray) -> tuple:
        some = rows[piece * _AT_ONCE : (piece + 1) * _AT_ONCE]
        return piece + 1, found.write(piece, function(some))

    empty = tf.TensorArray(tf.float32, pieces, infer_shape=False, element_shape=[None])
    _, found = tf.while_loop(
        lambda piece, found: piece < pieces, body, (0, empty), parallel_iterations=1
    )
    return found.concat()
