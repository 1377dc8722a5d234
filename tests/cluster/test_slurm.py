"""The pipeline on a real Slurm: what is asked for, where it runs, and what faults cost.

`make test-cluster` runs these; each goes through sbatch as a user's run does.
"""

import os
import signal
import subprocess
import time

import pytest
from checkout import make_checkout
from trainings import published

from saigen.config import Config
from saigen.grid import all_jobs
from saigen.paper import load_paper

pytestmark = pytest.mark.cluster

#: The profile as it stands, with polls for the impatient.
SLURM = (
    "--profile", "workflow/profiles/slurm",
    "--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1",
    "--latency-wait", "5",
)  # fmt: skip
#: Long enough to be disturbed, with a checkpoint every second.
LONG = "overrides={tiny: {rates: {steps: 150000, log_every: 1000, evaluate_every: 30000}}}"
FAULTS = {"settings": ("papers=tiny", "scale=smoke", "seeds=1", LONG)}


def trained(checkout):
    """Everything the tiny paper published but seconds and stamps, by run."""
    return published(checkout.root / "results/smoke/tiny/rates")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What the long runs come to on this machine, without Slurm."""
    local = make_checkout(tmp_path_factory.mktemp("local") / "saigen")
    often(local)
    local.snakemake("--cores", "1", "train_all", **FAULTS)
    return trained(local)


def often(checkout):
    """Write checkpoints every second, so that a kill finds one."""
    loop = checkout.root / "src/saigen/engine/loop.py"
    text = loop.read_text(encoding="utf-8")
    assert "CHECKPOINT_SECONDS = 30.0" in text
    loop.write_text(text.replace("CHECKPOINT_SECONDS = 30.0", "CHECKPOINT_SECONDS = 1.0"))


class Disturbed:
    """A run on the cluster that is to be disturbed in the middle of its training."""

    def __init__(self, cluster, checkout):
        often(checkout)
        self.cluster, self.checkout = cluster, checkout
        self.before = {job["JobId"] for job in cluster.jobs()}
        self.process = checkout.start(*SLURM, "train_all", **FAULTS)
        work = checkout.root / "results/smoke/tiny/work"
        self.wait(lambda: any(work.rglob("0*.npz")))

    def wait(self, said, seconds=180):
        until = time.monotonic() + seconds
        while not said():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.1)

    def jobs(self):
        """Return this run's jobs, as Slurm knows them."""
        return [job for job in self.cluster.jobs() if job["JobId"] not in self.before]

    def ends_well(self):
        said = self.process.communicate(timeout=400)[0]
        assert self.process.returncode == 0, said
        return said

    def log(self):
        path = self.checkout.root / "results/smoke/logs/tiny/rates/000.log"
        return path.read_text(encoding="utf-8")


def test_two_papers_end_to_end_as_slurm_saw_them(cluster, checkout):
    checkout.snakemake(*SLURM, settings=("papers=[tiny,gumbel_softmax]", "scale=smoke"))
    assert (checkout.root / "results/smoke/report.html").is_file()
    seen = cluster.jobs()
    config = Config(scale="smoke", papers=["gumbel_softmax"])
    wanted = all_jobs(config)
    assert len(seen) == len(wanted) + 1, "one submission a training job, the tiny paper's included"
    assert {job["JobState"] for job in seen} == {"COMPLETED"}
    on_gpu = [job for job in seen if "gpu" in job.get("TresPerJob", "")]
    experiments = load_paper("gumbel_softmax").experiments
    needing = [job for job in wanted if any(experiments[e].gpu for e in job.experiments)]
    assert len(on_gpu) == len(needing) > 0
    for job in seen:
        assert job["Partition"] == ("gpu" if job in on_gpu else "cpu")
        assert job["TimeLimit"] == "02:00:00"
    assert {job["BatchHost"] for job in on_gpu} == {"c2"}
    asked = sorted(int(job["MinMemoryNode"].removesuffix("M")) for job in seen)
    memory = [max(experiments[e].memory_mb for e in job.experiments) for job in wanted]
    assert asked == sorted([*memory, 2000])


def test_a_cancelled_training_goes_on_from_its_checkpoint(cluster, checkout, undisturbed):
    run = Disturbed(cluster, checkout)
    (job,) = run.jobs()
    cluster.ask("scancel", job["JobId"])
    said = run.ends_well()
    assert "CANCELLED" in said
    assert [job["JobState"] for job in run.jobs()] == ["CANCELLED", "COMPLETED"]
    assert "resumed at step " in run.log()
    assert trained(checkout) == undisturbed


def test_a_lost_node_costs_a_requeue(cluster, checkout, undisturbed):
    run = Disturbed(cluster, checkout)
    (job,) = run.jobs()
    cluster.lose_node(job["BatchHost"])
    try:
        run.ends_well()
    finally:
        cluster.start_node(job["BatchHost"])
    (after, *more) = run.jobs()
    assert not more and after["Restarts"] == "1", "Slurm started the same job again"
    assert "resumed at step " in run.log()
    assert trained(checkout) == undisturbed


def test_snakemake_killed_and_started_again(cluster, checkout, undisturbed):
    run = Disturbed(cluster, checkout)
    os.killpg(run.process.pid, signal.SIGKILL)
    run.process.communicate()
    for job in run.jobs():  # a killed Snakemake leaves its jobs running
        cluster.ask("scancel", job["JobId"])
    run.process = subprocess.Popen(["sleep", "600"])
    try:
        run.wait(lambda: {job["JobState"] for job in run.jobs()} == {"CANCELLED"})
    finally:
        run.process.kill()
        run.process.wait()
    assert "--unlock" in checkout.snakemake(*SLURM, "train_all", fails=True, **FAULTS)
    checkout.snakemake("--unlock", **FAULTS)
    checkout.snakemake(*SLURM, "train_all", **FAULTS)
    assert "resumed at step " in run.log()
    assert trained(checkout) == undisturbed


def test_a_preempted_training_is_requeued_and_goes_on(cluster, checkout, undisturbed):
    run = Disturbed(cluster, checkout)
    (job,) = run.jobs()
    urgent = ["-o", "/dev/null", "-n", "1", "--exclusive", "-p", "urgent", "--wrap"]
    cluster.ask("sbatch", *urgent, "sleep 5", "-w", job["BatchHost"])
    run.ends_well()
    (after,) = [found for found in run.jobs() if found["JobId"] == job["JobId"]]
    assert after["Restarts"] == "1" and after["JobState"] == "COMPLETED"
    assert "resumed at step " in run.log()
    assert trained(checkout) == undisturbed
