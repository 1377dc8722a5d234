"""Trains the runs of one job in one process, and publishes each as it ends."""

import importlib
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from saigen import __version__
from saigen.data.dataset import Dataset
from saigen.engine import device, run_folder
from saigen.engine.freshness import RunSpec, state_folder
from saigen.engine.loop import Outcome, fit
from saigen.engine.task import Task


def train_runs(
    runs: Sequence[RunSpec],
    *,
    trainer: str,
    dataset: Dataset | None,
    code: str,
    results: Path,
    work: Path,
    compute: Mapping[str, Any],
    tell: Callable[[str], None],
    watch: Callable[[str, int, int], None] = lambda run, step, steps: None,
) -> None:
    """Train `runs`, which share an experiment, one after the other.

    Args:
      runs: what to train; seeds of a variant should follow each other, to share its compilation.
      trainer: `module:function`; the function maps (params, dataset) to a Task.
      dataset: the data they read, or None.
      code: fingerprint of the trainer's module.
      results: the results folder.
      work: folder for resume state.
      compute: keyword arguments of `device.set_up`.
      tell: takes one line for the log.
      watch: takes (run, steps done, steps in all) after every call, for a progress bar.

    Raises:
      Preempted: SIGTERM came; what was done is kept.
    """
    _commit()
    stamp = device.set_up(**compute)
    tell(f"TensorFlow {stamp['tensorflow']} on {stamp['device']}")
    module, _, function = trainer.partition(":")
    make_task = getattr(importlib.import_module(module), function)
    digests = {} if dataset is None else {dataset.name: dataset.digest}
    task: Task | None = None
    built: Mapping[str, Any] = {}
    begun = 0.0  # CPU seconds spent before this run; the first also bears the imports
    for number, run in enumerate(runs, start=1):
        tell(f"run {number} of {len(runs)}: {run.name}")
        folder = state_folder(work, run, code, digests)
        if task is None or not task.adopt(built, run.params):
            task = make_task(run.params, dataset)
        built = run.params
        outcome = fit(task, run.seed, folder, stamp, tell, begun, partial(watch, run.name))
        record = _record(run, outcome, code, digests, dataset)
        run_folder.publish(run.folder(results), outcome.state.rows, record, outcome.samples)
        _forget(folder)
        begun = time.process_time()


def _record(
    run: RunSpec,
    outcome: Outcome,
    code: str,
    digests: Mapping[str, str],
    dataset: Dataset | None,
) -> dict[str, Any]:
    """Return run.json: all that is needed to know what was run, on what, at what cost."""
    clock = outcome.state.clock
    return {
        "paper": run.paper,
        "experiment": run.experiment,
        "variant": run.variant,
        "seed": run.seed,
        "scale": run.scale,
        "status": outcome.status,
        "steps": outcome.state.step,
        "params": dict(run.params),
        "identity": run.identity,
        "code": code,
        "datasets": dict(digests),
        "data_facts": {} if dataset is None else dict(dataset.facts),
        "saigen": __version__,
        "commit": _commit(),
        "stamps": outcome.state.stamps,
        "wall_seconds": round(clock["wall"], 3),
        "cpu_seconds": round(clock["cpu"], 3),
        "startup_cpu_seconds": round(clock["startup_cpu"], 3),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


@cache
def _commit() -> str | None:
    """Return the git commit of the code, with `+` where the tree differs from it.

    Asked once, as the process begins: the tree may move on while it trains.
    """
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+"]
    try:
        found = subprocess.run(
            [*command, "--abbrev=12", "--exclude=*"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None


def _forget(folder: Path) -> None:
    """Remove the resume state of a published run, and folders that are empty then."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink()
    for place in (folder, *folder.parents):
        try:
            place.rmdir()
        except OSError:
            return
