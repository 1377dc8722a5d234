"""Accuracy and bounds of a semi-supervised model on images it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Params
from saigen.nets.affine import Weights
from saigen.papers.gumbel_softmax.m2 import M2, binarised
from saigen.papers.gumbel_softmax.schedules import temperature_at

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Images in one call; a marginal bound takes a row for each class of each.
_CHUNK = 100


class HeldOut:
    """Evaluates a model as a Task wants it, on images in one fixed random order.

    Always, on the first `curve_images` of each split: `valid_accuracy_curve`,
    `test_accuracy_curve`, `test_elbo_curve`. At the end, on `test_images` of each split:
      valid_accuracy, test_accuracy: % of images whose most probable class under q(y | x) is right.
      test_elbo: nats an image, marginalised over the classes whatever the method trains on, one z
        a class; comparable between methods.
      test_objective: nats an image, what the method itself trains on, at the temperature of the
        last step; with relaxed classes not a bound.
    Binarisation and noise depend on the run's seed alone: the same for every method and step.

    Args:
      params: effective parameters of the run.
      dataset: grey images with labels.
      model: the bounds.
      weights: the network's, as they stand.
    """

    def __init__(self, params: Params, dataset: Dataset, model: M2, weights: Weights) -> None:
        self._params, self._model, self._weights = params, model, weights
        self._data = {}
        for split in ("valid", "test"):
            images, labels = dataset.images(split), dataset.labels(split)
            order = rng.generator(0, "evaluation order").permutation(len(images))
            self._data[split] = images[order], labels[order]
        self._classify = tf.function(self._most_probable_class, autograph=False)
        self._bound = tf.function(self._both_bounds, autograph=False)

    def __call__(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return the metrics at a step; the last step adds the numbers on more images."""
        some = self._params["curve_images"]
        found = {
            "valid_accuracy_curve": self.accuracy("valid", some, seed),
            "test_accuracy_curve": self.accuracy("test", some, seed),
            "test_elbo_curve": self.bounds("test", some, seed, step)[0],
        }
        if final:
            images = self._params["test_images"]
            found["valid_accuracy"] = self.accuracy("valid", images, seed)
            found["test_accuracy"] = self.accuracy("test", images, seed)
            found["test_elbo"], found["test_objective"] = self.bounds("test", images, seed, step)
        return found

    def accuracy(self, split: str, images: int, seed: int) -> float:
        """Return the accuracy on the first `images` of a split, in %."""
        labels = self._data[split][1][:images]
        guesses = [self._classify(x) for x, _ in self._chunks(split, images, seed)]
        return 100.0 * float(np.mean(np.concatenate(guesses)[: len(labels)] == labels))

    def bounds(self, split: str, images: int, seed: int, step: int) -> tuple[float, float]:
        """Return (marginal bound, the method's own objective) on the first `images`, in nats."""
        now, count = tf.constant(step), len(self._data[split][0][:images])
        found = [
            self._bound(x, key.seed, key.step, now) for x, key in self._chunks(split, images, seed)
        ]
        marginal, own = np.concatenate(found, axis=1)[:, :count].astype(np.float64).mean(1)
        return float(marginal), float(own)

    def _chunks(self, split: str, images: int, seed: int) -> Iterator[tuple[tf.Tensor, Key]]:
        """Yield (binary images, where their noise comes from), always full; cut off the repeats."""
        rows = self._data[split][0][:images]
        for first in range(0, len(rows), _CHUNK):
            grey = np.take(rows, range(first, first + _CHUNK), axis=0, mode="wrap")
            key = rng.key(seed, first)
            yield binarised(tf.constant(grey), key(f"binarise {split}")), key

    def _most_probable_class(self, x: tf.Tensor) -> tf.Tensor:
        return tf.argmax(self._model.network.class_logits(self._weights, x), -1)

    def _both_bounds(
        self, x: tf.Tensor, seed: tf.Tensor, first: tf.Tensor, step: tf.Tensor
    ) -> tf.Tensor:
        """Return [2, batch]: the marginal bound and the method's own objective."""
        model, key = self._model, Key(seed, first)
        marginal = model.marginal_bound(self._weights, x, key)
        if model.method == "marginal":
            return tf.stack([marginal, marginal])
        temperature = temperature_at(self._params, step)
        return tf.stack([marginal, model.sampled_bound(self._weights, x, key, temperature)])
