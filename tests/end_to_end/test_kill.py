"""Real processes, killed for real: the run that comes out is the one that was never disturbed."""

import json
import random
import signal
import subprocess
import sys
import time

import pytest
from trainings import KEPT, LAUNCHER, published

from saigen.data import prepare
from saigen.files import read_json

STEPS, EVERY = 400, 20
# The sizes of smoke at another scale, where no other experiment joins this one.
SETTINGS = {
    "dataset": "synthetic_binary_digits",
    "curve_images": 20,
    "curve_samples": 10,
    "test_images": 20,
    "test_samples": 10,
    "seeds": 1,
    "runs_per_job": 14,
    "latent": "bernoulli",
    "estimator": ["sf", "gumbel"],
    "units": 20,
    "batch_size": 20,
    "steps": STEPS,
    "log_every": 10,
    "evaluate_every": EVERY,
}


@pytest.fixture(scope="session")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    target = folder / "synthetic_binary_digits.npz"
    prepare("synthetic_binary_digits", target, folder=folder, offline=True, log=lambda line: None)
    return target


@pytest.fixture
def start(dataset):
    """Start one training job in a folder of results, and return the process."""
    started = []

    def begin(results, how=("-c", LAUNCHER), **changes):
        overrides = {"gumbel_softmax": {"structured_prediction": {**SETTINGS, **changes}}}
        settings = json.dumps({"scale": "standard", "overrides": overrides})
        arguments = ["train", "gumbel_softmax", "structured_prediction", "000"]
        arguments += ["--settings", settings, "--dataset", dataset, "--results", results]
        process = subprocess.Popen(
            [sys.executable, *how, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def end(process):
    """Wait for a process and return what it told."""
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return told.splitlines()


def strike(process, number, moment):
    """Send a signal a moment after a random progress line, and return the exit code."""
    # So much is left that an idle machine cannot end it before the signal comes.
    wait_for = moment.randrange(2, 2 * STEPS // EVERY - 12)
    told = []
    while sum(line.startswith("step ") for line in told) < wait_for:
        told.append(process.stdout.readline())
        assert told[-1], "".join(told)
    time.sleep(moment.uniform(0.0, 0.05))
    process.send_signal(number)
    process.communicate(timeout=300)
    return process.returncode


def runs(results):
    """Everything that was published but seconds and sizes, by run."""
    return published(results, (*KEPT, "params", "stamps"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return tmp_path_factory.mktemp("undisturbed")


@pytest.fixture
def wanted(undisturbed, start):
    """The runs of a job that nobody disturbed."""
    if not list(undisturbed.rglob("run.json")):
        end(start(undisturbed))
    found = runs(undisturbed)
    assert [len(rows) for rows, _ in found.values()] == [STEPS // 10 + 2 * STEPS // EVERY + 1] * 2
    return found


def test_two_processes_agree_bit_for_bit_and_the_third_has_nothing_to_do(start, wanted, tmp_path):
    end(start(tmp_path))
    assert runs(tmp_path) == wanted
    assert end(start(tmp_path, how=("-m", "saigen"))) == ["2 of 2 runs are up to date"]


def test_sigkill_at_any_moment_costs_time_and_nothing_else(start, wanted, tmp_path):
    assert strike(start(tmp_path), signal.SIGKILL, random.Random(1)) == -signal.SIGKILL
    record = tmp_path / "standard/gumbel_softmax/structured_prediction/jobs/000.json"
    assert not record.exists()
    told = end(start(tmp_path))
    assert any(line.startswith("resumed at step ") for line in told)
    assert runs(tmp_path) == wanted
    assert len(read_json(record)["runs"]) == 2
    assert not (tmp_path / "standard/gumbel_softmax/work").exists()


def test_sigterm_saves_and_exits_with_143_and_other_settings_do_not_resume(start, wanted, tmp_path):
    assert strike(start(tmp_path), signal.SIGTERM, random.Random(3)) == 143
    assert list(tmp_path.rglob("work/**/*.npz")), "the state is saved"
    other = end(start(tmp_path, learning_rate=1e-4, steps=20))
    assert not any("resumed" in line for line in other)
    assert {facts["steps"] for _, facts in runs(tmp_path).values()} == {20}
    told = end(start(tmp_path))
    # What was published before was replaced; what was interrupted goes on from its own state.
    assert sum(line.startswith("resumed at step ") for line in told) == 1
    assert runs(tmp_path) == wanted
