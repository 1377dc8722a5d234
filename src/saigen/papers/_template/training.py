"""Softmax regression: p(y | x) = softmax(x W + b), trained by gradient descent.

Source: section 1, equation 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Task
from saigen.nets.optimisers import Momentum

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def train(params: Mapping[str, Any], dataset: Dataset) -> Task:
    """Build the training of one variant.

    Args:
      params: the effective settings of a run, as paper.yaml and the user have them.
      dataset: grey digits with labels.

    Metrics: loss (nats, training), test_error (%).
    """
    train_images, train_labels = _flat(dataset, "train")
    test_images, test_labels = _flat(dataset, "test")
    weights = {
        "W": tf.Variable(tf.zeros([train_images.shape[1], 10])),
        "b": tf.Variable(tf.zeros([10])),
    }
    optimiser = Momentum(weights, params["learning_rate"], momentum=0.0)

    def logits(images: tf.Tensor) -> tf.Tensor:
        return (tf.cast(images, tf.float32) / 255.0) @ weights["W"] + weights["b"]

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        # Every random draw would be `rng.normal(key("what for"), shape)`; here there is none.
        labels = tf.gather(train_labels, batch)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=labels, logits=logits(tf.gather(train_images, batch))
            )
            loss = tf.reduce_mean(losses)
        optimiser.apply(tape.gradient(loss, weights))
        return {"loss": loss}

    @tf.function
    def test_error() -> tf.Tensor:
        wrong = tf.argmax(logits(test_images), -1) != test_labels
        return 100.0 * tf.reduce_mean(tf.cast(wrong, tf.float32))

    variables = {**weights, **optimiser.variables}
    return Task(
        variables=variables,
        initial=lambda seed: {name: tf.zeros_like(value) for name, value in variables.items()},
        step=step,
        metrics=("loss",),
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=len(train_labels),
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=lambda seed, step, final: {"test_error": float(test_error())},
    )


def _flat(dataset: Dataset, split: str) -> tuple[tf.Tensor, np.ndarray]:
    images = dataset.images(split)
    return tf.constant(images.reshape(len(images), -1)), dataset.labels(split)
