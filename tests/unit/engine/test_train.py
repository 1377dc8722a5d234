"""Training a job's runs: what is published, and what is trained again."""

import csv
import json
import os
import platform
import time
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
import toy

from saigen.data.dataset import Dataset
from saigen.engine import run_folder
from saigen.engine.freshness import Sources, stale_runs, state_folder
from saigen.engine.lock import alone
from saigen.engine.loop import Preempted, fit
from saigen.engine.train import train_runs
from saigen.errors import SaigenError
from saigen.files import read_json
from saigen.grid import Run
from saigen.records import Record

COMPUTE = {"intra_op_threads": 1, "device": "cpu", "precision": "float32", "deterministic": True}
DATA = Dataset("digits", {}, "d" * 64, {"what": "digits"})
CODE = "c" * 16
TRAINER = "toy:make_task"


def a_run(seed=0, **params):
    settings = {**toy.PARAMS, **params}
    return Run("toy", "toy", "only", seed, "smoke", "digits", settings, TRAINER)


@pytest.fixture
def train(tmp_path):
    """Train what is stale of some runs, as a job does, and return the runs that were."""
    toy.built.clear()

    def start(*runs, code=CODE, data=DATA):
        sources = Sources({TRAINER: code}, {data.name: data.digest})
        stale = stale_runs(runs, tmp_path, sources)
        train_runs(
            stale,
            dataset=data,
            sources=sources,
            results=tmp_path,
            work=tmp_path / "smoke" / "toy" / "work",
            compute=COMPUTE,
            tell=lambda line: None,
        )
        return stale

    return start


def test_a_run_is_published_with_all_that_is_promised(train, tmp_path):
    run = a_run()
    train(run)
    folder = tmp_path / "smoke/toy/toy/only/seed0"
    assert sorted(path.name for path in folder.iterdir()) == [
        "metrics.csv", "run.json", "samples.npz",
    ]  # fmt: skip
    facts = read_json(folder / "run.json")
    wanted = {
        "paper": "toy",
        "experiment": "toy",
        "variant": "only",
        "seed": 0,
        "scale": "smoke",
        "status": "finished",
        "steps": 40,
        "params": dict(run.params),
        "identity": run.identity,
        "code": CODE,
        "datasets": {"digits": "d" * 64},
        "data_facts": {"what": "digits"},
        "judges": {},
    }
    assert {key: facts[key] for key in wanted} == wanted
    for seconds in ("wall_seconds", "cpu_seconds", "startup_cpu_seconds"):
        assert facts[seconds] > 0
    (stamp,) = facts["stamps"]
    assert {"tensorflow", "device", "intra_op_threads", "deterministic", "onednn"} <= set(stamp)
    assert facts["saigen"]
    assert "commit" in facts
    assert facts["memory_mb"] > 0


def test_the_record_names_the_network_that_judged(train, tmp_path):
    facts = {"classifier": {"digest": "a" * 16, "accuracy": 0.9}}
    train(a_run(), data=Dataset("digits", {}, "d" * 64, facts))
    found = read_json(tmp_path / "smoke/toy/toy/only/seed0/run.json")
    assert found["judges"] == {"classifier": "a" * 16}


def test_metrics_keep_every_bit(train, tmp_path):
    train(a_run())
    with (tmp_path / "smoke/toy/toy/only/seed0/metrics.csv").open() as text:
        rows = list(csv.DictReader(text))
    assert list(rows[0]) == ["step", "metric", "value", "wall_seconds"]
    final = next(row for row in rows if row["metric"] == "final_x")
    assert float(final["value"]) == float(toy.built[-1].x)
    samples = Record(tmp_path / "smoke/toy/toy/only/seed0", {}).samples()
    assert samples["path"] == toy.built[-1].x.numpy()


def test_what_is_fresh_is_not_trained_again_and_what_changed_is(train):
    runs = [a_run(0), a_run(1)]
    assert train(*runs) == runs
    assert train(*runs) == []
    assert train(*runs, a_run(2)) == [a_run(2)]
    changed = [a_run(0, steps=20), a_run(1)]
    assert train(*changed) == changed[:1]
    assert train(*changed, code="d" * 16) == changed
    assert train(*changed, code="d" * 16, data=Dataset("digits", {}, "e" * 64, {})) == changed
    assert train(*changed, code="d" * 16, data=Dataset("digits", {}, "e" * 64, {})) == []


