"""One training job: several runs in one process, and the record it leaves."""

import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from saigen.config import load_config
from saigen.data.dataset import load
from saigen.errors import SaigenError, UsageError
from saigen.files import read_json, write_json
from saigen.fingerprint import code_of, read_anew
from saigen.grid import Job, Run, device_for, job
from saigen.paper import load_paper

#: What a process ended by SIGTERM returns: 128 + 15.
PREEMPTED = 143
#: Set in the environment, it turns a job that would train into an error.
NO_TRAINING = "SAIGEN_NO_TRAINING"


def train_job(
    paper: str,
    experiment: str,
    name: str,
    settings: Mapping[str, Any],
    *,
    dataset: Path | None,
    results: Path,
    tell: Callable[[str], None],
    watch: Callable[[str, int, int], None] = lambda run, step, steps: None,
) -> int:
    """Train what is stale of a job, write its record, and return the exit code.

    Args:
      paper, experiment, name: which job.
      settings: the piece of the configuration that concerns it.
      dataset: the prepared dataset, where the experiment reads one.
      results: the results folder.
      tell: takes one line for the log.
      watch: takes (run, steps done, steps in all) as it goes on, for a progress bar.

    Raises:
      UsageError: no such job, the wrong dataset, or a setting that its trainer refuses.
      SaigenError: the device has too little memory, or the trainer does not know a word.
    """
    config = load_config(dict(settings), "--settings")
    wanted = job(paper, experiment, name, config)
    if wanted.dataset is not None and dataset is None:
        raise UsageError(
            f"{paper}/{experiment} reads {wanted.dataset}: give it with --dataset "
            f"(`saigen fetch {wanted.dataset}` makes it)"
        )
    data = None if wanted.dataset is None or dataset is None else load(dataset)
    if data is not None and data.name != wanted.dataset:
        raise UsageError(f"{paper}/{experiment} reads {wanted.dataset}, not {data.name}: {dataset}")

    from saigen.engine.freshness import Sources, stale_runs

    digests = {} if data is None else {data.name: data.digest}
    sources = Sources({trainer: code_of(trainer) for trainer in wanted.trainers}, digests)
    stale = stale_runs(wanted.runs, results, sources)
    tell(f"{len(wanted.runs) - len(stale)} of {len(wanted.runs)} runs are up to date")
    if stale and os.environ.get(NO_TRAINING):
        raise SaigenError(
            f"{stale[0].name} would be trained, and {len(stale) - 1} more of this job, but "
            f"{NO_TRAINING} is set; `saigen status --scale {config.scale} --papers {paper}` says "
            "what does not stand and why"
        )
    if stale:
        # From here on SIGTERM waits for a checkpoint; importing TensorFlow takes seconds.
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(PREEMPTED))

        trained = load_paper(paper).experiments
        device = device_for([trained[name] for name in wanted.experiments], config)
        import tensorflow as tf

        from saigen.engine.loop import Preempted
        from saigen.engine.train import train_runs

        _import(wanted.trainers, sources.codes)
        try:
            train_runs(
                stale,
                dataset=data,
                sources=sources,
                results=results,
                work=results / config.scale / paper / "work",
                compute=config.compute.model_dump() | {"device": device},
                tell=tell,
                watch=watch,
                data_file=dataset,
            )
        except Preempted as stop:
            tell(str(stop))
            return PREEMPTED
        except KeyError as problem:
            if not (fault := _unknown_word(problem, stale)):
                raise
            raise SaigenError(fault) from problem
        except tf.errors.ResourceExhaustedError as problem:
            raise SaigenError(
                f"{paper}/{experiment}: out of memory ({_cause(problem)}); lower "
                f"`overrides.{paper}.{experiment}.batch_size`, or let fewer trainings hold a "
                "GPU at once (`--resources gpu=1`); runs that ended are kept, and the same command "
                "goes on from the last checkpoint"
            ) from problem
        if left := stale_runs(wanted.runs, results, sources):
            raise SaigenError(
                f"{left[0].name}: another process has published it meanwhile, of other settings, "
                "code or data (an earlier start that went on?); end that one, then start again"
            )
    _write_record(wanted, results)
    return 0


def _import(trainers: Iterable[str], codes: Mapping[str, str]) -> None:
    """Import what trains, and refuse code that is not what runs would be recorded under.

    Raises:
      SaigenError: a file was saved between the look at it and the import.
    """
    for trainer in trainers:
        importlib.import_module(trainer.partition(":")[0])
    read_anew()
    if changed := [name for name in trainers if code_of(name) != codes[name]]:
        raise SaigenError(
            f"the code of {changed[0]} changed as this job began; start it again: nothing is lost"
        )


def _unknown_word(problem: KeyError, runs: Iterable[Run]) -> str:
    """Say whose setting it was that a trainer looked up in vain; "" where it was no setting."""
    word = problem.args[0] if problem.args else None
    for run in runs:
        for key, value in run.params.items():
            if isinstance(word, str) and word in (value if isinstance(value, list) else [value]):
                return (
                    f"{run.name}: its trainer does not know `{key}: {word}`; mend it in "
                    f"papers/{run.paper}/paper.yaml, or in `overrides`, or teach {run.trainer}"
                )
    return ""


def _cause(problem: Exception) -> str:
    """Return the line of a TensorFlow error that says what could not be had."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return next((line for line in lines if "OOM" in line), lines[0] if lines else "no more said")


def _write_record(wanted: Job, results: Path) -> None:
    """Write the job's record: its runs, how each ended, and what it cost."""
    runs = []
    for run in wanted.runs:
        record = read_json(run.folder(results) / "run.json")
        kept = ("status", "steps", "cpu_seconds", "wall_seconds", "startup_cpu_seconds")
        runs.append({"run": run.name} | {key: record[key] for key in kept})
    content = {"job": wanted.name, "experiment": wanted.experiment, "runs": runs}
    write_json(wanted.record(results), content)
