"""The training of one machine by one method: what the experiments of paper.yaml name.

Source: Taniguchi et al. 2023, experiments on MNIST and Fashion-MNIST (slides 25 and 26).
Departure: a batch is drawn without replacement within an epoch; the program draws with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.dbm.evaluation import Evaluation, sizes_in
from saigen.papers.dbm.learner import METRICS, Learner
from saigen.papers.dbm.pixels import Pixels

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def prepared(params: Params, dataset: Dataset) -> tuple[Task, Evaluation]:
    """Return the training and its evaluation, for those who ask for more."""
    pixels = Pixels(dataset, params["bits"])
    units = pixels.units("train")
    learner = Learner(params, units.shape[1], units.mean(0))
    sizes = sizes_in(params)
    evaluation = Evaluation(sizes, learner, pixels, params["inception"])
    images = tf.constant(units)

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        return learner.step(tf.cast(tf.gather(images, batch), tf.float32), key)

    task = Task(
        variables=learner.variables,
        initial=learner.initial,
        step=step,
        metrics=METRICS,
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=len(units),
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=evaluation,
        samples=evaluation.samples,
        live=learner.live,
        sizes=sizes,
    )
    return task, evaluation


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one machine.

    Metrics: sweeps, meeting times and products as `Phase` has them, along the steps; Fréchet
    distances (a unit of the classifier), unique modes (a share), search sweeps, reconstruction
    error (share of units), log-likelihood and log Z (nats), as `Evaluation` has them; and what
    they are held against: fd_floor, fd_means, fd_noise and log_likelihood_of_means. Of a run by
    local modes also accepted, smallest_gap (nats) and longest_search (sweeps), by phase. With
    `inception` also fid_sample, the distance of the last samples by Inception.
    """
    task, _ = prepared(params, dataset)
    return task
