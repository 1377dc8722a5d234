"""A step that changes a variable without a name is caught before it can leak."""

from dataclasses import replace

import pytest
import tensorflow as tf
from toy import Toy

from saigen.engine.loop import fit
from saigen.errors import SaigenError


@pytest.fixture
def run(tmp_path):
    """Train a task with seed 0 in a folder of its own."""
    return lambda task: fit(task, 0, tmp_path, {}, lambda line: None)


def test_a_variable_that_a_step_changes_must_have_a_name(run):
    toy = Toy({})
    hidden = tf.Variable(tf.zeros([2, 3]))

    def step(batch, key):
        hidden.assign_add(tf.ones([2, 3]))
        return toy.step(batch, key)

    with pytest.raises(SaigenError, match=r"float32\[2, 3\] that Task.variables does not name"):
        run(replace(toy.task(), step=step))


def test_one_that_it_only_reads_need_not(run):
    toy = Toy({})
    shift = tf.Variable(1.0, trainable=False)

    def step(batch, key):
        found = toy.step(batch, key)
        return {**found, "noise": found["noise"] + shift}

    assert run(replace(toy.task(), step=step)).status == "finished"
    assert toy.traces == 1  # watching traces no more than training does


def test_initial_must_name_what_the_task_names(run):
    toy = Toy({})
    with pytest.raises(SaigenError, match="do not name the same: `count`, `x`"):
        run(replace(toy.task(), initial=lambda seed: {"velocity": tf.zeros([])}))