def test_two_processes_do_not_train_one_run(train, tmp_path):
    run = a_run()
    other = state_folder(
        tmp_path / "smoke/toy/work", run, Sources({TRAINER: CODE}, {"digits": "d" * 64})
    )
    told = f"process {os.getpid()} on {platform.node()} is"
    with alone(other.parent, run.name):
        for same in (run, a_run(steps=20)):  # nor of other settings: its folder is one
            with pytest.raises(SaigenError, match=told):
                train(same)
        with pytest.raises(SaigenError, match=told):
            train(run, code="e" * 16)
    assert train(run) == [run]
    assert not (tmp_path / "smoke/toy/work").exists()


def test_a_run_that_another_process_publishes_meanwhile_is_left_as_it_is(train, tmp_path):
    """It was trained while this one imported TensorFlow, say."""
    run, other = a_run(steps=5), a_run(seed=1, steps=5)
    train(run)
    record = run.folder(tmp_path) / "run.json"
    before = record.stat().st_ino, record.stat().st_mtime_ns
    told, sources = [], Sources({TRAINER: CODE}, {"digits": "d" * 64})
    common = {"dataset": DATA, "sources": sources, "results": tmp_path, "compute": COMPUTE}
    train_runs([run, other], work=tmp_path / "work", tell=told.append, **common)
    assert (record.stat().st_ino, record.stat().st_mtime_ns) == before
    assert other.folder(tmp_path).is_dir()
    assert f"{run.name} stands: another process has trained it meanwhile" in told
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record.unlink(),
        lambda record: (record.parent / "metrics.csv").unlink(),
        lambda record: (record.parent / "metrics.csv").write_bytes(b""),
        lambda record: record.write_text("{"),
        lambda record: record.write_text("{}"),
        lambda record: record.write_text("[]"),
        lambda record: record.write_bytes(b"\xff\xfe"),
        lambda record: record.write_text(json.dumps(read_json(record) | {"identity": "0"})),
    ],
)
def test_a_damaged_record_is_stale_and_is_replaced(train, tmp_path, damage):
    train(a_run(steps=5))
    folder = tmp_path / "smoke/toy/toy/only/seed0"
    (folder / "left_over").touch()
    damage(folder / "run.json")
    assert train(a_run(steps=5)) == [a_run(steps=5)]
    assert not (folder / "left_over").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["seed0"]


def test_runs_of_a_job_share_a_trace_where_they_can(train):
    train(a_run(0), a_run(1), a_run(0, learning_rate=0.2), a_run(0, steps=10))
    assert [made.traces for made in toy.built] == [1]


def test_runs_that_are_looked_at_at_other_steps_share_none(train):
    train(a_run(0), a_run(1, evaluate_every=5))
    assert [made.evaluations[0] for made in toy.built] == [(0, 10, False), (1, 5, False)]


def test_runs_that_share_a_trace_follow_each_other_wherever_they_stand(train, tmp_path):
    runs = a_run(0), a_run(0, bad_at=50), a_run(1), a_run(1, bad_at=50, learning_rate=0.2)
    train(*(replace(run, variant=str(n)) for n, run in enumerate(runs)))
    assert [made.traces for made in toy.built] == [1, 1]
    folders = [tmp_path / f"smoke/toy/toy/{n}/seed{run.seed}" for n, run in enumerate(runs)]
    records = [read_json(folder / "run.json") for folder in folders]
    assert [record["starts"] for record in records] == ["process", "variant", "run", "run"]
    assert [record["params"] for record in records] == [dict(run.params) for run in runs]


def test_a_diverged_run_is_published_and_the_next_one_trained(train, tmp_path):
    train(a_run(0, bad_at=13), a_run(1))
    facts = [read_json(tmp_path / f"smoke/toy/toy/only/seed{k}/run.json") for k in (0, 1)]
    assert [(f["status"], f["steps"]) for f in facts] == [("diverged", 13), ("finished", 40)]
    assert train(a_run(0, bad_at=13), a_run(1)) == []


