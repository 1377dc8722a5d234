"""Pre-training, fine-tuning and transfer: digits 0–4 first, then 5–9 from few examples.

784-100-100-5, ReLU, trained on one half of the digits with Adam. Its first two layers then start
a network for the other half, trained with plain gradient descent: all of it (fine-tuned), its last
layer alone (frozen), or everything from fresh weights (scratch), from the same seed.

Source: the lecture's part 5.
Departure: the lecture names no data; `inverted` shows the source in negative, a harder pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.optimisers import Adam
from saigen.papers.optimisation_lecture.digits import Digits, accuracy, cross_entropy

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

STARTS = ("scratch", "fine-tuned", "frozen")


class Half:
    """One half of the digits as a five-class problem: pixels in [0, 1], labels from 0."""

    def __init__(self, dataset: Dataset, split: str, first: int, inverted: bool = False) -> None:
        labels = dataset.labels(split)
        rows = (labels >= first) & (labels < first + 5)
        pixels = dataset.images(split)[rows].reshape(rows.sum(), -1).astype(np.float32) / 255.0
        self.images = 1.0 - pixels if inverted else pixels
        self.labels = (labels[rows] - first).astype(np.int32)


def train(params: Params, dataset: Dataset) -> Task:
    """Build the pre-training; its last evaluation trains on the other half, from each start.

    Metrics, each with start/n per class: accuracy on test images, early_loss: mean training loss
    of the first 50 steps.
    """
    source = Half(dataset, "train", 0, params["inverted"])
    target, test = Half(dataset, "train", 5), Half(dataset, "test", 5)
    images, labels = tf.constant(source.images), tf.constant(source.labels)
    network = Digits([784, 100, 100, 5], batch_norm=False)
    optimiser = Adam(network.weights, params["pretraining_rate"])
    tuned = Digits([784, 100, 100, 5], batch_norm=False)
    variables = {**network.weights, **optimiser.variables}

    def initial(seed: int) -> dict[str, tf.Tensor]:
        zeros = {name: tf.zeros_like(variable) for name, variable in variables.items()}
        return zeros | network.initial(seed, "he", 0.0)

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        with tf.GradientTape() as tape:
            logits, _ = network(tf.gather(images, batch))
            loss = cross_entropy(logits, tf.gather(labels, batch))
        optimiser.apply(tape.gradient(loss, network.weights))
        return {"loss": loss}

    matrix = tf.TensorSpec([None, 784], tf.float32)
    few = [matrix, tf.TensorSpec([None], tf.int32)]
    last = [name for name in tuned.weights if name.startswith("2/")]

    @tf.function(input_signature=[*few, tf.TensorSpec([], tf.float32)], autograph=False)
    def tune(x: tf.Tensor, y: tf.Tensor, below: tf.Tensor) -> tf.Tensor:
        """Train on all of x at each step, the layers below the last at `below` times the rate."""

        def body(count: tf.Tensor, losses: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                loss = cross_entropy(tuned(x)[0], y)
            for name, gradient in tape.gradient(loss, tuned.weights).items():
                share = 1.0 if name in last else below
                tuned.weights[name].assign_sub(params["rate"] * share * gradient)
            return count + 1, losses + tf.where(count < 50, loss, 0.0)

        steps = params["tuning_steps"]
        start = (tf.constant(0), tf.constant(0.0))
        return tf.while_loop(lambda count, losses: count < steps, body, start)[1] / min(50, steps)

    @tf.function(input_signature=few)
    def tested(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        return accuracy(tuned(x)[0], y)

    def evaluate(seed: int, step: int, final: bool) -> Mapping[str, float]:
        found = {}
        fresh = tuned.initial(seed + 10**6, "he", 0.0)
        for count in params["per_class"]:
            draws = rng.generator(seed, "few examples", count)
            rows = np.concatenate(
                [draws.choice(np.flatnonzero(target.labels == k), count, False) for k in range(5)]
            )
            x, y = tf.constant(target.images[rows]), tf.constant(target.labels[rows])
            for start in STARTS:
                for name, weight in tuned.weights.items():
                    copied = start != "scratch" and name not in last
                    weight.assign(network.weights[name] if copied else fresh[name])
                early = tune(x, y, tf.constant(0.0 if start == "frozen" else 1.0))
                found[f"early_loss/{start}/{count}"] = float(early)
                found[f"accuracy/{start}/{count}"] = float(tested(test.images, test.labels))
        return found

    return Task(
        variables=variables,
        initial=initial,
        step=step,
        metrics=("loss",),
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=len(source.labels),
        log_every=params["log_every"],
        evaluate=evaluate,
    )
