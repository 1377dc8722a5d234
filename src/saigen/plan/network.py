"""A network that costs what Inception costs, to calibrate with where that is not here yet."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import tensorflow as tf

from saigen.data.dataset import save

#: 5.8 · 10⁹ multiplications an image, where Inception has 5.7 · 10⁹: layers of 3 × 3 at 35 × 35.
_LAYERS, _CHANNELS, _SIDE = 8, 256, 35
_FEATURES, _CLASSES = 2048, 1008


@cache
def stand_in_network() -> Path:
    """Write it once a process, in the form of the dataset `inception`, and return its file."""
    draws = np.random.default_rng(0)

    def weights(*shape: int) -> tf.Tensor:
        return tf.constant(draws.normal(0.0, 0.01, shape).astype(np.float32))

    with tf.Graph().as_default() as graph:
        images = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="ExpandDims")
        x = tf.compat.v1.image.resize_bilinear(images, [8 * _SIDE, 8 * _SIDE])
        x = tf.nn.conv2d(x, weights(8, 8, 3, _CHANNELS), 8, "VALID")
        for _ in range(_LAYERS):
            x = tf.nn.relu(tf.nn.conv2d(x, weights(3, 3, _CHANNELS, _CHANNELS), 1, "SAME"))
        x = tf.nn.avg_pool2d(x, _SIDE, 1, "VALID")
        x = tf.nn.conv2d(x, weights(1, 1, _CHANNELS, _FEATURES), 1, "VALID", name="pool_3")
        flat = tf.reshape(x, [-1, _FEATURES])
        tf.linalg.matmul(flat, weights(_FEATURES, _CLASSES), name="softmax/logits/MatMul")
    path = Path(tempfile.mkdtemp(prefix="saigen-")) / "inception.npz"
    content = np.frombuffer(graph.as_graph_def().SerializeToString(), np.uint8)
    save(path, "inception", {"graph": content}, {})
    return path
