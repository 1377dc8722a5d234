"""Where runs stand, told from files alone."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from saigen.cli import main
from saigen.config import load_config
from saigen.console import console, duration, size
from saigen.engine import checkpoint
from saigen.engine.checkpoint import State
from saigen.engine.freshness import Sources, state_folder
from saigen.engine.lock import alone
from saigen.files import read_json, write_json, write_text
from saigen.fingerprint import code_of
from saigen.grid import experiment_runs
from saigen.paper import load_paper
from saigen.status import (
    DIVERGED,
    DONE,
    MISSING,
    RUNNING,
    STALE,
    STOPPED,
    ExperimentState,
    RunState,
    run_state,
    show,
    states,
    summary,
)

PAPER, EXPERIMENT = "gumbel_softmax", "structured_prediction"
CODE = code_of("saigen.papers.gumbel_softmax.sbn:train")
CONFIG = load_config({"scale": "quick", "papers": [PAPER]})
RUN = experiment_runs(load_paper(PAPER), EXPERIMENT, CONFIG)[0]
DIGESTS = {RUN.dataset: "abc"}


def publish(results, run=RUN, **changes):
    facts = {"identity": run.identity, "code": CODE, "datasets": DIGESTS, "status": "finished"}
    write_json(run.folder(results) / "run.json", {**facts, **changes})
    (run.folder(results) / "metrics.csv").write_text("step,metric,value,wall_seconds\n")


def keep(results, step, wall=30.0, run=RUN, digests=DIGESTS, age=0.0):
    folder = state_folder(
        results / run.scale / run.paper / "work", run, Sources({run.trainer: CODE}, digests)
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = checkpoint.save(folder, State(step, {"w": np.zeros(9)}, clock={"wall": wall}))
    os.utime(path, (time.time() - age,) * 2)
    return path


def state_of(results, digests=DIGESTS):
    return run_state(RUN, results, Sources({RUN.trainer: CODE}, digests))


class TestRunState:
    def test_nothing_is_missing(self, tmp_path):
        assert state_of(tmp_path).state == MISSING

    @pytest.mark.parametrize(("status", "state"), [("finished", DONE), ("diverged", DIVERGED)])
    def test_a_published_run_stands(self, tmp_path, status, state):
        publish(tmp_path, status=status)
        assert state_of(tmp_path).state == state and state_of(tmp_path).is_fresh

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"code": "other"}, "code"),
            ({"identity": "other"}, "settings"),
            ({"datasets": {RUN.dataset: "other"}}, "data"),
            ({"code": "other", "datasets": {}}, "code, data"),
        ],
    )
    def test_what_changed_is_named(self, tmp_path, changes, why):
        publish(tmp_path, **changes)
        found = state_of(tmp_path)
        assert (found.state, found.why, found.is_fresh) == (STALE, why, False)

    @pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")])
    def test_a_run_that_has_lost_its_metrics_does_not_stand(self, tmp_path, harm):
        publish(tmp_path)
        harm(RUN.folder(tmp_path) / "metrics.csv")
        found = state_of(tmp_path)
        assert (found.state, found.why) == (STALE, "its metrics.csv is gone or empty")

    def test_a_record_without_its_status_is_no_traceback(self, tmp_path):
        publish(tmp_path)
        path = RUN.folder(tmp_path) / "run.json"
        write_json(path, {k: v for k, v in read_json(path).items() if k != "status"})
        assert state_of(tmp_path).state == DONE  # tables say what it lacks

    def test_data_that_is_not_here_cannot_have_changed(self, tmp_path):
        publish(tmp_path)
        assert state_of(tmp_path, digests={}).state == DONE

    def test_a_checkpoint_tells_step_age_and_what_is_left(self, tmp_path):
        keep(tmp_path, 500, wall=30.0, age=20.0)
        found = state_of(tmp_path)
        assert (found.state, found.step) == (RUNNING, 500)
        assert found.age == pytest.approx(20.0, abs=5.0)
        assert found.left == pytest.approx(30.0 / 500 * (RUN.params["steps"] - 500))

    def test_an_old_checkpoint_is_of_a_run_that_stopped(self, tmp_path):
        keep(tmp_path, 500, age=3600.0)
        assert state_of(tmp_path).state == STOPPED

    def test_a_run_that_is_locked_is_under_way_whatever_its_checkpoints(self, tmp_path):
        folder = state_folder(
            tmp_path / RUN.scale / RUN.paper / "work", RUN, Sources({RUN.trainer: CODE}, DIGESTS)
        )
        with alone(folder.parent, RUN.name):
            assert (state_of(tmp_path).state, state_of(tmp_path).step) == (RUNNING, 0)
            keep(tmp_path, 500, age=3600.0)
            assert (state_of(tmp_path).state, state_of(tmp_path).step) == (RUNNING, 500)
        assert state_of(tmp_path).state == STOPPED

    def test_an_empty_checkpoint_is_none(self, tmp_path):
        keep(tmp_path, 500).write_bytes(b"")
        assert state_of(tmp_path).state == MISSING

    def test_a_checkpoint_of_other_data_is_not_ours(self, tmp_path):
        keep(tmp_path, 500, digests={RUN.dataset: "other"})
        assert state_of(tmp_path).state == MISSING

    @pytest.mark.parametrize("harm", ["cut", 8, 10], ids=["cut", "locked", "packed otherwise"])
    def test_a_damaged_checkpoint_leaves_the_one_before(self, tmp_path, harm):
        keep(tmp_path, 400)
        damaged = keep(tmp_path, 500)
        content = bytearray(damaged.read_bytes())
        if harm == "cut":
            del content[100:]
        else:  # one flipped bit in what is said of the first member, the notes
            content[content.index(b"PK\1\2") + harm] ^= 1
        damaged.write_bytes(content)
        assert state_of(tmp_path).step == 400
        assert damaged.exists()  # a look changes nothing

    @pytest.mark.parametrize("content", ["{", "[]", "null", "[" * 100_000, "of other types"])
    def test_a_damaged_record_is_told(self, tmp_path, content):
        publish(tmp_path, datasets=3)
        if content != "of other types":
            (RUN.folder(tmp_path) / "run.json").write_text(content)
        found = state_of(tmp_path)
        assert (found.state, found.why) == (STALE, "its run.json is damaged")


class TestShow:
    def test_plain_text_has_counts_runs_and_what_to_do(self, tmp_path, monkeypatch):
        publish(tmp_path, datasets={})
        monkeypatch.setattr("saigen.status._digest", lambda path: None)
        other = experiment_runs(load_paper(PAPER), EXPERIMENT, CONFIG)[1]
        done = 3 * other.params["steps"] // 8  # in a minute: 100 seconds are left
        keep(tmp_path, done, wall=60.0, run=other, digests={})
        text = io.StringIO()
        show(states(CONFIG, tmp_path), "quick", tmp_path, console(text))
        said = text.getvalue()
        assert f"{PAPER}/{other.name}" in said and str(done) in said and "1.7 min" in said
        assert f"snakemake --cores all --config scale=quick papers={PAPER}` trains the" in said
        assert "\x1b" not in said and max(map(len, said.splitlines())) < 250

    def test_what_is_next_follows_what_is_there(self, tmp_path):
        config = load_config({"scale": "smoke"})
        found = [ExperimentState(PAPER, EXPERIMENT, [RunState(RUN, DONE)])]
        run = f"`snakemake --cores all --config scale=smoke papers={PAPER}`"
        assert f"{run} makes tables, figures and verdicts" in summary(found, "smoke", tmp_path)
        write_text(tmp_path / "smoke" / PAPER / "claims.csv", "")
        told = summary(found, "smoke", tmp_path)
        assert f"`saigen claims --scale smoke --papers {PAPER}` shows" in told
        everything = summary(states(config, tmp_path), "smoke", tmp_path)
        assert "scale=smoke` trains the rest, `saigen plan --scale smoke` says" in everything

    @pytest.mark.parametrize("harm", ["run.json", "metrics.csv", "both"])
    def test_what_snakemake_takes_for_trained_is_told_with_the_record_to_delete(
        self, tmp_path, harm
    ):
        folder, jobs = tmp_path / "quick" / PAPER, []
        for number, run in enumerate(experiment_runs(load_paper(PAPER), EXPERIMENT, CONFIG)[:2]):
            publish(tmp_path, run, datasets={})
            jobs.append(folder / EXPERIMENT / "jobs" / f"00{number}.json")
            write_json(jobs[-1], {"runs": [{"run": run.name}]})
        write_text(folder / "other/jobs/000.json", "{")
        whole = summary(states(CONFIG, tmp_path), "quick", tmp_path)
        assert "runs stand" in whole and "Delete first" not in whole
        for path in list(RUN.folder(tmp_path).iterdir()):
            if harm in (path.name, "both"):
                path.write_text("") if harm != "both" else path.unlink()
        said = summary(states(CONFIG, tmp_path), "quick", tmp_path)
        assert f"runs are gone or damaged, which Snakemake does not see: {jobs[0]}." in said

    @pytest.mark.parametrize("command", ["status", "claims"])
    def test_a_folder_that_is_no_projects_is_told(self, tmp_path, monkeypatch, capsys, command):
        monkeypatch.chdir(tmp_path)
        assert main([command, "--scale", "smoke"]) == 2
        printed = capsys.readouterr()
        assert "results: no such folder, and no config.yaml beside it; go to" in printed.err
        assert not printed.out
        Path("config.yaml").write_text("scale: quick\n")
        assert main([command, "--scale", "smoke"]) != 2

    def test_the_command_needs_neither_results_nor_tensorflow(self, tmp_path):
        command = (
            "import sys; from saigen.cli import main; "
            f"code = main(['status', '--scale', 'smoke', '--results', {str(tmp_path)!r}]); "
            "assert 'tensorflow' not in sys.modules and 'matplotlib' not in sys.modules; "
            "raise SystemExit(code)"
        )
        done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "runs stand" in done.stdout
        assert not list(tmp_path.iterdir())

    def test_a_paper_that_does_not_exist_is_a_usage_error(self, capsys):
        assert main(["status", "--papers", "gumble_softmax"]) == 2
        assert "did you mean `gumbel_softmax`?" in capsys.readouterr().err


class TestWords:
    @pytest.mark.parametrize(
        ("seconds", "said"),
        [
            (0, "0 s"),
            (8.04, "8.0 s"),
            (61, "61 s"),
            (150, "2.5 min"),
            (7200, "2.0 h"),
            (4e5, "4.6 d"),
        ],
    )
    def test_durations(self, seconds, said):
        assert duration(seconds) == said

    def test_sizes(self):
        assert (size(0.3), size(740), size(1200)) == ("0.3 MB", "740 MB", "1.2 GB")
