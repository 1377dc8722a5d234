"""A small classifier whose features and predictions stand in where Inception cannot be had.

It is trained by one stated rule on the dataset's training images, once, as part of the dataset
(see `saigen.data.scored`): every run on that dataset reads the same weights, and their digest and
test accuracy are in its record. Its scores are never comparable with published ones.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.engine.batches import batch_indices
from saigen.errors import UsageError
from saigen.nets.affine import variables_like
from saigen.nets.optimisers import Adam

#: The rule. Two convolutions halve the image twice; the features are 64 numbers after a ReLU.
CHANNELS, FEATURES = (32, 64), 64
BATCH, STEPS, LEARNING_RATE, SEED = 100, 2000, 1e-3, 0
#: Training images behind the unit of the features.
SCALED_BY = 10000
#: Images in one call: few enough for their maps to stay in the cache.
_AT_ONCE = 100


class Classifier:
    """conv 5×5/2 32 → ReLU → conv 3×3/2 64 → ReLU → affine 64 → ReLU → affine classes.

    Features are divided by the root of their total variance over the training images, so that a
    Fréchet distance has a unit: 1 is that of a generator which draws the mean image's features
    and nothing else.

    Args:
      weights: by name, as `fit` returns them.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self.weights = {name: tf.constant(value) for name, value in weights.items()}
        self._compiled = tf.function(self._of_all, autograph=False, reduce_retracing=True)

    @classmethod
    def of(cls, dataset: Dataset) -> "Classifier":
        """Return the classifier that a scored dataset carries (its name ends in `px`).

        Raises:
          UsageError: the dataset carries none.
        """
        names = [name for name in dataset.arrays if name.startswith("classifier/")]
        if not names:
            raise UsageError(
                f"`dataset: {dataset.name}` carries no classifier to judge samples by: name "
                f"`{dataset.name}_<side>px`, which does, at a side of your choice"
            )
        return cls({name.removeprefix("classifier/"): dataset.arrays[name] for name in names})

    @property
    def digest(self) -> str:
        """SHA-256 over the weights' names and bytes: 16 hexadecimal digits."""
        whole = hashlib.sha256()
        for name, value in sorted(self.weights.items()):
            whole.update(name.encode() + value.numpy().tobytes())
        return whole.hexdigest()[:16]

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return features and class probabilities.

        Args:
          images: [image, side, side, channel] in 0..255, any type, of the size it was trained at.

        Returns:
          [image, 64] and [image, class] float32.
        """
        features, probabilities = self._compiled(tf.constant(images))
        return features.numpy(), probabilities.numpy()

    def _of_all(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Go through the images in one call, some at a time."""
        count = tf.shape(images)[0]
        calls = (count + _AT_ONCE - 1) // _AT_ONCE
        empty = [tf.TensorArray(tf.float32, calls, infer_shape=False) for _ in range(2)]

        def body(call: tf.Tensor, *found: tf.TensorArray) -> tuple:
            some = images[call * _AT_ONCE : (call + 1) * _AT_ONCE]
            features, logits = _forward(self.weights, tf.cast(some, tf.float32))
            parts = features * self.weights["scale"], tf.nn.softmax(logits)
            return call + 1, *(f.write(call, part) for f, part in zip(found, parts, strict=True))

        _, *found = tf.while_loop(
            lambda call, *found: call < calls, body, (0, *empty), parallel_iterations=1
        )
        features, probabilities = (part.concat() for part in found)
        return features, probabilities


def fit(images: np.ndarray, labels: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Train the classifier by its rule and return its weights.

    2,000 steps of Adam at 10⁻³ falling linearly to 0, batches of 100, cross-entropy; seed 0. No
    augmentation: the classifier sees what samples are meant to look like.

    Args:
      images: [image, side, side, channel] uint8 in 0..255.
      labels: [image] in 0..classes − 1.
      classes: how many.
    """
    weights = variables_like(_initial(images.shape[1:], classes))
    rate = tf.Variable(LEARNING_RATE)
    optimiser = Adam(weights, rate)
    batch = min(BATCH, len(images))

    @tf.function(autograph=False)
    def step(x: tf.Tensor, y: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            _, logits = _forward(weights, tf.cast(x, tf.float32))
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_mean(losses)
        optimiser.apply(tape.gradient(loss, weights))

    for done, rows in enumerate(batch_indices(SEED, 0, STEPS, batch, len(images))):
        rate.assign(LEARNING_RATE * (1.0 - done / STEPS))
        step(tf.constant(images[rows]), tf.constant(labels[rows]))
    found = {name: weight.numpy() for name, weight in weights.items()}
    features, _ = Classifier({**found, "scale": np.float32(1.0)})(images[:SCALED_BY])
    return {**found, "scale": np.float32(features.var(0, dtype=np.float64).sum() ** -0.5)}


def _initial(shape: tuple[int, ...], classes: int) -> dict[str, tf.Tensor]:
    """He-normal weights and zero biases."""
    height, width, channels = shape
    first, second = CHANNELS
    flat = -(-height // 4) * -(-width // 4) * second
    shapes = {
        "conv1": [5, 5, channels, first],
        "conv2": [3, 3, first, second],
        "features": [flat, FEATURES],
        "classes": [FEATURES, classes],
    }
    key = rng.key(SEED)
    found = {}
    for name, size in shapes.items():
        spread = (2.0 / np.prod(size[:-1])) ** 0.5
        found[f"{name}/W"] = rng.normal(key(f"classifier {name}"), size) * spread
        found[f"{name}/b"] = tf.zeros(size[-1:])
    return found


def _forward(weights: Mapping[str, Any], images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return features [image, 64] and logits [image, class]."""
    # The image's scale, 1/127.5, is the first kernel's: one pass over the pixels less.
    x, kernel = images - 127.5, weights["conv1/W"] / 127.5
    for name, w in (("conv1", kernel), ("conv2", weights["conv2/W"])):
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, 2, "SAME"), weights[f"{name}/b"]))
    x = tf.reshape(x, [tf.shape(x)[0], weights["features/W"].shape[0]])
    features = tf.nn.relu(x @ weights["features/W"] + weights["features/b"])
    return features, features @ weights["classes/W"] + weights["classes/b"]
