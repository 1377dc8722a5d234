"""How far lines are from a text that know less of it than its n-grams: what a model must beat.

Lines of symbols drawn one by one, all alike (`uniform`) or as often as in the text (`unigram`), are
judged as a language model's samples are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task
from saigen.metrics.ngrams import NGrams
from saigen.papers.wgan_gp.language import GRAMS, encoded, lines_of, vocabulary

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def train(params: Params, dataset: Dataset) -> Task:
    """Build the measurement; its metrics are js/<n>, in bits, as `LanguageGan.evaluate` has them.

    Args:
      params: `knows` (`uniform` or `unigram`), and length, sentences, symbols and test_samples as
        the language model has them.
      dataset: a text.
    """
    lines = lines_of(dataset.text("train"), params["length"], params["sentences"])
    symbols = vocabulary(lines, params["symbols"])
    codes = encoded(lines, symbols)
    truth = {n: NGrams(codes, n) for n in GRAMS}
    counts = np.bincount(codes.ravel(), minlength=len(symbols)).astype(np.float64)
    if params["knows"] == "uniform":
        counts = np.ones_like(counts)

    def measure(seed: int) -> Measured:
        shape = (params["test_samples"], params["length"])
        drawn = rng.generator(seed, "lines").choice(len(symbols), shape, p=counts / counts.sum())
        found = {f"js/{n}": NGrams(drawn, n).divergence(truth[n]) for n in GRAMS}
        return found, {}

    return measuring_task(measure)