def test_what_a_diverged_run_left_in_an_unnamed_variable_is_in_no_other(train, monkeypatch):
    """An optimiser's momentum of weight 0, say: 0 · NaN is NaN."""

    class Hidden(toy.Toy):
        def __init__(self, params, dataset=None):
            super().__init__(params, dataset)
            self.slot = tf.Variable(0.0)

        def step(self, batch, key):
            found = super().step(batch, key)
            self.slot.assign(0.0 * self.slot + found["loss"])
            self.x.assign_add(0.0 * self.slot)
            return found

    monkeypatch.setattr(toy, "Toy", Hidden)
    # The rate is read at run time, so that one task might serve all three.
    runs = [a_run(0, learning_rate=1e30), a_run(1, learning_rate=1e30), a_run(0)]
    train(*(replace(run, variant=str(n)) for n, run in enumerate(runs)))
    assert [np.isfinite(float(made.x)) for made in toy.built] == [False, False, True]


def test_each_run_bears_its_own_seconds_and_the_first_the_imports(train, tmp_path):
    train(a_run(0), a_run(1))
    records = [read_json(tmp_path / f"smoke/toy/toy/only/seed{k}/run.json") for k in (0, 1)]
    first, second = (record["cpu_seconds"] for record in records)
    assert second < first and first + second < time.process_time() + 1.0


def test_resume_state_is_gone_once_the_run_is_published(train, tmp_path):
    train(a_run())
    assert not (tmp_path / "smoke/toy/work").exists()


@pytest.mark.parametrize(
    "other",
    [
        {"run": a_run(0, learning_rate=0.2)},
        {"run": a_run(1)},
        {"run": a_run(), "code": "d" * 16},
        {"run": a_run(), "data": Dataset("digits", {}, "e" * 64, {})},
    ],
)
def test_other_settings_code_or_data_never_resume_from_a_state(train, tmp_path, monkeypatch, other):
    def stop(self, *args):
        raise Preempted

    run = other.pop("run")
    with monkeypatch.context() as patched:
        patched.setattr(toy.Toy, "evaluate", stop)
        patched.setattr("saigen.engine.loop.CHECKPOINT_SECONDS", 0.0)
        with pytest.raises(Preempted):
            train(a_run())
    assert list((tmp_path / "smoke/toy/work").rglob("*.npz"))
    train(run, **other)
    disturbed = toy.built[-1].x.numpy()
    alone = toy.Toy(run.params)
    fit(alone.task(), run.seed, tmp_path / "alone", {}, lambda line: None)
    assert np.array_equal(disturbed, alone.x.numpy())


def test_publishing_leaves_the_old_run_until_the_new_one_is_whole(tmp_path, monkeypatch):
    folder = tmp_path / "seed0"
    run_folder.publish(folder, [(1, "loss", 0.5, 0.1)], {"which": "old"}, {"x": np.zeros(1)})

    def fail(*args, **keywords):
        raise OSError("disk full")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="disk full"):
        patched.setattr(run_folder, "write_json", fail)
        run_folder.publish(folder, [], {"which": "new"}, {})
    assert read_json(folder / "run.json") == {"which": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["seed0"]  # a full disk is not kept full
    # What a killed process with the same number left behind is in nobody's way.
    for left in (f".seed0.{os.getpid()}", f".seed0.{os.getpid()}.old"):
        (tmp_path / left).mkdir(exist_ok=True)
        (tmp_path / left / "half").touch()
    run_folder.publish(folder, [], {"which": "new"}, {})
    assert read_json(folder / "run.json") == {"which": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["seed0"]
    assert not (folder / "samples.npz").exists()
    # Or one with another number; what is of another run stays.
    for left in (".seed0.1", ".seed0.1.old", ".seed01.1"):
        (tmp_path / left).mkdir()
    run_folder.publish(folder, [], {"which": "newest"}, {})
    assert {path.name for path in tmp_path.iterdir()} == {"seed0", ".seed01.1"}
