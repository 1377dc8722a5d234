"""A deep network on digits, to compare optimisers, first weights, and batch normalisation in.

784 inputs, hidden layers of ReLU units, ten classes, cross-entropy.

Source: the lecture's second exercise and parts 2 and 5; the network is that of Saitō 2016,
chapter 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.optimisation_lecture.rules import lecture_optimiser

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Under the root of batch normalisation.
EPSILON = 1e-7
#: Standard deviation of a layer's first weights from (inputs, outputs, what the run says).
DEVIATIONS = {
    "he": lambda n1, n2, given: (2.0 / n1) ** 0.5,
    "xavier": lambda n1, n2, given: (2.0 / (n1 + n2)) ** 0.5,
    "zeros": lambda n1, n2, given: 0.0,
    "normal": lambda n1, n2, given: given,
}
Statistics = list[tuple[tf.Tensor, tf.Tensor]]


class Digits:
    """The network: its weights by name, and its pass.

    Args:
      widths: units of every layer, the inputs and the classes included.
      batch_norm: normalise every hidden layer before its ReLU.
    """

    def __init__(self, widths: list[int], batch_norm: bool) -> None:
        self._widths, self._batch_norm = widths, batch_norm
        shapes: dict[str, list[int]] = {}
        for layer, (ins, outs) in enumerate(pairwise(widths)):
            shapes[f"{layer}/W"], shapes[f"{layer}/b"] = [ins, outs], [outs]
            if batch_norm and layer < len(widths) - 2:
                shapes[f"{layer}/scale"] = [outs]
        self.weights = {name: tf.Variable(tf.zeros(shape)) for name, shape in shapes.items()}

    def initial(self, seed: int, kind: str, deviation: float) -> dict[str, tf.Tensor]:
        """Return normal weights of the deviation that `kind` says, zero biases, scales of one."""
        key, found = rng.key(seed), {}
        for name, weight in self.weights.items():
            if name.endswith("/W"):
                sd = DEVIATIONS[kind](*weight.shape, deviation)
                found[name] = sd * rng.normal(key(f"initial {name}"), weight.shape.as_list())
            else:
                found[name] = tf.fill(weight.shape, 1.0 if name.endswith("/scale") else 0.0)
        return found

    def __call__(
        self, x: tf.Tensor, given: Statistics | None = None
    ) -> tuple[tf.Tensor, Statistics]:
        """Return logits [batch, 10] for x [batch, 784] in [0, 1], and the means and variances.

        Args:
          given: statistics to normalise by; the batch's own by default.
        """
        statistics: Statistics = []
        for layer in range(len(self._widths) - 1):
            x = x @ self.weights[f"{layer}/W"]
            if layer == len(self._widths) - 2:
                return x + self.weights[f"{layer}/b"], statistics
            if self._batch_norm:
                mean, variance = tf.nn.moments(x, [0]) if given is None else given[layer]
                statistics.append((mean, variance))
                x = (x - mean) * tf.math.rsqrt(variance + EPSILON) * self.weights[f"{layer}/scale"]
            x = tf.nn.relu(x + self.weights[f"{layer}/b"])
        raise AssertionError("a network has a last layer")


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one network.

    Metrics: loss (nats, mean over the logged steps); test_loss, test_accuracy, train_accuracy
    (on the first 1000 training images). Batch statistics of evaluations are those of these.
    """
    examples = params["examples"] or len(dataset.labels("train"))
    images, labels = flat(dataset, "train", examples)
    test_images, test_labels = flat(dataset, "test", None)
    network = Digits([784, *params["hidden"], 10], params["batch_norm"])
    live = {n: tf.Variable(params[n], trainable=False) for n in ("learning_rate", "momentum")}
    sizes = {name: params[name] for name in ("initial", "deviation")}
    optimiser = lecture_optimiser(params["optimiser"], network.weights, *live.values())
    variables = {**network.weights, **optimiser.variables}

    def initial(seed: int) -> dict[str, tf.Tensor]:
        zeros = {name: tf.zeros_like(variable) for name, variable in variables.items()}
        return zeros | network.initial(seed, sizes["initial"], sizes["deviation"])

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        with tf.GradientTape() as tape:
            logits, _ = network(scaled(tf.gather(images, batch)))
            loss = cross_entropy(logits, tf.gather(labels, batch))
        optimiser.apply(tape.gradient(loss, network.weights))
        return {"loss": loss}

    @tf.function
    def evaluation() -> Metrics:
        seen, statistics = network(scaled(images[:1000]))
        unseen, _ = network(scaled(test_images), statistics or None)
        return {
            "train_accuracy": accuracy(seen, labels[:1000]),
            "test_accuracy": accuracy(unseen, test_labels),
            "test_loss": cross_entropy(unseen, test_labels),
        }

    def evaluate(seed: int, step: int, final: bool) -> Mapping[str, float]:
        return {name: float(value) for name, value in evaluation().items()}

    return Task(
        variables=variables,
        initial=initial,
        step=step,
        metrics=("loss",),
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=examples,
        log_every=params["log_every"],
        evaluate=evaluate,
        live=live,
        sizes=sizes,
    )


def flat(dataset: Dataset, split: str, count: int | None) -> tuple[tf.Tensor, tf.Tensor]:
    """Return a split's first images [image, pixel] uint8 and labels [image] int32."""
    images, labels = dataset.images(split)[:count], dataset.labels(split)[:count]
    return tf.constant(images.reshape(len(images), -1)), tf.constant(labels.astype(np.int32))


def scaled(images: tf.Tensor) -> tf.Tensor:
    """Return pixels in [0, 1], float32."""
    return tf.cast(images, tf.float32) / 255.0


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Return the mean of −log p(label) in nats."""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(losses)


def accuracy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Return the share of images whose largest logit is the label's."""
    right = tf.argmax(logits, -1, tf.int32) == labels
    return tf.reduce_mean(tf.cast(right, tf.float32))
