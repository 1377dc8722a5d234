"""The distance of samples from the data, as specified and after the released code's stretch."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from saigen.metrics.classifier import Classifier
from saigen.metrics.frechet import FewSamples, Moments, frechet_distance, moments
from saigen.metrics.inception import Inception

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Real images behind the moments, at most.
REAL = 50_000


def stretched(images: np.ndarray) -> np.ndarray:
    """Return each image with its own least value at 0 and its greatest at 255.

    torchvision's `save_image(normalize=True)`, through which the released code writes both data
    and fakes before it measures them. A flat image becomes 0.

    Args:
      images: [image, side, side, channel] in 0..255.
    """
    flat = images.reshape(len(images), -1).astype(np.float32)
    low = flat.min(1, keepdims=True)
    span = np.maximum(flat.max(1, keepdims=True) - low, 1e-5)
    return ((flat - low) / span * 255.0 + 0.5).astype(np.uint8).reshape(images.shape)


class Judge:
    """Measures Fréchet distances to one dataset.

    Args:
      dataset: a scored set, judged by its own classifier on test images; or any set of images
        with `inception`, judged on training images as published.
      inception: path of the prepared Inception graph, or empty.
    """

    def __init__(self, dataset: Dataset, inception: str) -> None:
        self._network = Inception(inception) if inception else Classifier.of(dataset)
        self._real = dataset.images("train" if inception else "test")[:REAL]
        self._moments: dict[bool, Moments] = {}

    def __call__(self, images: np.ndarray, stretch: bool = False) -> float:
        """Return the distance of samples [image, side, side, channel] in 0..255."""
        with warnings.catch_warnings():
            # Counts are equal along a course and told with it.
            warnings.simplefilter("ignore", FewSamples)
            return frechet_distance(self._of_data(stretch), self._moments_of(images, stretch))

    def _of_data(self, stretch: bool) -> Moments:
        if stretch not in self._moments:
            self._moments[stretch] = self._moments_of(self._real, stretch)
        return self._moments[stretch]

    def _moments_of(self, images: np.ndarray, stretch: bool) -> Moments:
        return moments(self._network(stretched(images) if stretch else images)[0])
