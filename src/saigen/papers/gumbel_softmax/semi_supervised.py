"""Semi-supervised classification: a digit's class is a latent variable, known for 100 images.

Source: Jang et al. 2017, section 4.3, table 2 and figure 5b.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.affine import variables_like
from saigen.nets.optimisers import Adam
from saigen.papers.gumbel_softmax.conv_vae import SIDE, ConvVae
from saigen.papers.gumbel_softmax.held_out import HeldOut
from saigen.papers.gumbel_softmax.m2 import M2, binarised
from saigen.papers.gumbel_softmax.schedules import temperature_at

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Rows of figure 5b: styles.
STYLES = 6


class Learner:
    """Weights, Adam and the step that raises M2's objective, wherever the images come from.

    Departure: the paper names no optimiser, learning rate or batch size; Adam at 1e-3 with 100
    unlabelled and 100 labelled images a step is ours.
    """

    metrics = ("loss", "labelled_bound", "unlabelled_bound", "label_log_prob")

    def __init__(self, params: Params, classes: int) -> None:
        self._params = params
        self.network = ConvVae(classes, params["width"], params["style"])
        self.model = M2(self.network, params["method"])
        self.weights = variables_like(self.network.initial(0))
        # Variables, so that runs which differ in them alone share one compilation.
        self.live = {
            name: tf.Variable(params[name], dtype=tf.float32, trainable=False)
            for name in ("alpha", "learning_rate")
        }
        self._optimiser = Adam(self.weights, self.live["learning_rate"])

    @property
    def variables(self) -> dict[str, tf.Variable]:
        return {**self.weights, **self._optimiser.variables}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the initial value of every variable; of the optimiser's, zeros."""
        weights = self.network.initial(seed)
        return {n: weights.get(n, tf.zeros_like(v)) for n, v in self.variables.items()}

    def step(self, unlabelled: tf.Tensor, labelled: tf.Tensor, y: tf.Tensor, key: Key) -> Metrics:
        """Take one step.

        Args:
          unlabelled, labelled: [batch, 28, 28, 1] uint8 grey images, binarised here afresh.
          y: [labelled batch] integer classes.
          key: where the step's draws come from.
        """
        with tf.GradientTape() as tape:
            found = self.model.objective(
                self.weights,
                binarised(unlabelled, key("binarise unlabelled")),
                binarised(labelled, key("binarise labelled")),
                tf.one_hot(y, self.network.classes),
                key,
                temperature_at(self._params, key.step),
                self.live["alpha"],
            )
            found["loss"] = -found.pop("objective")
        self._optimiser.apply(tape.gradient(found["loss"], self.weights))
        return found


def labelled_first(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Return every row of the training set once, `per_class` drawn from each class in front.

    The draw depends on the seed alone, so that all methods of a seed know the same labels.

    Returns:
      [examples] int64; the first classes · per_class rows keep their labels.
    """
    draw = rng.generator(seed, "labelled").choice
    classes = [np.flatnonzero(labels == found) for found in np.unique(labels)]
    known = np.concatenate([draw(rows, per_class, replace=False) for rows in classes])
    return np.concatenate([known, np.setdiff1d(np.arange(len(labels)), known)])


def analogies(learner: Learner, seed: int) -> Mapping[str, np.ndarray]:
    """Return figure 5b: `analogies` [6 styles, classes, 28, 28] float32, means of p(x | y, z).

    A row is one z from the prior, a column one class.
    """
    z = rng.normal(rng.key(seed)("analogies"), [STYLES, 1, learner.network.style])
    z = tf.tile(z, [1, learner.network.classes, 1])
    y = tf.eye(learner.network.classes)[tf.newaxis]
    means = tf.sigmoid(learner.network.pixel_logits(learner.weights, y, z))
    return {"analogies": tf.reshape(means, [STYLES, -1, SIDE, SIDE]).numpy()}


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one semi-supervised VAE. Metrics as HeldOut has them.

    Every step sees all labelled images and a batch of the others, both binarised afresh.
    """
    images = tf.constant(dataset.images("train"))
    labels = dataset.labels("train")
    learner = Learner(params, len(dataset.facts["classes"]))
    known = params["labelled_per_class"] * learner.network.classes
    # Part of the state, since which labels are known differs between the seeds of one task.
    order = tf.Variable(labelled_first(labels, params["labelled_per_class"], 0), trainable=False)
    label_of = tf.constant(labels, tf.int32)

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        rows = order[:known]
        unlabelled = tf.gather(images, tf.gather(order, known + batch))
        return learner.step(unlabelled, tf.gather(images, rows), tf.gather(label_of, rows), key)

    def initial(seed: int) -> dict[str, tf.Tensor]:
        rows = labelled_first(labels, params["labelled_per_class"], seed)
        return {**learner.initial(seed), "labelled first": tf.constant(rows)}

    return Task(
        variables={**learner.variables, "labelled first": order},
        initial=initial,
        step=step,
        metrics=learner.metrics,
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=len(labels) - known,
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=HeldOut(params, dataset, learner.model, learner.weights),
        samples=lambda seed: analogies(learner, seed),
        live=learner.live,
    )
