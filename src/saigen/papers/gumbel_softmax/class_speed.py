"""The speed of a training step against the number of classes, marginalised and sampled.

Source: Jang et al. 2017, figure 5a: the model of section 4.3 on images with random labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.engine.timing import measure
from saigen.papers.gumbel_softmax.semi_supervised import Learner

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def speed(task: Task, seed: int, repeats: int) -> Mapping[str, float]:
    """Return steps_per_second by the wall clock, and cpu_seconds_per_step over all threads."""
    found = measure(task, seed, repeats)
    cpu = found["cpu_seconds_per_step"]
    return {"steps_per_second": 1.0 / found["seconds_per_step"], "cpu_seconds_per_step": cpu}


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
    task.evaluate = lambda seed, step, final: speed(task, seed, params["repeats"])
    return task
