"""The Inception network of published scores: the frozen graph of 2015-12-05.

Other weights shift an inception score by tenths and make FIDs incomparable, so this graph and no
other: the dataset `inception` of the registry, `saigen fetch inception`.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.data.dataset import load
from saigen.errors import SaigenError

# The decoded image, the pooled features, and the product that makes logits of them.
_IMAGES, _POOL, _LOGITS = "ExpandDims:0", "pool_3:0", "softmax/logits/MatMul"


class Inception:
    """Features and probabilities by the frozen graph.

    Images enter at their own size and are resized to 299×299 inside the graph. Logits are the
    product without the bias, over all 1,008 outputs, as the released score has them.

    Args:
      path: the prepared dataset `inception`.

    Raises:
      SaigenError: there is no such file, or it lacks the graph or its tensors.
    """

    def __init__(self, path: Path | str) -> None:
        content, graph = _content(path), tf.compat.v1.GraphDef()
        try:
            graph.ParseFromString(content)
            self._run = _pruned(graph)
        except Exception as problem:  # protobuf and the importer fail in many ways
            raise SaigenError(f"{path}: not the Inception graph ({problem})") from problem

    def __call__(self, images: np.ndarray, at_once: int = 100) -> tuple[np.ndarray, np.ndarray]:
        """Return features and class probabilities.

        Args:
          images: [image, height, width, 3] in 0..255.
          at_once: images in a batch; it decides memory and no number.

        Returns:
          [image, 2048] and [image, 1008] float32.
        """
        features, probabilities = [], []
        for start in range(0, len(images), at_once):
            batch = tf.constant(images[start : start + at_once], tf.float32)
            pooled, logits = self._run(batch)
            features.append(pooled.numpy())
            probabilities.append(tf.nn.softmax(logits).numpy())
        return np.concatenate(features), np.concatenate(probabilities)


def digest_of(path: Path | str) -> str:
    """Return SHA-256 of the frozen graph in a prepared file: 16 hexadecimal digits.

    Raises:
      SaigenError: there is no such file, or it has no graph.
    """
    return hashlib.sha256(_content(path)).hexdigest()[:16]


def _content(path: Path | str) -> bytes:
    try:
        return load(path).arrays["graph"].tobytes()
    except KeyError:
        raise SaigenError(f"{path}: not the Inception graph (no `graph` in it)") from None


def _pruned(graph: Any) -> Any:
    """Return the graph as a function of a batch of images of any number and size.

    The file was frozen for one image: its shapes are freed by a placeholder in the image's place,
    and its logits, reshaped to one row, are computed anew from the pooled features.
    """

    def forward(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pool, product = tf.graph_util.import_graph_def(
            graph, input_map={_IMAGES: images}, return_elements=[_POOL, _LOGITS], name=""
        )
        weights = product.inputs[1]
        pooled = tf.reshape(pool, [-1, weights.shape[0]])
        return pooled, pooled @ weights

    return tf.compat.v1.wrap_function(forward, [tf.TensorSpec([None, None, None, 3], tf.float32)])
