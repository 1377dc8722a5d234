"""Greedy layer-wise pre-training of a deep Boltzmann machine by restricted ones.

Layer by layer, W_l and its biases are trained by one-step contrastive divergence on samples of
layer l from below. A unit between two layers will have input from both, so that in the finished
machine about half of its input is missing here: input from below is doubled in every machine but
the top one, and input from above in every one but the bottom one.

Source: Salakhutdinov & Hinton 2009, section 3.1, algorithm 2.
Departure: Taniguchi et al. say that other methods need pre-training, not which they used. Centres
enter as in the joint training.
"""

from collections.abc import Sequence

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key


def contrast(
    layer: int,
    visible: tf.Tensor,
    weights: Sequence[tf.Variable],
    biases: Sequence[tf.Variable],
    centres: Sequence[tf.Variable],
    key: Key,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the CD-1 ascent directions of one restricted machine, summed over the batch.

    Args:
      layer: l; the machine joins layers l and l + 1.
      visible: a batch of images as units, [image, unit].

    Returns:
      Of W_l, b_l and b_{l+1}.
    """
    top = layer == len(weights) - 1

    def up(l: int, x: tf.Tensor, is_top: bool) -> tf.Tensor:
        return biases[l + 1] + (1.0 if is_top else 2.0) * ((x - centres[l]) @ weights[l])

    x = visible
    for below in range(layer):
        x = _on(up(below, x, False), key(f"pre-training layer {below + 1}"))
    h = _on(up(layer, x, top), key("pre-training hidden"))
    met = tf.matmul(h - centres[layer + 1], weights[layer], transpose_b=True)
    y = _on(biases[layer] + (1.0 if layer == 0 else 2.0) * met, key("pre-training visible"))
    # Means in place of a last draw, in both phases: no bias, less noise.
    above_x, above_y = tf.sigmoid(up(layer, x, top)), tf.sigmoid(up(layer, y, top))
    bond = tf.matmul(x - centres[layer], above_x - centres[layer + 1], transpose_a=True)
    bond -= tf.matmul(y - centres[layer], above_y - centres[layer + 1], transpose_a=True)
    return bond, tf.reduce_sum(x - y, 0), tf.reduce_sum(above_x - above_y, 0)


def _on(logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    return tf.cast(rng.uniform(seed, tf.shape(logits)) < tf.sigmoid(logits), tf.float32)
