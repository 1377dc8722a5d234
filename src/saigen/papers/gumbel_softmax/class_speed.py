"""The speed of a training step against the number of classes, marginalised and sampled.

Source: Jang et al. 2017, figure 5a: the model of section 4.3 on images with random labels.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.gumbel_softmax.semi_supervised import Learner

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def measure(task: Task, seed: int, repeats: int) -> Mapping[str, float]:
    """Time the engine's own compiled loop, already warm, `repeats` calls of `log_every` steps.

    Returns:
      steps_per_second: by the wall clock, median over the calls.
      cpu_seconds_per_step: over all threads of this process, median over the calls; on a machine
        that does other work too, the steadier of the two.
    """
    wall, cpu = [], []
    for repeat in range(1, repeats + 1):
        steps = task.log_every
        wall_before, cpu_before = time.perf_counter(), time.process_time()
        task.take(seed, repeat * steps, steps)
        wall.append((time.perf_counter() - wall_before) / steps)
        cpu.append((time.process_time() - cpu_before) / steps)
    return {"steps_per_second": 1.0 / median(wall), "cpu_seconds_per_step": median(cpu)}


def train(params: Params, dataset: Dataset) -> Task:
    """Build a task whose training is the warm-up, and whose evaluation is the measurement.

    A step is the whole step of the semi-supervised model: a batch without labels, and as many
    images with labels drawn from `classes` afresh.
    """
    images = tf.constant(dataset.images("train"))
    batch_size, classes = params["batch_size"], params["classes"]
    learner = Learner(params, classes)

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        found = tf.gather(images, batch)
        labels = rng.uniform(key("random labels"), [batch_size]) * classes
        return learner.step(found[:batch_size], found[batch_size:], tf.cast(labels, tf.int32), key)

    task = Task(
        variables=learner.variables,
        initial=learner.initial,
        step=step,
        metrics=learner.metrics,
        steps=params["steps"],
        batch_size=2 * batch_size,
        examples=images.shape[0],
        # A warm-up call has the shape of a timed one, so nothing is traced while the clock runs.
        log_every=params["steps"],
    )
    task.evaluate = lambda seed, step, final: measure(task, seed, params["repeats"])
    return task
