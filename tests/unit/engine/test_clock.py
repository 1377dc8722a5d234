"""What counts as start-up."""

import time

import pytest

from saigen.engine.clock import Clock


@pytest.fixture
def cpu(monkeypatch):
    """A process clock that the test turns by hand."""
    now = [100.0]
    monkeypatch.setattr(time, "process_time", lambda: now[0])

    def spend(seconds):
        now[0] += seconds

    return spend


def call(clock, spend, kind, seconds, fresh):
    with clock.call(kind, fresh):
        spend(seconds)


def test_a_process_first_run_bears_the_imports(cpu):
    clock = Clock(begun=0.0)
    clock.start_up_ends()
    assert clock.read()["startup_cpu"] == pytest.approx(100.0)


def test_only_what_a_first_call_takes_beyond_the_second_is_start_up(cpu):
    clock = Clock()
    cpu(2.0)
    clock.start_up_ends()
    call(clock, cpu, "10 steps", 5.0, fresh=True)
    assert clock.read()["startup_cpu"] == pytest.approx(7.0)
    call(clock, cpu, "10 steps", 1.0, fresh=False)
    call(clock, cpu, "10 steps", 1.0, fresh=False)
    assert clock.read()["startup_cpu"] == pytest.approx(6.0)
    assert clock.read()["cpu"] == pytest.approx(9.0)


def test_kinds_are_kept_apart_and_start_up_never_goes_below_what_came_before(cpu):
    clock = Clock()
    clock.start_up_ends()
    call(clock, cpu, "steps", 1.0, fresh=True)
    call(clock, cpu, "evaluation", 3.0, fresh=True)
    call(clock, cpu, "steps", 4.0, fresh=False)
    assert clock.read()["startup_cpu"] == pytest.approx(3.0)
    call(clock, cpu, "evaluation", 1.0, fresh=False)
    assert clock.read()["startup_cpu"] == pytest.approx(2.0)


def test_a_resumed_run_adds_to_what_was_spent_before(cpu):
    clock = Clock()
    clock.go_on_from({"wall": 7.0, "cpu": 20.0, "startup_cpu": 4.0})
    cpu(1.0)
    assert clock.read()["cpu"] == pytest.approx(21.0)
    assert clock.read()["startup_cpu"] == pytest.approx(4.0)
