"""SIGKILL at random moments, over every paper's trainers and over Snakemake: same bits or not.

    python tests/soak/soak.py --kills 100 --output results/reference/soak.csv

Each training job of the smoke scale is run once undisturbed. Then it is started and killed again
and again; whenever it comes to an end, what it published is compared with the undisturbed run, and
it begins anew. Snakemake is killed with its whole process group, unlocked, and started again. The
table says how often each was killed, how often a kill was survived by a checkpoint rather than by
beginning anew, and whether every result had the same bits.
"""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from checkout import make_checkout
from trainings import KEPT, LAUNCHER, published

from saigen.config import load_config
from saigen.data import prepare
from saigen.grid import Job, all_jobs
from saigen.paper import load_paper, paper_names


@dataclass
class Row:
    """What became of one job.

    Attributes:
      paper, job: which; `snakemake` for the pipeline itself.
      runs: trainings compared at each end.
      kills: SIGKILLs.
      resumed: starts that went on from a checkpoint.
      ends: how often it came to an end after kills.
      identical: how many of these ends had the bits of the undisturbed run.
    """

    paper: str
    job: str
    runs: int
    kills: int = 0
    resumed: int = 0
    ends: int = 0
    identical: int = 0


def everything(results: Path, timings: set[str]) -> dict[str, object]:
    """Return what runs published, sample arrays too, seconds and stamps left out, by run.

    Args:
      results: folder of a scale.
      timings: experiments that measure seconds; of their numbers only the names are compared.
    """
    found = {}
    for run, (rows, facts) in published(results, (*KEPT, "experiment")).items():
        timed = facts["experiment"] in timings
        arrays = {}
        if (results / run / "samples.npz").is_file():
            with np.load(results / run / "samples.npz", allow_pickle=False) as content:
                arrays = {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in content.items()}
        found[run] = [{**row, "value": None} if timed else row for row in rows], arrays, facts
    return found


class Trainings:
    """One training job, started and killed.

    Args:
      job: the job.
      scratch: a folder for its results and the data.
      chance: where random moments come from.
    """

    def __init__(self, job: Job, scratch: Path, chance: random.Random) -> None:
        self._job, self._scratch, self._chance = job, scratch, chance
        experiments = load_paper(job.paper).experiments
        self._timings = {name for name in job.experiments if experiments[name].timing}
        self.row = Row(job.paper, f"{job.experiment}/{job.name}", len(job.runs))

    def start(self, results: Path, log: Path) -> subprocess.Popen:
        """Start the job in a process of its own."""
        job = self._job
        arguments = ["train", job.paper, job.experiment, job.name]
        arguments += ["--settings", json.dumps({"scale": "smoke"}), "--results", str(results)]
        if job.dataset is not None:
            arguments += ["--dataset", str(data_of(job.dataset, self._scratch))]
        with log.open("a") as text:
            return subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, *arguments], stdout=text, stderr=text
            )

    def soak(self, kills: int) -> None:
        """Kill it `kills` times."""
        whole, results = self._scratch / "whole", self._scratch / "killed"
        log = self._scratch / "log"
        began = time.monotonic()
        if self.start(whole, log).wait() != 0:
            raise SystemExit(f"{self.row.paper} {self.row.job} fails undisturbed: {log}")
        seconds = time.monotonic() - began
        wanted = everything(whole / "smoke", self._timings)
        while self.row.kills < kills:
            anew, began = not results.exists(), time.monotonic()
            process = self.start(results, log)
            try:
                process.wait(self._chance.uniform(0.0, seconds))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.row.kills += 1
                continue
            if anew:
                # Other work on the machine makes it slower or faster than it was at first.
                seconds = time.monotonic() - began
            self._compare(process, results, wanted)
        self._compare(self.start(results, log), results, wanted)
        self.row.resumed = log.read_text(encoding="utf-8").count("resumed at step ")
        shutil.rmtree(whole)
        log.unlink()

    def _compare(self, process: subprocess.Popen, results: Path, wanted: object) -> None:
        code = process.wait()
        self.row.ends += 1
        same = code == 0 and everything(results / "smoke", self._timings) == wanted
        self.row.identical += same
        shutil.rmtree(results, ignore_errors=True)


def data_of(name: str, scratch: Path) -> Path:
    """Return a prepared dataset, made on first use."""
    folder = scratch.parent / "data"
    target = folder / f"{name}.npz"
    if not target.is_file():
        prepare(name, target, folder=folder, offline=True, log=lambda line: None)
    return target


def soak_snakemake(scratch: Path, chance: random.Random, kills: int) -> Row:
    """Kill Snakemake and all under it, unlock, start again."""
    longer = "overrides={tiny: {rates: {steps: 2000, evaluate_every: 100}}}"
    how = {"settings": ("papers=tiny", "scale=smoke", longer)}
    whole, killed = make_checkout(scratch / "whole"), make_checkout(scratch / "killed")
    began = time.monotonic()
    whole.snakemake("--cores", "2", **how)
    seconds = time.monotonic() - began
    wanted = everything(whole.root / "results/smoke", set())
    row = Row("tiny", "snakemake", len(wanted))
    while row.kills < kills:
        process = killed.start("--cores", "2", **how)
        try:
            process.communicate(timeout=chance.uniform(0.0, seconds))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            row.kills += 1
            killed.snakemake("--unlock", **how)
            continue
        row.ends += 1
        row.identical += everything(killed.root / "results/smoke", set()) == wanted
        shutil.rmtree(killed.root / "results")
    killed.snakemake("--cores", "2", **how)
    row.ends += 1
    row.identical += everything(killed.root / "results/smoke", set()) == wanted
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100, help="in all; a tenth over Snakemake")
    parser.add_argument("--papers", nargs="+", default=paper_names())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="the table, csv")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    jobs = all_jobs(load_config({"scale": "smoke", "papers": options.papers}))
    over_snakemake = max(1, options.kills // 10)
    each = -(-(options.kills - over_snakemake) // len(jobs))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, job in enumerate(jobs):
            scratch = Path(folder) / f"{number:03d}"
            scratch.mkdir()
            trainings = Trainings(job, scratch, chance)
            trainings.soak(each)
            rows.append(trainings.row)
            print(*asdict(rows[-1]).items(), flush=True)
        (Path(folder) / "snakemake").mkdir()
        rows.append(soak_snakemake(Path(folder) / "snakemake", chance, over_snakemake))
        print(*asdict(rows[-1]).items(), flush=True)
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with options.output.open("w", newline="", encoding="utf-8") as text:
            table = csv.DictWriter(text, [field.name for field in fields(Row)])
            table.writeheader()
            table.writerows(map(asdict, rows))
    killed, ends = sum(row.kills for row in rows), sum(row.ends for row in rows)
    broken = ends - sum(row.identical for row in rows)
    print(f"{killed} kills, {ends} ends, {broken} with other bits")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
