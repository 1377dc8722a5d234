"""Everything is killed in the middle of training, and the same command ends as if nothing was."""

import os
import signal
import time

from trainings import published

# Runs of seconds, not of moments, and a checkpoint so often that there is one to resume from.
LONGER = "overrides={tiny: {rates: {steps: 2000, evaluate_every: 100, seeds: 1}}}"
HOW = {"settings": ("papers=tiny", "scale=smoke", LONGER)}
CHECKPOINTS = "CHECKPOINT_SECONDS = 30.0"


def results(checkout):
    """Everything published of seed 0 but seconds and stamps, by run; other seeds are older."""
    found = published(checkout.root / "results/smoke/tiny/rates")
    return {run: content for run, content in found.items() if run.endswith("/seed0")}


def wait_until(said, process, seconds=120):
    """Wait until `said()` is true while a process goes on."""
    until = time.monotonic() + seconds
    while not said():
        assert process.poll() is None and time.monotonic() < until, process.communicate()[0]
        time.sleep(0.02)


def test_sigkill_of_everything_costs_an_unlock_and_nothing_else(first_run, tmp_path):
    undisturbed, killed = (first_run.fork(tmp_path / name) for name in ("undisturbed", "killed"))
    for checkout in (undisturbed, killed):
        loop = checkout.root / "src/saigen/engine/loop.py"
        text = loop.read_text(encoding="utf-8")
        assert CHECKPOINTS in text
        loop.write_text(text.replace(CHECKPOINTS, "CHECKPOINT_SECONDS = 0.1"), encoding="utf-8")

    process = killed.start("--cores", "2", "train_all", **HOW)
    work = killed.root / "results/smoke/tiny/work"
    wait_until(lambda: any(work.rglob("0*.npz")), process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    record = killed.root / "results/smoke/tiny/rates/jobs/000.json"
    assert not record.exists(), "killed too late"

    assert "--unlock" in killed.snakemake("--cores", "2", "train_all", fails=True, **HOW)
    killed.snakemake("--unlock", **HOW)
    killed.snakemake("--cores", "2", "train_all", **HOW)
    log = (killed.root / "results/smoke/logs/tiny/rates/000.log").read_text(encoding="utf-8")
    assert "resumed at step " in log
    assert not work.exists()

    undisturbed.snakemake("--cores", "2", "train_all", **HOW)
    assert results(killed) == results(undisturbed)
    assert {facts["steps"] for _, facts in results(killed).values()} == {2000}


def test_a_second_snakemake_is_refused_and_the_first_one_ends_well(first_run, tmp_path):
    checkout = first_run.fork(tmp_path / "saigen")
    first = checkout.start("--cores", "1", "train_all", **HOW)
    wait_until(lambda: any((checkout.root / ".snakemake/locks").glob("*")), first)
    said = checkout.snakemake("--cores", "1", "train_all", fails=True, **HOW)
    assert "LockException" in said and "Traceback" not in said
    told, _ = first.communicate(timeout=300)
    assert first.returncode == 0, told
    assert {facts["steps"] for _, facts in results(checkout).values()} == {2000}
