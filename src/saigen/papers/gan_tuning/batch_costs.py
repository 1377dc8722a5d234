"""What a batch size costs: images a second, and memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from saigen.engine.task import Params, Task
from saigen.engine.timing import peak_memory_mb, timed
from saigen.papers.gan_tuning import training

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def train(params: Params, dataset: Dataset) -> Task:
    """Build a task whose evaluation is the measurement; alone in its process.

    Metrics: those of `saigen.engine.timing.measure`; images_per_second, by the wall clock; and
    memory_mb, the most that the process held: what it takes without a batch is in every number.
    """
    task = timed(training.train(params, dataset), params["repeats"])
    clock = task.evaluate

    def measured(seed: int, step: int, final: bool) -> Mapping[str, float]:
        found = clock(seed, step, final)
        images = params["batch_size"] / found["seconds_per_step"]
        return {**found, "images_per_second": images, "memory_mb": peak_memory_mb()}

    task.evaluate = measured
    return task
