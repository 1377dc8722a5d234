"""Trains the runs of one job in one process, and publishes each as it ends."""

import importlib
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from typing import Any

from saigen import __version__
from saigen.checkout import commit
from saigen.data.dataset import Dataset, load
from saigen.engine import device, run_folder
from saigen.engine.freshness import RunSpec, Sources, stale_runs, state_folder
from saigen.engine.lock import alone
from saigen.engine.loop import Outcome, fit
from saigen.engine.task import Task
from saigen.errors import SaigenError, UsageError
from saigen.metrics.judges import judges


def train_runs(
    runs: Sequence[RunSpec],
    *,
    dataset: Dataset | None,
    sources: Sources,
    results: Path,
    work: Path,
    compute: Mapping[str, Any],
    tell: Callable[[str], None],
    watch: Callable[[str, int, int], None] = lambda run, step, steps: None,
    data_file: Path | None = None,
) -> None:
    """Train `runs` one after the other; those that can share a compilation follow each other.

    One that another process has published meanwhile is left as it is.

    Args:
      runs: what to train. Their trainers are named `module:function`; the function maps
        (params, dataset) to a Task.
      dataset: the data they read, or None.
      sources: fingerprints of the trainers and digest of the dataset.
      results: the results folder.
      work: folder for resume state.
      compute: keyword arguments of `device.set_up`.
      tell: takes one line for the log.
      watch: takes (run, steps done, steps in all) after every call, for a progress bar.
      data_file: where `dataset` was opened, if from a file.

    Raises:
      Preempted: SIGTERM came; what was done is kept.
      SaigenError: another process trains one of them, or the dataset was made anew meanwhile.
      UsageError: a batch is larger than the training set.
    """
    commit()
    stamp = device.set_up(**compute)
    tell(f"TensorFlow {stamp['tensorflow']} on {stamp['device']}")
    if unused := device.unused_gpu(compute.get("device", "auto"), stamp):
        tell(unused)
    if coarse := device.coarse_sums(stamp):
        tell(coarse)
    begun = 0.0  # CPU seconds spent before this run; the first also bears the imports
    diverged: set[str] = set()
    for number, (run, task, starts) in enumerate(_with_tasks(runs, dataset, diverged), start=1):
        tell(f"run {number} of {len(runs)}: {run.name}")
        folder = state_folder(work, run, sources)
        # Of the run, whatever settings, code and data another process has for it.
        with alone(folder.parent, run.name):
            if stale_runs([run], results, sources):
                outcome = fit(task, run.seed, folder, stamp, tell, begun, partial(watch, run.name))
                if run.dataset and dataset is not None and data_file is not None:
                    _refuse_other_data(run, dataset, data_file, folder)
                record = _record(run, outcome, sources, dataset, starts)
                place = run.folder(results)
                run_folder.publish(place, outcome.state.rows, record, outcome.samples)
                if outcome.status == "diverged":
                    diverged.add(run.name)
            else:
                tell(f"{run.name} stands: another process has trained it meanwhile")
            # While it is ours: another process may wait for the lock that lies above.
            _forget(folder)
        begun = time.process_time()


def _with_tasks(
    runs: Sequence[RunSpec], dataset: Dataset | None, diverged: Set[str]
) -> Iterator[tuple[RunSpec, Task, str]]:
    """Yield every run with a task that serves it, and what its start-up pays for.

    A task is built for the first run that has none, serves all that it can, and is forgotten.

    It serves none after a run that diverged: a slot that an optimiser keeps to itself and
    multiplies by 0 is NaN from then on, and so would every later run be.

    Args:
      runs: what to train.
      dataset: the data they read, or None.
      diverged: names of runs that did; asked after each.
    """
    left, starts = list(runs), "process"
    while left:
        first = left[0]
        module, _, function = first.trainer.partition(":")
        make_task = getattr(importlib.import_module(module), function)
        task: Task = make_task(first.params, dataset if first.dataset else None)
        _check_batch(first, task)
        for run in [run for run in left if _share(task, first, run)]:
            left.remove(run)
            task.adopt(run.params)
            yield run, task, starts
            starts = "run"
            if run.name in diverged:
                break
        starts = "variant"


def _share(task: Task, first: RunSpec, run: RunSpec) -> bool:
    """Say whether a run can have the task that was built for another.

    Not where it is looked at at other steps: a trainer may end by what it sees there, and then
    holds `evaluate_every`.
    """
    looks = {each.params.get("evaluate_every") for each in (first, run)}
    alike = run.trainer == first.trainer and len(looks) == 1
    return alike and task.serves(first.params, run.params)


def _check_batch(run: RunSpec, task: Task) -> None:
    """Refuse a batch that is larger than the training set.

    Raises:
      UsageError: it is.
    """
    if task.batch_size > task.examples:
        asked = int(run.params.get("batch_size", task.batch_size))
        most = asked * task.examples // task.batch_size
        raise UsageError(
            f"{run.name}: with `batch_size: {asked}` a step takes {task.batch_size} examples, and "
            f"{run.dataset} has {task.examples} to train on; set "
            f"`overrides.{run.paper}.{run.experiment}.batch_size` to {most} or less"
        )


def _refuse_other_data(run: RunSpec, dataset: Dataset, data_file: Path, folder: Path) -> None:
    """Refuse a run whose dataset's file is not the one that was opened, and forget its state.

    Arrays are read when first asked for, so that some may be of the other set. The state lies in
    the folder of the first set's digest, and would be resumed if that set came back.

    Raises:
      SaigenError: it was made anew.
    """
    if load(data_file).digest != dataset.digest:
        _forget(folder)
        raise SaigenError(
            f"{run.name}: {data_file} was made anew, with other content, while this run trained on "
            "it; the run is not kept, those published before it are: start it again"
        )


def _record(
    run: RunSpec, outcome: Outcome, sources: Sources, dataset: Dataset | None, starts: str
) -> dict[str, Any]:
    """Return run.json: all that is needed to know what was run, on what, at what cost."""
    clock = outcome.state.clock
    read = dataset if run.dataset else None
    return {
        "paper": run.paper,
        "experiment": run.experiment,
        "variant": run.variant,
        "seed": run.seed,
        "scale": run.scale,
        "status": outcome.status,
        "steps": outcome.state.step,
        "params": dict(run.params),
        **sources.of(run),
        "data_facts": {} if read is None else dict(read.facts),
        "judges": judges(run.params, read),
        "saigen": __version__,
        "commit": commit(),
        "stamps": outcome.state.stamps,
        "wall_seconds": round(clock["wall"], 3),
        "cpu_seconds": round(clock["cpu"], 3),
        "startup_cpu_seconds": round(clock["startup_cpu"], 3),
        # What that paid for: a whole process, a variant's compilation, or this run alone.
        "starts": starts,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _forget(folder: Path) -> None:
    """Remove the resume state of a published run, its lock, and folders that are empty then."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink()
    (folder.parent / "lock").unlink(missing_ok=True)
    for place in (folder, *folder.parents):
        try:
            place.rmdir()
        except FileNotFoundError:  # another process trained it, and this one has no state of it
            continue
        except OSError:
            return
