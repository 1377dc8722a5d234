"""Costs are measured on warm calls of the engine's own loop."""

import pytest

from saigen.engine import timing
from saigen.engine.task import Task


class Counted(Task):
    """A task that notes its calls in place of taking steps."""

    def take(self, seed, done, count):
        self.calls.append((done, count))
        return [], 0


@pytest.fixture
def task():
    made = Counted({}, lambda seed: {}, lambda batch, key: {}, (), 7, log_every=3, evaluate_every=2)
    Counted.calls = []
    return made


def test_a_timed_task_warms_up_in_one_call_and_times_calls_like_it(task):
    made = timing.timed(task, repeats=4)
    assert (made.log_every, made.evaluate_every, made.steps) == (7, 0, 7)
    found = made.evaluate(0, 7, True)
    assert Counted.calls == [(7, 7), (14, 7), (21, 7), (28, 7)]
    assert found.keys() == {"seconds_per_step", "cpu_seconds_per_step"}
    assert made.samples(0) == {}


def test_the_median_of_the_calls_is_told(task, monkeypatch):
    seconds = iter([0.0, 1.0, 0.0, 10.0, 0.0, 3.0])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(seconds))
    found = timing.measure(task, 0, repeats=3)
    assert found["seconds_per_step"] == pytest.approx(1.0), "3 seconds for 3 steps"


def test_memory_counts_what_the_process_held():
    before = timing.peak_memory_mb()
    held = bytearray(300 * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    assert timing.peak_memory_mb() >= max(before, 300)
