"""The networks of the paper under settings it does not report, or reports without figures.

Nothing is computed differently here. The temperature's schedule is held in variables, so that
the many runs which differ in it alone share one compilation.

Source: Jang et al. 2017, section 4: temperature schedules in 4.1 and 4.2, "variance normalization
was necessary" in 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine.task import Task
from saigen.papers.gumbel_softmax import sbn, vae
from saigen.papers.gumbel_softmax.training import Params

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

SCHEDULE = ("temperature", "temperature_rate", "temperature_floor")


def train_sbn(params: Params, dataset: Dataset) -> Task:
    """Build the training of one network for structured prediction."""
    return with_live_schedule(sbn.train, params, dataset)


def train_vae(params: Params, dataset: Dataset) -> Task:
    """Build the training of one variational autoencoder."""
    return with_live_schedule(vae.train, params, dataset)


def with_live_schedule(
    train: Callable[[Params, Dataset], Task], params: Params, dataset: Dataset
) -> Task:
    """Build a training whose temperature schedule can change without a new trace."""
    live = {name: tf.Variable(params[name], trainable=False) for name in SCHEDULE}
    task = train({**params, **live}, dataset)
    return replace(task, live={**task.live, **live})
