"""A network that grows: which layers have their turn, and that both ways end as one network."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine.rng import key
from saigen.papers.optimisation_lecture import growing
from saigen.papers.optimisation_lecture.growing import Growing

PARAMS = {
    "inserted": True, "width": 4, "depth": 3, "learning_rate": 0.5, "batch_size": 6,
    "stage_steps": 2, "steps": 6, "log_every": 6, "evaluate_every": 2,
}  # fmt: skip


class Few:
    """Twelve images of three by three pixels."""

    def images(self, split):
        return np.random.default_rng(0).integers(0, 256, [12, 3, 3, 1]).astype(np.uint8)

    def labels(self, split):
        return np.arange(12) % 10


def begun(**changes):
    task = growing.train({**PARAMS, **changes}, Few())
    for name, value in task.initial(0).items():
        task.variables[name].assign(value)
    return task


def moved(task, step):
    """Return the layers that a step moves."""
    before = {name: value.numpy() for name, value in task.variables.items()}
    tf.function(lambda: task.step(tf.range(6), key(0, step)), autograph=False)()
    return {
        name.partition("/")[0]
        for name, value in task.variables.items()
        if not np.array_equal(before[name], value.numpy())
    }


@pytest.mark.parametrize("step", range(8))
def test_a_layer_is_inserted_when_a_stage_ends(step):
    depth = min(step // 2, 2) + 1
    layers = {f"hidden{k}" for k in range(1, depth + 1)} | {f"out{depth}"}
    assert moved(begun(), step) == layers


def test_at_once_trains_the_deep_network_from_the_first_step():
    assert moved(begun(inserted=False), 0) == {"hidden1", "hidden2", "hidden3", "out3"}


def test_a_look_is_at_the_network_of_the_stage_that_ended():
    task, alone = begun(), Growing(9, 4, 3)
    for name, weight in alone.weights.items():
        weight.assign(task.variables[name])
    x = tf.cast(Few().images("test").reshape(12, 9), tf.float32) / 255.0
    for step, depth in ((2, 1), (3, 2), (4, 2), (6, 3)):
        right = tf.argmax(alone(x, depth), -1).numpy() == Few().labels("test")
        assert task.evaluate(0, step, False)["test_accuracy"] == pytest.approx(right.mean())


def test_the_first_weights_are_xaviers():
    network = Growing(784, 100, 2)
    weights = network.initial(1)
    assert float(tf.math.reduce_std(weights["hidden1/W"])) == pytest.approx(
        (2 / 884) ** 0.5, rel=0.02
    )
    assert not tf.reduce_any(weights["hidden1/b"] != 0.0)
