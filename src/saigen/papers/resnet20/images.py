"""Images as the networks see them: 32 × 32 in three channels, cropped, mirrored, standardised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

SIDE, PAD = 32, 4


def squares(images: np.ndarray) -> np.ndarray:
    """Return [n, 32, 32, 3] uint8 of images [n, h, w, c], h, w ≤ 32, c = 1 or 3.

    Smaller images get a black frame, grey ones three equal channels, so that the networks and
    their numbers of weights stay as they are.
    """
    below, right = SIDE - images.shape[1], SIDE - images.shape[2]
    frame = [(0, 0), (below // 2, below - below // 2), (right // 2, right - right // 2), (0, 0)]
    framed = np.pad(images, frame)
    return np.repeat(framed, 3, axis=3) if framed.shape[3] == 1 else framed


def training_set(dataset: Dataset, examples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels of the training and the validation split together.

    Args:
      examples: how many at most; 0 for all.
    """
    parts = [split for split in ("train", "valid") if split in dataset.splits]
    images = np.concatenate([dataset.images(split) for split in parts])
    labels = np.concatenate([dataset.labels(split) for split in parts]).astype(np.int32)
    count = examples or len(images)
    return squares(images[:count]), labels[:count]


def augmented(images: tf.Tensor, key: Key, strength: tf.Tensor | float) -> tf.Tensor:
    """Return each image cropped from a black frame of 4 pixels at random, and mirrored or not.

    Args:
      images: [batch, 32, 32, channel], any type.
      key: where the draws come from: a function of seed and step.
      strength: 1, or 0 for the images as they are.

    Source: He et al. 2016, section 4.2.
    """
    batch = tf.shape(images)[0]
    on = tf.cast(strength, tf.float32) > 0.5
    framed = tf.pad(images, [[0, 0], [PAD, PAD], [PAD, PAD], [0, 0]])
    draws = tf.cast(rng.uniform(key("crop"), [2, batch, 1]) * (2.0 * PAD + 1.0), tf.int32)
    corner = tf.where(on, draws, PAD)
    mirrored = (rng.uniform(key("mirror"), [batch, 1]) < 0.5) & on
    places = tf.range(SIDE)[tf.newaxis]
    rows = corner[0] + places
    # A mirror image is a crop whose columns are read from the right.
    columns = corner[1] + tf.where(mirrored, SIDE - 1 - places, places)
    return tf.gather(tf.gather(framed, rows, batch_dims=1), columns, axis=2, batch_dims=1)


class Standard:
    """How pixels become inputs: scaled to [0, 1], and standardised by the training images.

    Args:
      images: [n, 32, 32, 3] uint8, the training images.
      by_pixel: take away the mean of each pixel alone, as He et al. do, instead of taking away the
        mean of each channel and dividing by its deviation.
    """

    def __init__(self, images: np.ndarray, by_pixel: bool) -> None:
        if by_pixel:
            self._mean, self._deviation = images.mean(0, dtype=np.float64) / 255.0, np.ones(3)
        else:
            # Moments from sums of bytes, so that no float copy of all images is made.
            counts = np.stack(
                [np.bincount(images[..., c].ravel(), minlength=256) for c in range(3)]
            )
            values, total = np.arange(256) / 255.0, counts.sum(1)
            self._mean = counts @ values / total
            self._deviation = np.sqrt(counts @ values**2 / total - self._mean**2)
        self._mean, self._deviation = (
            np.asarray(x, np.float32) for x in (self._mean, self._deviation)
        )

    def __call__(self, images: tf.Tensor, strength: tf.Tensor | float = 1.0) -> tf.Tensor:
        """Return float32 inputs; with strength 0 they are only scaled to [0, 1]."""
        deviation = 1.0 + strength * (self._deviation - 1.0)
        # (x / 255 − mean) / deviation, in two passes over the pixels.
        scale, offset = 1.0 / (255.0 * deviation), strength * self._mean / deviation
        return tf.cast(images, tf.float32) * scale - offset
