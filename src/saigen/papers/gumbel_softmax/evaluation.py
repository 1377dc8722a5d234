"""Test and validation numbers of a network with hard codes, at the paper's sample counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.papers.gumbel_softmax.training import Params

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Sampled images (images × samples) in one call: what bounds the memory, about 60 MB.
_ROWS = 20_000

LogLikelihood = Callable[[tf.Tensor, Key, int], tf.Tensor]


class Evaluation:
    """Evaluates −log-likelihood (or its m-sample bound) in nats, as a Task wants it.

    Along the way: `test_nll_curve` and `valid_nll` on the first `curve_images` of each split in a
    fixed random order, with m = `curve_samples`. At the end: `test_nll` on `test_images`, with
    m = `test_samples`. Rows of the fixed binarised set are sorted by class, hence the order.

    Args:
      params: effective parameters of the run.
      dataset: binary images.
      log_likelihood: (images [batch, 784], key, samples) → [batch] nats.
      objectives: other log-likelihoods of one sample, by the name of their metric on test images.
    """

    def __init__(
        self,
        params: Params,
        dataset: Dataset,
        log_likelihood: LogLikelihood,
        objectives: Mapping[str, LogLikelihood] | None = None,
    ) -> None:
        self._params = params
        self._log_likelihood = log_likelihood
        self._objectives = dict(objectives or {})
        self._images = {split: _shuffled(dataset.images(split)) for split in ("valid", "test")}
        self._compiled: dict[tuple[LogLikelihood, int, int], Callable] = {}

    def __call__(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return the metrics at a step; the last step adds the full test number."""
        images, samples = self._params["curve_images"], self._params["curve_samples"]
        found = {
            "test_nll_curve": self.nll("test", images, samples, seed, step),
            "valid_nll": self.nll("valid", images, samples, seed, step),
        }
        for name, objective in self._objectives.items():
            found[name] = self.nll("test", images, 1, seed, step, objective)
        if final:
            images, samples = self._params["test_images"], self._params["test_samples"]
            found["test_nll"] = self.nll("test", images, samples, seed, step)
        return found

    def nll(
        self,
        split: str,
        images: int,
        samples: int,
        seed: int,
        step: int,
        log_likelihood: LogLikelihood | None = None,
    ) -> float:
        """Return −log-likelihood of the first `images` of a split, in nats, with m = `samples`."""
        rows = self._images[split][:images]
        chunk = max(1, min(len(rows), _ROWS // samples))
        log_p = self._function(log_likelihood or self._log_likelihood, samples, chunk)
        total = 0.0
        for first in range(0, len(rows), chunk):
            # Full chunks always, so that one trace serves; what is repeated is cut off.
            chosen = np.take(rows, range(first, first + chunk), axis=0, mode="wrap")
            key = rng.key(seed, step + first)
            found = log_p(tf.constant(chosen), key.seed, key.step)
            total += float(tf.reduce_sum(found[: len(rows) - first]))
        return -total / len(rows)

    def _function(self, log_likelihood: LogLikelihood, samples: int, chunk: int) -> Callable:
        signature = (log_likelihood, samples, chunk)
        if signature not in self._compiled:

            def log_p(images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
                return log_likelihood(tf.cast(images, tf.float32), Key(seed, step), samples)

            self._compiled[signature] = tf.function(log_p, autograph=False)
        return self._compiled[signature]


def _shuffled(images: np.ndarray) -> np.ndarray:
    """Return [n, 784] uint8 rows in one fixed random order, the same for every run."""
    rows = images.reshape(len(images), -1)
    return rows[rng.generator(0, "evaluation order").permutation(len(rows))]
