"""A user's mistake gets one readable line and the right exit code, never a traceback."""

import itertools
import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from saigen.cli import main
from saigen.config import schema
from saigen.data import dataset as datasets
from saigen.data import prepare

TRAIN = ["train", "gumbel_softmax", "structured_prediction", "000", "--settings"]
SMOKE = json.dumps({"scale": "smoke"})
AT_SMOKE = ["--scale", "smoke"]
GATHER = ["gather", "gumbel_softmax", *AT_SMOKE, "--costs", "c", "--provenance", "p"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a damaged dataset, and a sound one that nobody asks for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "damaged.npz").write_bytes(b"PK half a zip")
    np.savez(tmp_path / "foreign.npz", x=np.zeros(3))
    arrays = {"train_images": np.zeros([4, 28, 28, 1], np.uint8)}
    datasets.save(tmp_path / "other.npz", "other", arrays, {"what": "zeros"})
    (tmp_path / "list.json").write_text("[1]")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["train", "gumbel_sotfmax", "vae", "000"],
            2,
            "`gumbel_sotfmax` is not a paper here; did you mean `gumbel_softmax`?",
        ),
        (
            ["train", "gumbel_softmax", "vea", "000"],
            2,
            "`vea` is not an experiment of gumbel_softmax; did you mean `vae`?",
        ),
        (
            ["train", "gumbel_softmax", "vae", "7"],
            2,
            "gumbel_softmax/vae has one job, 000, not `7`",
        ),
        ([*TRAIN, "{"], 2, "--settings: not valid JSON: "),
        ([*TRAIN, "[]"], 2, "--settings: a JSON object is wanted"),
        ([*TRAIN, '{"scal": 1}'], 2, "--settings: `scal: 1` is not a setting; did you mean `sc"),
        (
            [*TRAIN, SMOKE],
            2,
            "gumbel_softmax/structured_prediction reads synthetic_binary_digits: give it with",
        ),
        (
            [*TRAIN, SMOKE, "--dataset", "none.npz"],
            1,
            "none.npz: no such dataset file; `saigen fetch none` makes it.",
        ),
        ([*TRAIN, SMOKE, "--dataset", "damaged.npz"], 1, "damaged.npz: the dataset file is dama"),
        ([*TRAIN, SMOKE, "--dataset", "foreign.npz"], 1, "foreign.npz: "),
        (
            [*TRAIN, SMOKE, "--dataset", "other.npz"],
            2,
            "gumbel_softmax/structured_prediction reads synthetic_binary_digits, not other: other",
        ),
        (["fetch", "mnits"], 2, "`mnits`"),
        (["fetch", "mnist", "--data", "{"], 2, "--data: not valid JSON: "),
        (["fetch", "mnist", "--data", '{"folders": "x"}'], 2, "--data: `data.folders: x` is"),
        (["fetch", "mnist", "--config", "none.yaml"], 2, "none.yaml: cannot be read: No such"),
        (["fetch", "mnist", "--config", "list.json"], 2, "list.json: a mapping is wanted"),
        (
            ["table", "gumbel_softmax", "table_1", *AT_SMOKE, "--output", "x.csv"],
            2,
            "`table_1` is not one of gumbel_softmax's tables; did you mean `table1`?",
        ),
        (
            ["figure", "gumbel_softmax", "figure33", *AT_SMOKE, "--output", "x.svg"],
            2,
            "`figure33` is not one of gumbel_softmax's figures; did you mean `figure3`?",
        ),
        (
            ["table", "gumbel_softmax", "table1", *AT_SMOKE, "--output", "x"],
            1,
            "results/smoke/gumbel_softmax/structured_prediction/jobs/000.json: missing or damaged",
        ),
        (
            GATHER,
            1,
            "results/smoke/gumbel_softmax/structured_prediction/jobs/000.json: missing or damaged",
        ),
        (
            [*GATHER, "--settings", "seeds: 2"],
            2,
            "--settings: not valid JSON",
        ),
        (
            ["judge", "gumbel_softmax", "--scale", "smoke", "--tables", "t.csv", "--output", "x"],
            1,
            "t.csv: No such file or directory",
        ),
        (["settings", "gumbel"], 2, "`gumbel` is not a paper here; did you mean `gumbel_softmax`?"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(folder, capsys, arguments, code, message):
    assert main(arguments) == code
    printed = capsys.readouterr()
    assert printed.err.startswith(f"saigen: {message}")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


HALF = """
import signal
from saigen import commands
from saigen.cli import main
from saigen.files import replacing

def half(target):
    with replacing(target) as scratch:
        scratch.write_text("half")
        signal.raise_signal(signal.SIGTERM)

commands.schema = half
main(["schema", "--output", "schema.yaml"])
"""


def test_a_command_that_is_ended_leaves_no_half_written_file(tmp_path):
    assert subprocess.run([sys.executable, "-c", HALF], cwd=tmp_path).returncode == 143
    assert not list(tmp_path.iterdir())


def overridden(paper, experiment, **changes):
    return json.dumps({"scale": "smoke", "overrides": {paper: {experiment: changes}}})


@pytest.fixture
def prepared(folder):
    """Return the path of a prepared dataset in the working folder."""

    def make(name):
        prepare(name, f"{name}.npz", folder=folder, log=lambda line: None)
        return f"{name}.npz"

    before = signal.getsignal(signal.SIGTERM)
    yield make
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("paper", "experiment", "changes", "dataset", "code", "message"),
    [
        (
            "gumbel_softmax",
            "structured_prediction",
            {"batch_size": 100000},
            "synthetic_binary_digits",
            2,
            "structured_prediction/bernoulli-sf/seed0: with `batch_size: 100000` a step takes "
            "100000 examples, and synthetic_binary_digits has 600 to train on; set "
            "`overrides.gumbel_softmax.structured_prediction.batch_size` to 600 or less",
        ),
        (
            "gumbel_softmax",
            "trained_gradients",
            {"batch_size": 100000},
            "synthetic_binary_digits",
            2,
            "trained_gradients/bernoulli/seed0: with `batch_size: 100000` a step takes",
        ),
        (
            "cg_gan",
            "grid",
            {"dataset": "synthetic_colours"},
            "synthetic_colours",
            2,
            "`dataset: synthetic_colours` carries no classifier to judge samples by: name "
            "`synthetic_colours_<side>px`",
        ),
    ],
)
def test_a_mistake_that_shows_as_training_begins_is_one_line_too(
    prepared, capsys, paper, experiment, changes, dataset, code, message
):
    settings = overridden(paper, experiment, **changes)
    place = ["train", paper, experiment, "000", "--settings", settings]
    assert main([*place, "--dataset", prepared(dataset)]) == code
    said = capsys.readouterr().err
    assert said.startswith(f"saigen: {message}")
    assert said.count("\n") == 1


