"""Greedy supervised pre-training: a shallow network, into which a layer after a layer is inserted.

Digits by a deep network of sigmoid units. `inserted` begins with one hidden layer; whenever a stage
ends, a fresh hidden layer and fresh outputs come after the layers trained so far, and all go on
training. `at once` trains the whole network from its first step. Both take as many updates.

Source: the lecture's part 5.
Departure: it names no sizes; these, and plain gradient descent, were chosen before the runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.first_order import SGD
from saigen.papers.optimisation_lecture.digits import accuracy, cross_entropy, flat, scaled

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


class Growing:
    """Hidden layers of sigmoid units, and an output layer for every depth.

    Args:
      inputs: how many numbers an image has.
      width: units of a hidden layer.
      depth: hidden layers in the end.
    """

    def __init__(self, inputs: int, width: int, depth: int) -> None:
        self.depth = depth
        shapes = {f"hidden{k}": [width if k > 1 else inputs, width] for k in self.depths}
        shapes |= {f"out{k}": [width, 10] for k in self.depths}
        self.weights = {}
        for name, shape in shapes.items():
            self.weights[f"{name}/W"] = tf.Variable(tf.zeros(shape))
            self.weights[f"{name}/b"] = tf.Variable(tf.zeros(shape[1:]))

    @property
    def depths(self) -> range:
        """1 to the depth in the end."""
        return range(1, self.depth + 1)

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return Xavier's normal weights and zero biases, by name."""
        key, found = rng.key(seed), {}
        for name, weight in self.weights.items():
            shape = weight.shape.as_list()
            sd = (2.0 / sum(shape)) ** 0.5 if name.endswith("/W") else 0.0
            found[name] = sd * rng.normal(key(f"initial {name}"), shape)
        return found

    def __call__(self, x: tf.Tensor, hidden: int) -> tf.Tensor:
        """Return logits [batch, 10] of the network with so many hidden layers."""
        names = [f"hidden{k}" for k in range(1, hidden + 1)]
        for name in names:
            x = tf.sigmoid(x @ self.weights[f"{name}/W"] + self.weights[f"{name}/b"])
        return x @ self.weights[f"out{hidden}/W"] + self.weights[f"out{hidden}/b"]


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one network, `inserted` or not.

    Metrics: loss (nats, mean over the logged steps, of the network as deep as it is); and of the
    network as deep as it is, train_loss (on the first 1000 training images), test_accuracy.
    """
    images, labels = flat(dataset, "train", None)
    test_images, test_labels = flat(dataset, "test", None)
    network = Growing(images.shape[1], params["width"], params["depth"])
    optimiser = SGD(network.weights, tf.Variable(params["learning_rate"], trainable=False))

    def at_depth(done: tf.Tensor, work: Callable[[int], Any]) -> Any:
        """Return work(hidden layers) for the network as it is after so many steps."""
        if not params["inserted"]:
            return work(network.depth)
        stage = tf.minimum(done // params["stage_steps"], network.depth - 1)
        return tf.switch_case(stage, [partial(work, hidden) for hidden in network.depths])

    def step(batch: tf.Tensor, key: Key) -> Metrics:
        x, y = scaled(tf.gather(images, batch)), tf.gather(labels, batch)
        with tf.GradientTape() as tape:
            loss = at_depth(key.step, lambda hidden: cross_entropy(network(x, hidden), y))
        slopes = tape.gradient(loss, network.weights, unconnected_gradients="zero")
        optimiser.apply(slopes)
        return {"loss": loss}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)], autograph=False)
    def evaluation(done: tf.Tensor) -> Metrics:
        def of(hidden: int) -> Metrics:
            seen = network(scaled(images[:1000]), hidden)
            unseen = network(scaled(test_images), hidden)
            return {
                "train_loss": cross_entropy(seen, labels[:1000]),
                "test_accuracy": accuracy(unseen, test_labels),
            }

        return at_depth(done, of)

    def evaluate(seed: int, step: int, final: bool) -> Mapping[str, float]:
        # After a stage's last step it is that stage's network, not the next one's.
        return {name: float(value) for name, value in evaluation(tf.constant(step - 1)).items()}

    return Task(
        variables={**network.weights, **optimiser.variables},
        initial=network.initial,
        step=step,
        metrics=("loss",),
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=len(labels),
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=evaluate,
    )
