"""A task that trains nothing: what it measures is computed on the host, at its only evaluation.

No checkpoint holds the arrays: a process that goes on from one measures again.
"""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from saigen.engine.task import Task

Arrays = Mapping[str, np.ndarray]
Measured = tuple[dict[str, float], Arrays]


def measuring_task(measure: Callable[[int], Measured]) -> Task:
    """Return a task whose evaluation is `measure(seed)`.

    Args:
      measure: seed → metrics, and arrays worth seeing.
    """
    shown: dict[int, Arrays] = {}

    def evaluate(seed: int, step: int, final: bool) -> Mapping[str, float]:
        shown.clear()
        found, shown[seed] = measure(seed)
        return found

    def samples(seed: int) -> Arrays:
        if seed not in shown:
            evaluate(seed, 1, final=True)
        return shown[seed]

    return Task(
        variables={},
        initial=lambda seed: {},
        step=lambda batch, key: {"measured": tf.constant(1.0)},
        metrics=("measured",),
        steps=1,
        log_every=1,
        evaluate=evaluate,
        samples=samples,
    )
