"""When a course is looked at, and after which look or step it ends."""

from itertools import pairwise
from math import log

import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from saigen.papers.critical_batch.training import STRICTER, Training, look_is_due


@given(st.integers(1, 50), st.sampled_from([1.05, 1.25, 2.0]), st.integers(1, 400))
def test_looks_are_never_further_apart_than_their_ratio_or_one_stride(every, growth, count):
    looks = [step for step in range(every, every * (count + 1), every)
             if look_is_due(step, every, growth)]  # fmt: skip
    assert looks[0] == every
    for before, after in pairwise(looks):
        assert after <= before * growth * (1 + 1e-9) + every


@given(st.integers(1, 50), st.sampled_from([1.05, 1.25, 2.0]), st.integers(1, 400))
def test_looks_cost_the_logarithm_of_the_steps(every, growth, count):
    steps = range(every, every * (count + 1), every)
    looks = sum(look_is_due(step, every, growth) for step in steps)
    assert looks <= log(count) / log(growth) + 2 + 1e-9


class Looks(Training):
    """A training whose looks are planted: pairs of a fixed and a stretched distance."""

    def __init__(self, looks, **sizes):
        self.params = {"evaluate_every": 1, "batch_size": 4}
        nothing = {"images": 10**9, "least_steps": 0, "growth": 1.01, "curve_samples": 1}
        aims = {
            "target": 2.0,
            "stricter": 1.0,
            "stretched_target": 20.0,
            "stretched_stricter": 10.0,
        }
        self.sizes = {**nothing, **aims, "stretch": True, "probes": 0, **sizes}
        self._in_a_row = tf.Variable([0] * len(STRICTER), trainable=False)
        self._looks = looks

    def drawn(self, seed, n):
        return self._looks.pop(0)

    def _judge(self, images, stretch=False):
        return images[int(stretch)]

    def end(self):
        """The look after which the run ends; None if it never does."""
        for step in range(1, len(self._looks) + 1):
            self.evaluate(0, step, True)
            if self.stops(step):
                return step
        return None


def test_a_run_ends_once_both_readings_have_been_at_their_own_targets():
    # The fixed reading arrives at looks 2 and 3 and is above again when the stretched one does.
    looks = [(9, 90), (1, 90), (1, 50), (3, 30), (3, 10), (3, 10), (1, 1)]
    assert Looks(looks[:]).end() == 6
    assert Looks(looks[:], stretch=False).end() == 3
    # Two looks, but not running.
    assert Looks([(1, 10), (3, 30), (1, 10), (3, 30)]).end() is None


def test_without_a_target_of_its_own_a_reading_is_never_ended():
    # Read against the pilot's rule afterwards, a course cut at the other reading's target is lost.
    assert Looks([(1, 1)] * 5, stretched_stricter=0.0).end() is None
    assert Looks([(1, 1)] * 5, stretched_stricter=0.0, stretch=False).end() == 2


def test_a_look_tells_the_targets_that_it_is_read_against():
    found = Looks([(1, 10)]).evaluate(0, 1, True)
    assert (found["target"], found["stretched_target"], found["stretched_stricter"]) == (2, 20, 10)
    assert "stretched_target" not in Looks([(1, 10)], stretch=False).evaluate(0, 1, True)


def test_a_run_ends_when_it_has_seen_its_images_and_taken_its_steps():
    by_images = Looks([], images=40)
    assert [by_images.stops(step) for step in (9, 10, 11)] == [False, True, True]
    by_both = Looks([], images=40, least_steps=20)
    assert [by_both.stops(step) for step in (10, 19, 20)] == [False, False, True]
    assert not Looks([], least_steps=20).stops(20)


def test_looks_fall_where_they_are_due_and_at_the_end():
    course = Looks([(9, 90)] * 9, growth=2.0)
    taken = [step for step in range(1, 12) if course.evaluate(0, step, final=step == 11)]
    assert taken == [1, 2, 4, 8, 11]
