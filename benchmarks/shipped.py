"""Saigen's side of a workload: a task in the engine's compiled loop, and what its steps draw."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.batches import batch_indices
from saigen.engine.rng import Key
from saigen.engine.task import Task

SEED = 0

#: What a step draws, by the name that the other side asks for it.
Drawn = Mapping[str, Any]


class Shipped:
    """A training at the first weights of seed 0.

    Args:
      task: the training.
      metric: the metric that both sides tell.
      draws: key of a step → its draws, in the step's own order of use where a name repeats.
    """

    def __init__(self, task: Task, metric: str, draws: Callable[[Key], Drawn]) -> None:
        self._task, self._metric, self._draws = task, task.metrics.index(metric), draws
        self._number = 0
        for name, value in task.initial(SEED).items():
            task.variables[name].assign(value)

    def step(self, count: int = 1) -> float:
        """Take steps in one compiled call; return the mean of the metric."""
        means, _ = self._task.take(SEED, self._number, count)
        self._number += count
        return means[self._metric]

    def compile_with_xla(self) -> None:
        """Have XLA compile the loop; before its first step."""
        self._task.xla = True

    def weights(self) -> dict[str, np.ndarray]:
        """Return every variable as it stands, by name."""
        return {name: variable.numpy() for name, variable in self._task.variables.items()}

    def draws(self) -> dict[str, np.ndarray]:
        """Return what the next step is going to draw."""
        task, found = self._task, dict(self._draws(rng.key(SEED, self._number)))
        if task.batch_size:
            at = SEED, self._number, 1, task.batch_size, task.examples
            found["rows"] = batch_indices(*at)[0]
        return {name: np.asarray(value) for name, value in found.items()}


class Called:
    """What is no training: a function that computes a number, with the weights it reads.

    Args:
      function: what is timed.
      weights: by name.
      draws: what every call draws.
    """

    def __init__(
        self,
        function: Callable[[], float],
        weights: Mapping[str, Any],
        draws: Callable[[], Drawn] = dict,
    ) -> None:
        self._function, self._weights, self._draws = function, weights, draws

    def step(self, count: int = 1) -> float:
        """Call it so often; return the last number."""
        found = [self._function() for _ in range(count)]
        return found[-1]

    def weights(self) -> dict[str, np.ndarray]:
        """Return what it reads, by name."""
        return {name: np.asarray(value) for name, value in self._weights.items()}

    def draws(self) -> dict[str, np.ndarray]:
        """Return what every call draws."""
        return {name: np.asarray(value) for name, value in self._draws().items()}


def plain_task(
    step: Callable[[tf.Tensor, Key], Any],
    variables: Mapping[str, tf.Variable],
    initial: Callable[[int], Any],
    metrics: tuple[str, ...],
    batch: int,
    examples: int,
) -> Task:
    """Return a task that is only ever stepped."""
    return Task(
        variables=variables,
        initial=initial,
        step=step,
        metrics=metrics,
        steps=1_000_000,
        batch_size=batch,
        examples=examples,
    )


class Noise:
    """A dataset of random images, as much of one as the trainers ask for.

    Args:
      images: [example, height, width, channel] uint8, the training images and all others.
      labels: [example] in 0..9.
    """

    name, digest, arrays = "noise", "noise", {}
    facts = {"classes": [str(number) for number in range(10)]}
    splits = ("train", "test")

    def __init__(self, images: np.ndarray, labels: np.ndarray | None = None) -> None:
        self._images = images
        self._labels = np.arange(len(images)) % 10 if labels is None else labels

    def images(self, split: str) -> np.ndarray:
        """Return the images, whatever the split."""
        return self._images

    def labels(self, split: str) -> np.ndarray:
        """Return the labels, whatever the split."""
        return self._labels
