"""The loop: undisturbed or not, a run comes to the same bits, rows and end."""

import math
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from toy import Toy

from saigen.engine import checkpoint, loop
from saigen.engine.loop import Preempted, fit
from saigen.engine.measuring import measuring_task

STAMP = {"device": "CPU"}


@pytest.fixture
def told():
    return []


@pytest.fixture
def train(tmp_path, told):
    """Train a toy, by default a fresh one in the folder of the test, and return the outcome."""

    def start(toy=None, work="work", seed=3, stamp=STAMP, **params):
        toy = toy or Toy(params)
        return fit(toy.task(), seed, tmp_path / work, stamp, told.append)

    return start


def interrupted_at(step, **params):
    """A toy that gets SIGTERM while it is evaluated at a step."""
    toy = Toy(params)
    toy.interrupt = lambda now: signal.raise_signal(signal.SIGTERM) if now == step else None
    return toy


def values(outcome):
    """Everything of an outcome but the seconds."""
    rows = [(step, name, repr(value)) for step, name, value, _ in outcome.state.rows]
    arrays = {name: (a.dtype, a.tobytes()) for name, a in outcome.state.arrays.items()}
    samples = {name: a.tobytes() for name, a in outcome.samples.items()}
    return outcome.status, outcome.state.step, rows, arrays, samples


def test_2n_steps_are_n_steps_a_resume_and_n_steps(train, told):
    whole = train(work="whole")
    with pytest.raises(Preempted, match="SIGTERM at step 20 of 40; state saved"):
        train(interrupted_at(20))
    resumed = train()
    assert values(resumed) == values(whole)
    assert "resumed at step 20 of 40" in told
    assert whole.state.arrays["count"] == 40
    assert not np.array_equal(whole.state.arrays["x"], train(seed=4, work="o").state.arrays["x"])


def test_any_number_of_interruptions_leaves_the_same_run(train):
    whole = train(work="whole")
    for step in (10, 20, 30, 40):
        with pytest.raises(Preempted):
            train(interrupted_at(step))
    assert values(train()) == values(whole)


def test_a_checkpoint_at_every_moment_leaves_the_same_run(train, monkeypatch):
    whole = train(work="whole")
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    assert values(train()) == values(whole)


def test_rows_and_evaluations_fall_on_their_boundaries(train):
    toy = Toy({"steps": 23, "log_every": 5, "evaluate_every": 7})
    outcome = train(toy)
    steps = [step for step, name, *_ in outcome.state.rows if name == "loss"]
    assert steps == [5, 7, 10, 14, 15, 20, 21, 23], "calls end where either is due"
    assert toy.evaluations == [(3, 7, False), (3, 14, False), (3, 21, False), (3, 23, True)]
    assert [s for s, name, *_ in outcome.state.rows if name == "final_x"] == [23]
    wall = [seconds for *_, seconds in outcome.state.rows]
    assert wall == sorted(wall)


def test_without_an_interval_evaluation_is_at_the_end_alone(train):
    toy = Toy({"steps": 9, "evaluate_every": 0, "log_every": 100})
    train(toy)
    assert toy.evaluations == [(3, 9, True)]


def test_how_many_steps_a_call_takes_does_not_change_the_run(train):
    many, few = train(log_every=1, work="many"), train(log_every=40, work="few")
    assert values(many)[3] == values(few)[3]
    means = {s: v for s, name, v, _ in few.state.rows if name == "loss"}
    losses = [v for s, name, v, _ in many.state.rows if name == "loss" and s <= 10]
    assert means[10] == pytest.approx(np.mean(losses), rel=1e-5)


@pytest.mark.parametrize("bad_at", [0, 13, 19, 20, 39])
def test_a_run_that_diverges_ends_there_and_says_so(train, told, bad_at):
    toy = Toy({"bad_at": bad_at})
    outcome = train(toy)
    assert (outcome.status, outcome.state.step, outcome.samples) == ("diverged", bad_at, {})
    assert f"diverged at step {bad_at}" in told[-1]
    last, name, value, _ = outcome.state.rows[-2]
    assert (last, name) == (bad_at, "loss")
    assert math.isnan(value)
    assert all(step <= bad_at for _, step, _ in toy.evaluations)


def test_a_diverged_state_is_never_a_checkpoint(train, monkeypatch, tmp_path):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    first = train(bad_at=13)
    assert checkpoint.restore(tmp_path / "work", print).step == 10
    again = train(bad_at=13)
    assert values(again)[:3] == values(first)[:3], "the same step, and no row twice"


def test_a_variable_that_the_last_step_ruined_is_a_divergence(train):
    toy = Toy({"steps": 5})
    toy.interrupt = lambda step: toy.velocity.assign(math.inf)
    outcome = train(toy)
    assert (outcome.status, outcome.state.step) == ("diverged", 5)


