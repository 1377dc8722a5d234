"""Seconds of a generator iteration by each method of figure 3, on the same networks.

Figure 3 has a clock below its right panel. Scores over seconds are made of scores over iterations
and of these times, which are measured where nothing else runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from saigen.engine.task import Params, Task
from saigen.engine.timing import measure
from saigen.papers.wgan_gp import image_gan

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def train(params: Params, dataset: Dataset) -> Task:
    """Build a task whose training is the warm-up, and whose evaluation is the measurement."""
    task = image_gan.train(params, dataset)
    return replace(
        task,
        # A warm-up call has the shape of a timed one, so nothing is traced while the clock runs.
        log_every=params["steps"],
        evaluate_every=0,
        evaluate=lambda seed, step, final: measure(task, seed, params["repeats"]),
        samples=lambda seed: {},
    )
