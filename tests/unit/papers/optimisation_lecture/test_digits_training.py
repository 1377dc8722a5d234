"""Trainings on a few digits: transfer against NumPy, steps and evaluations against their parts."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine.rng import key
from saigen.papers.optimisation_lecture import digits, transfer
from saigen.papers.optimisation_lecture.digits import Digits
from saigen.papers.optimisation_lecture.transfer import Half

COUNT, RATE, STEPS = 2, 0.05, 60
TRANSFER = {
    "inverted": False, "per_class": [COUNT], "pretraining_rate": 0.01, "rate": RATE,
    "tuning_steps": STEPS, "batch_size": 5, "steps": 2, "log_every": 1,
}  # fmt: skip
DIGITS = {
    "optimiser": "sgd", "learning_rate": 0.1, "momentum": 0.9, "initial": "he", "deviation": 0.01,
    "hidden": [7], "batch_norm": True, "examples": 0, "batch_size": 5, "steps": 2, "log_every": 1,
}  # fmt: skip


class Few:
    """As many of every class as are drawn, so that a draw has them all."""

    def images(self, split):
        draws = np.random.default_rng({"train": 0, "test": 1}[split])
        levels = {"train": 256, "test": 128}[split]  # other statistics, too
        return draws.integers(0, levels, [10 * COUNT, 28, 28, 1]).astype(np.uint8)

    def labels(self, split):
        return np.arange(10 * COUNT) % 10


def begun(train, **params):
    task = train(params, Few())
    for name, value in task.initial(0).items():
        task.variables[name].assign(value)
    return task


@pytest.fixture(scope="module")
def task():
    return begun(transfer.train, **TRANSFER)


def layer(weights, number):
    return [np.asarray(weights[f"{number}/{kind}"], np.float64) for kind in ("W", "b")]


def hidden(weights, x):
    """The second hidden layer of ReLUs."""
    for number in range(2):
        kernel, bias = layer(weights, number)
        x = np.maximum(x @ kernel + bias, 0.0)
    return x


def last_layer_alone(below, x, y, x_test, y_test):
    """Return the mean loss of the first 50 steps of the last layer, and its accuracy after all."""
    kernel, bias = layer(Digits([784, 100, 100, 5], False).initial(10**6, "he", 0.0), 2)
    x, losses = hidden(below, x), []
    for _ in range(STEPS):
        p = np.exp(x @ kernel + bias)
        p /= p.sum(1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(y)), y]).mean())
        slope = (p - np.eye(5)[y]) / len(y)
        kernel, bias = kernel - RATE * x.T @ slope, bias - RATE * slope.sum(0)
    scores = hidden(below, x_test) @ kernel + bias
    return np.mean(losses[:50]), np.mean(scores.argmax(1) == y_test)


def test_frozen_layers_are_those_of_the_source_and_the_last_descends_alone(task):
    target, test = Half(Few(), "train", 5), Half(Few(), "test", 5)
    early, accuracy = last_layer_alone(
        task.variables, target.images, target.labels, test.images, test.labels
    )
    found = task.evaluate(0, 0, True)
    assert found[f"early_loss/frozen/{COUNT}"] == pytest.approx(early, rel=1e-4)
    assert found[f"accuracy/frozen/{COUNT}"] == pytest.approx(accuracy)
    # All layers learn faster than the last alone.
    assert found[f"early_loss/fine-tuned/{COUNT}"] < 0.9 * early


def test_scratch_knows_nothing_of_the_source(task):
    names = [f"early_loss/{start}/{COUNT}" for start in transfer.STARTS]
    before = task.evaluate(0, 0, True)
    kernel = task.variables["0/W"]
    first = kernel.numpy()
    kernel.assign(2.0 * first)
    after = task.evaluate(0, 0, True)
    np.testing.assert_array_equal(kernel, 2.0 * first)  # the source itself is left as it is
    kernel.assign(first)
    assert [before[name] == after[name] for name in names] == [True, False, False]


def test_the_source_is_the_first_half_and_may_be_in_negative():
    labels, pixels = Few().labels("train"), Few().images("train").reshape(-1, 784) / 255.0
    for inverted in (False, True):
        task = begun(transfer.train, **{**TRANSFER, "inverted": inverted})
        network = Digits([784, 100, 100, 5], False)
        for name, weight in network.weights.items():
            weight.assign(task.variables[name])
        mine = labels < 5
        x = 1.0 - pixels[mine] if inverted else pixels[mine]
        logits, _ = network(tf.constant(x, tf.float32))
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[mine], logits).numpy()
        rows = [7, 0, 3]
        found = task.step(tf.constant(rows), key(0))
        assert float(found["loss"]) == pytest.approx(losses[rows].mean(), rel=1e-5)
        assert task.examples == len(losses)


def test_digits_are_judged_by_the_statistics_of_the_training_images():
    task = begun(digits.train, **DIGITS)
    network = Digits([784, 7, 10], True)
    for name, weight in network.weights.items():
        weight.assign(task.variables[name])
    x = {s: tf.constant(Few().images(s).reshape(-1, 784) / 255.0, tf.float32)
         for s in ("train", "test")}  # fmt: skip
    seen, statistics = network(x["train"])
    unseen, _ = network(x["test"], statistics)
    labels = Few().labels("test")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, unseen).numpy()
    found = task.evaluate(0, 0, True)
    assert found["test_loss"] == pytest.approx(losses.mean(), rel=1e-4)
    for name, logits in (("train", seen), ("test", unseen)):
        right = logits.numpy().argmax(1) == labels
        assert found[f"{name}_accuracy"] == pytest.approx(right.mean())


def test_a_step_on_digits_descends_on_its_own_rows():
    task = begun(digits.train, **{**DIGITS, "batch_norm": False, "examples": 12})
    network = Digits([784, 7, 10], False)
    for name, weight in network.weights.items():
        weight.assign(task.variables[name])
    rows = [11, 4, 8]
    x = tf.constant(Few().images("train")[rows].reshape(-1, 784) / 255.0, tf.float32)
    with tf.GradientTape() as tape:
        labels = Few().labels("train")[rows]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, network(x)[0])
        loss = tf.reduce_mean(losses)
    slopes = tape.gradient(loss, network.weights)
    found = task.step(tf.constant(rows), key(0))
    assert float(found["loss"]) == pytest.approx(float(loss), rel=1e-5)
    for name, weight in network.weights.items():
        expected = weight - 0.1 * slopes[name]
        np.testing.assert_allclose(task.variables[name], expected, rtol=1e-4, atol=1e-6)
    assert task.examples == 12