def test_sigterm_from_outside_stops_at_the_next_boundary(train, tmp_path):
    toy = Toy({"steps": 10**6, "log_every": 50, "evaluate_every": 100})
    begun = threading.Event()
    toy.interrupt = lambda step: begun.set()

    def send():
        begun.wait()
        time.sleep(0.05)
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    sender = threading.Thread(target=send)
    sender.start()
    with pytest.raises(Preempted) as stop:
        train(toy)
    sender.join()
    assert signal.getsignal(signal.SIGTERM) == before
    kept = checkpoint.restore(tmp_path / "work", print)
    assert f"at step {kept.step} of" in str(stop.value)
    assert kept.step % 50 == 0
    assert kept.rows[-1][0] == kept.step


def test_sigterm_at_the_last_step_stops_too_and_the_next_start_only_ends_the_run(train):
    """Or the next run of the job would begin, and be killed."""
    whole = train(work="whole")
    with pytest.raises(Preempted, match="at step 40 of 40"):
        train(interrupted_at(40))
    toy = Toy({})
    assert values(train(toy)) == values(whole)
    assert toy.traces == 0
    assert toy.evaluations == []


def test_a_measurement_goes_on_after_a_kill_with_its_own_arrays(tmp_path):
    """No checkpoint holds them."""
    asked = []

    def measure(seed):
        asked.append(seed)
        if asked == [7, 3]:
            signal.raise_signal(signal.SIGTERM)
        return {"found": 1.0 * seed}, {"a": np.full(2, seed)}

    task = measuring_task(measure)

    def fitted(seed):
        return fit(task, seed, tmp_path / str(seed), STAMP, lambda line: None)

    fitted(7)
    with pytest.raises(Preempted):
        fitted(3)
    for again in (task, measuring_task(measure)):
        found = fit(again, 3, tmp_path / "3", STAMP, lambda line: None)
        assert found.samples["a"].tolist() == [3, 3]
        assert [value for _, name, value, _ in found.state.rows if name == "found"] == [3.0]


def test_a_damaged_checkpoint_costs_only_the_steps_since_the_one_before(train, told, tmp_path):
    whole = train(work="whole")
    for step in (10, 20):
        with pytest.raises(Preempted):
            train(interrupted_at(step))
    newest = max((tmp_path / "work").glob("*.npz"))
    newest.write_bytes(newest.read_bytes()[:-10])
    told.clear()
    assert values(train()) == values(whole)
    assert "damaged" in told[0]
    assert told[1] == "resumed at step 10 of 40"


def test_runs_that_differ_in_live_settings_and_seeds_share_one_trace(tmp_path, train):
    toy = Toy({})
    task = toy.task()
    for rate in (0.1, 0.05):
        wanted = {**toy.params, "learning_rate": rate}
        assert task.serves(toy.params, wanted)
        task.adopt(wanted)
        toy.params["learning_rate"] = rate
        for seed in (0, 1):
            found = fit(task, seed, tmp_path / f"{rate}{seed}", STAMP, print)
            fresh = train(seed=seed, learning_rate=rate, work=f"fresh{rate}{seed}")
            assert values(found) == values(fresh)
    assert toy.traces == 1


def test_another_kind_of_change_wants_a_task_of_its_own():
    toy = Toy({})
    task = toy.task()
    assert task.serves(toy.params, {**toy.params, "learning_rate": 0.5, "steps": 41})
    assert not task.serves(toy.params, {**toy.params, "batch_size": 3})
    assert not task.serves(toy.params, {**toy.params, "more": 1})
    assert not task.serves({**toy.params, "more": 1}, toy.params)


def test_every_process_that_took_part_leaves_its_stamp_and_its_seconds(train):
    with pytest.raises(Preempted):
        train(interrupted_at(20))
    outcome = train(stamp={"device": "GPU"})
    assert outcome.state.stamps == [STAMP, {"device": "GPU"}]
    clock = outcome.state.clock
    assert clock["wall"] > 0
    assert 0 < clock["startup_cpu"] <= clock["cpu"]


def test_seconds_of_the_processes_before_are_counted(train, tmp_path):
    with pytest.raises(Preempted):
        train(interrupted_at(20))
    (folder,) = {path.parent for path in tmp_path.rglob("*.npz")}
    before = checkpoint.restore(folder, print)
    for path in folder.glob("*.npz"):
        path.unlink()
    checkpoint.save(folder, replace(before, clock=dict.fromkeys(before.clock, 1e4)))
    found = train().state
    assert min(found.clock.values()) >= 1e4
    assert all(wall >= 1e4 for step, *_, wall in found.rows if step > 20)


def test_a_run_that_has_what_it_is_for_ends_early_and_stays_ended(train, told):
    toy = Toy({})
    stopping = toy.task(stops=lambda step: int(toy.count) >= 20)
    stopping_run = fit_in(train, stopping)
    assert (stopping_run.status, stopping_run.state.step) == ("finished", 20)
    assert [step for _, step, _ in toy.evaluations] == [10, 20]
    # Begun again, it has nothing left to do.
    assert fit_in(train, stopping).state.step == 20


def fit_in(train, task):
    class Given:
        def task(self):
            return task

    return train(Given())