def test_where_training_is_switched_off_it_is_an_error(prepared, capsys, monkeypatch):
    monkeypatch.setenv("SAIGEN_NO_TRAINING", "1")
    assert main([*TRAIN, SMOKE, "--dataset", prepared("synthetic_binary_digits")]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "saigen: structured_prediction/bernoulli-sf/seed0 would be trained, and "
    )
    assert "`saigen status --scale smoke --papers gumbel_softmax`" in said and said.count("\n") == 1


def test_code_that_is_saved_as_a_job_begins_is_not_trained(prepared, capsys, monkeypatch):
    codes = itertools.chain("a", itertools.repeat("b"))
    monkeypatch.setattr("saigen.jobs.code_of", lambda trainer: next(codes))
    assert main([*TRAIN, SMOKE, "--dataset", prepared("synthetic_binary_digits")]) == 1
    said = capsys.readouterr().err
    assert "changed as this job began; start it again: nothing is lost" in said


def test_data_that_is_made_anew_meanwhile_is_one_line_too(prepared, capsys, monkeypatch):
    def train(*args):
        arrays = {"train_images": np.zeros([4, 28, 28, 1], np.uint8)}
        datasets.save(path, "synthetic_binary_digits", arrays, {})

    path = prepared("synthetic_binary_digits")
    monkeypatch.setattr("saigen.engine.train.fit", train)
    assert main([*TRAIN, SMOKE, "--dataset", path]) == 1
    said = capsys.readouterr().err
    assert f"seed0: {path} was made anew, with other content, while" in said
    assert said.count("\n") == 1


def test_too_little_memory_says_what_to_lower(prepared, capsys, monkeypatch, tensorflow):
    def greedy(*runs, **how):
        text = "Graph execution error:\n\nOOM when allocating tensor with shape[9,9] on GPU:0\n\tat"
        raise tensorflow.errors.ResourceExhaustedError(None, None, text)

    monkeypatch.setattr("saigen.engine.train.train_runs", greedy)
    assert main([*TRAIN, SMOKE, "--dataset", prepared("synthetic_binary_digits")]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        "saigen: gumbel_softmax/structured_prediction: out of memory (OOM when allocating tensor "
        "with shape[9,9] on GPU:0); lower "
        "`overrides.gumbel_softmax.structured_prediction.batch_size`, or let fewer"
    )
    assert "--resources gpu=1" in said and said.count("\n") == 1


def test_a_word_that_no_trainer_knows_is_one_line_too(prepared, capsys, monkeypatch):
    def fail(*runs, **how):
        raise KeyError("sf" if known else "other")

    monkeypatch.setattr("saigen.engine.train.train_runs", fail)
    known = True
    place = [*TRAIN, SMOKE, "--dataset", prepared("synthetic_binary_digits")]
    assert main(place) == 1
    said = capsys.readouterr().err
    spot = "saigen: structured_prediction/bernoulli-sf/seed0: its trainer does not know `estimator:"
    assert said.startswith(f"{spot} sf`; ") and said.count("\n") == 1
    known = False
    with pytest.raises(KeyError):
        main(place)


@pytest.mark.parametrize(
    "arguments",
    [[], ["trian"], ["train", "gumbel_softmax"], ["judge", "x", "--scale", "big", "--output", "y"]],
)
def test_wrong_use_of_the_command_line_shows_the_usage_and_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: saigen" in capsys.readouterr().err


def test_the_installed_command_does_the_same_without_a_traceback(folder):
    command = [sys.executable, "-m", "saigen", *TRAIN, "{"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("saigen: --settings: not valid JSON")
    assert "Traceback" not in done.stderr


def test_settings_lists_every_experiment_and_setting(capsys):
    assert main(["settings", "gumbel_softmax"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "  learning_rate: 0.003" in told
    assert any(line.startswith("structured_prediction: ") for line in told)
    assert "  runs_per_job: 1" in told


def test_the_schema_command_writes_the_schema(tmp_path):
    assert main(["schema", "--output", str(tmp_path / "schema.yaml")]) == 0
    assert (tmp_path / "schema.yaml").read_text(encoding="utf-8") == schema()
