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

    with pytest.raises(SaigenError, match=r"does not name \(float32\[2, 3\]\): they would leak"):
        run(replace(toy.task(), step=step))


def test_one_that_it_only_reads_need_not(run):
    toy = Toy({})
    shift = tf.Variable(1.0, trainable=False)

    def step(batch, key):
        found = toy.step(batch, key)
        return {**found, "noise": found["noise"] + shift}

    assert run(replace(toy.task(), step=step)).status == "finished"
    assert toy.traces == 1  # watching traces no more than training does


def test_one_that_is_written_before_it_is_read_need_not(run):
    toy = Toy({})
    rate = tf.Variable(0.0, trainable=False)

    def step(batch, key):
        rate.assign(1.0 / (1.0 + tf.cast(key.step, tf.float32)))
        found = toy.step(batch, key)
        return {**found, "noise": found["noise"] * rate}

    assert run(replace(toy.task(), step=step)).status == "finished"


def test_trying_a_step_changes_no_bit(run, tmp_path):
    toy, other = Toy({}), Toy({})
    shift = tf.Variable(0.0, trainable=False)

    def step(batch, key):
        shift.assign(1.0)
        return other.step(batch, key)

    plain = run(toy.task())
    tried = fit(replace(other.task(), step=step), 0, tmp_path / "other", {}, lambda line: None)
    for name, array in plain.state.arrays.items():
        assert array.tobytes() == tried.state.arrays[name].tobytes()
    values = [[row[:3] for row in found.state.rows] for found in (plain, tried)]
    assert values[0] == values[1]


def test_initial_must_name_what_the_task_names(run):
    toy = Toy({})
    with pytest.raises(SaigenError, match="do not name the same: `count`, `x`"):
        run(replace(toy.task(), initial=lambda seed: {"velocity": tf.zeros([])}))
