"""Test and validation numbers of a network with hard codes, at the paper's sample counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Params

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Sampled images (images × samples) in one call: what bounds the memory, about 60 MB.
_ROWS = 20_000

#: (images [batch, 784] float32, key of the noise, samples, step) → [batch] nats.
LogLikelihood = Callable[[tf.Tensor, Key, tf.Tensor, tf.Tensor], tf.Tensor]


class Evaluation:
    """Evaluates −log-likelihood (or its m-sample bound) in nats, as a Task wants it.

    Along the way: `test_nll_curve` and `valid_nll` on the first `curve_images` of each split in a
    fixed random order, with m = `curve_samples`. At the end: `test_nll` on `test_images`, with
    m = `test_samples`. Rows of the fixed binarised set are sorted by class, hence the order. Noise
    depends on the run's seed alone: the same at every step.

    Args:
      params: effective parameters of the run.
      dataset: binary images.
      log_likelihood: of hard codes.
      objectives: other log-likelihoods of one sample, by the name of their metric on test images.
    """

    def __init__(
        self,
        params: Params,
        dataset: Dataset,
        log_likelihood: LogLikelihood,
        objectives: Mapping[str, LogLikelihood] | None = None,
    ) -> None:
        names = ("curve_images", "curve_samples", "test_images", "test_samples")
        self.sizes = {name: params[name] for name in names}
        self._log_p = _compiled(log_likelihood)
        self._objectives = {name: _compiled(f) for name, f in (objectives or {}).items()}
        self._images = {split: _shuffled(dataset.images(split)) for split in ("valid", "test")}

    def __call__(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return the metrics at a step; the last step adds the full test number."""
        images, samples = self.sizes["curve_images"], self.sizes["curve_samples"]
        found = {
            "test_nll_curve": self._nll(self._log_p, "test", images, samples, seed, step),
            "valid_nll": self._nll(self._log_p, "valid", images, samples, seed, step),
        }
        for name, objective in self._objectives.items():
            found[name] = self._nll(objective, "test", images, 1, seed, step)
        if final:
            images, samples = self.sizes["test_images"], self.sizes["test_samples"]
            found["test_nll"] = self._nll(self._log_p, "test", images, samples, seed, step)
        return found

    def _nll(
        self, log_p: Callable, split: str, images: int, samples: int, seed: int, step: int
    ) -> float:
        """Return −log-likelihood of the first `images` of a split, in nats, with m = `samples`."""
        rows = self._images[split][:images]
        chunk = max(1, _ROWS // samples)
        total = 0.0
        for first in range(0, len(rows), chunk):
            key = rng.key(seed, first)
            found = log_p(rows[first : first + chunk], key.seed, key.step, samples, step)
            total += float(tf.reduce_sum(found))
        return -total / len(rows)


def _compiled(log_likelihood: LogLikelihood) -> Callable:
    """Return (images, seed, first, samples, step) → [images] nats, traced once for any sizes."""
    scalar = tf.TensorSpec([], tf.int32)

    def log_p(
        images: tf.Tensor, seed: tf.Tensor, first: tf.Tensor, samples: tf.Tensor, step: tf.Tensor
    ) -> tf.Tensor:
        return log_likelihood(tf.cast(images, tf.float32), Key(seed, first), samples, step)

    signature = [tf.TensorSpec([None, None], tf.uint8), scalar, scalar, scalar, scalar]
    return tf.function(log_p, input_signature=signature, autograph=False)


def _shuffled(images: np.ndarray) -> np.ndarray:
    """Return [n, 784] uint8 rows in one fixed random order, the same for every run."""
    rows = images.reshape(len(images), -1)
    return rows[rng.generator(0, "evaluation order").permutation(len(rows))]
