"""A task that learns nothing: its steps draw, its state is sums over the draws so far."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from saigen.engine.task import Params, Task


def summing_task(sums: Mapping[str, tf.Variable], params: Params, **parts: Any) -> Task:
    """Return a task of `params["steps"]` steps in one call, whose sums begin at zero.

    Args:
      sums: the state, by name; float64 where many terms are added.
      params: the run's settings.
      parts: what else a Task takes: `step`, `metrics`, `evaluate`, …
    """

    def zeros(seed: int) -> dict[str, tf.Tensor]:
        return {name: tf.zeros_like(variable) for name, variable in sums.items()}

    steps = params["steps"]
    return Task(variables=sums, initial=zeros, steps=steps, log_every=steps, **parts)
