"""What is done, running, diverged, stale or missing: read from files alone, without TensorFlow.

Works on a cluster's login node: whatever machine trains, its results folder tells.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console

from saigen.config import Config
from saigen.console import duration, table
from saigen.data.dataset import load
from saigen.engine.checkpoint import progress
from saigen.engine.freshness import Sources, is_whole, state_folder
from saigen.engine.lock import worker
from saigen.errors import SaigenError
from saigen.fingerprint import code_of
from saigen.grid import Run, experiment_runs
from saigen.paper import Paper, load_paper, paper_names
from saigen.products import read_mapping

DONE, DIVERGED, RUNNING, STOPPED, STALE, MISSING = STATES = (
    "done",
    "diverged",
    "running",
    "stopped",
    "stale",
    "missing",
)
#: A run writes a checkpoint every 30 s between calls; silent for longer than this, and locked by
#: nobody whom this machine sees, it has stopped.
SILENCE = 600.0
#: Why a run does not stand though nothing has changed.
_NO_RECORD, _NO_METRICS = "its run.json is damaged", "its metrics.csv is gone or empty"


@dataclass
class RunState:
    """Where one run stands.

    Attributes:
      run: which run.
      state: one of STATES; `stopped` has a checkpoint to go on from, but nobody works on it.
      why: what changed, where it is stale.
      step: steps done, where it has a checkpoint.
      age: seconds since that checkpoint.
      left: seconds to its end at the pace so far, evaluations included; None where unknown.
    """

    run: Run
    state: str
    why: str = ""
    step: int = 0
    age: float = 0.0
    left: float | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether a published run stands, so that nothing is left to train."""
        return self.state in (DONE, DIVERGED)


@dataclass
class ExperimentState:
    """Where the runs of one experiment stand."""

    paper: str
    experiment: str
    runs: list[RunState] = field(default_factory=list)

    def count(self, state: str) -> int:
        """Return how many runs are in a state."""
        return sum(run.state == state for run in self.runs)


def states(config: Config, results: Path) -> list[ExperimentState]:
    """Return where every run of the chosen papers stands at the chosen scale."""
    digest = cache(lambda name: _digest(results / "data" / f"{name}.npz"))
    return [
        ExperimentState(paper.name, name, list(_states(paper, name, config, results, digest)))
        for paper in map(load_paper, config.chosen)
        for name in paper.experiments
    ]


def _states(
    paper: Paper, name: str, config: Config, results: Path, digest: Any
) -> Iterable[RunState]:
    trainer = paper.experiments[name].train
    codes = {trainer: code_of(trainer)}
    for run in experiment_runs(paper, name, config):
        known = None if run.dataset is None else digest(run.dataset)
        yield run_state(run, results, Sources(codes, {} if known is None else {run.dataset: known}))


def run_state(run: Run, results: Path, sources: Sources) -> RunState:
    """Return where one run stands.

    Args:
      run: which run.
      results: the results folder.
      sources: its code as it is now, and its data, where they are prepared here.
    """
    work = results / run.scale / run.paper / "work"
    why = None
    try:
        record = read_mapping(run.folder(results) / "run.json")
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        why = _NO_RECORD
    else:
        whole = is_whole(run.folder(results))
        why = _changed(record, sources.of(run)) if whole else _NO_METRICS
        if not why:
            return RunState(run, DIVERGED if record.get("status") == "diverged" else DONE)
    folder = state_folder(work, run, sources)
    found, at_work = progress(folder), bool(worker(folder.parent))
    if found is None:
        idle = MISSING if why is None else STALE
        return RunState(run, RUNNING if at_work else idle, why or "")
    step, clock, written = found
    age = max(0.0, time.time() - written)
    steps = run.params.get("steps")
    pace = clock.get("wall", 0.0) / step if step else None
    left = pace * (steps - step) if pace is not None and isinstance(steps, int) else None
    state = RUNNING if at_work or age < SILENCE else STOPPED
    return RunState(run, state, why or "", step, age, left)


def _changed(record: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say what has changed since a run was published: settings, code, data, or nothing."""
    changed = []
    if record.get("identity") != now["identity"]:
        changed.append("settings")
    if record.get("code") != now["code"]:
        changed.append("code")
    used = record.get("datasets", {})
    if not isinstance(used, dict):
        return _NO_RECORD
    # A dataset that is not prepared here cannot have changed here.
    if any(used.get(name) != digest for name, digest in now["datasets"].items()):
        changed.append("data")
    return ", ".join(changed)


def _digest(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        return load(path).digest
    except SaigenError:
        return "damaged"


def show(found: list[ExperimentState], scale: str, results: Path, on: Console) -> None:
    """Print one line an experiment, then the runs that somebody works on."""
    headings = ("paper", "experiment", "runs", *STATES, "changed")
    rows, before = [], None
    for entry in found:
        if before not in (None, entry.paper):
            rows.append([""] * len(headings))
        before = entry.paper
        changed = sorted({run.why for run in entry.runs if run.why})
        counts = [str(entry.count(state) or "·") for state in STATES]
        name = (entry.paper, entry.experiment, str(len(entry.runs)))
        rows.append([*name, *counts, "; ".join(changed)])
    on.print(f"Scale {scale}")
    table(rows, headings, ("runs", *STATES), on)
    working = [run for entry in found for run in entry.runs if run.state in (RUNNING, STOPPED)]
    if working:
        on.print()
        wanted = ("run", "state", "step", "of", "checkpoint", "left")
        table([_line(run) for run in working], wanted, ("step", "of", "left"), on)
    on.print()
    on.print(summary(found, scale, results))


def _trusted(runs: Iterable[RunState], results: Path) -> list[Path]:
    """Return the records of jobs, some of whose runs are gone or damaged.

    Snakemake knows a job by its record alone, and takes such a run for trained.
    """
    lost: dict[Path, set[str]] = {}
    for each in runs:
        if each.state == MISSING or each.why in (_NO_RECORD, _NO_METRICS):
            folder = results / each.run.scale / each.run.paper
            lost.setdefault(folder, set()).add(each.run.name)
    records = [path for folder in lost for path in sorted(folder.glob("*/jobs/*.json"))]
    return [path for path in records if lost[path.parents[2]] & _named(path)]


def _named(record: Path) -> set[str]:
    try:
        return {entry["run"] for entry in read_mapping(record)["runs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _line(found: RunState) -> list[str]:
    return [
        f"{found.run.paper}/{found.run.name}",
        found.state,
        str(found.step),
        str(found.run.params.get("steps", "?")),
        f"{duration(found.age)} ago" if found.step else "none yet",
        "?" if found.left is None else duration(found.left),
    ]


def summary(found: list[ExperimentState], scale: str, results: Path) -> str:
    """Say in a line how far it is, and what to do next."""
    every = [run for entry in found for run in entry.runs]
    fresh = sum(run.is_fresh for run in every)
    chosen = list(dict.fromkeys(entry.paper for entry in found))
    some = len(chosen) < len(paper_names())
    run = f"snakemake --cores all --config scale={scale}" + f" papers={','.join(chosen)}" * some
    options = f"--scale {scale}" + f" --papers {' '.join(chosen)}" * some
    if fresh < len(every):
        told = (
            f"{fresh} of {len(every)} runs stand; `{run}` trains the rest, `saigen plan {options}` "
            "says at what cost."
        )
        if trusted := _trusted(every, results):
            told += (
                " Delete first the records of jobs whose runs are gone or damaged, which Snakemake "
                f"does not see: {', '.join(map(str, trusted))}."
            )
        return told
    if all((results / scale / paper / "claims.csv").is_file() for paper in chosen):
        return f"All {fresh} runs stand; `saigen claims {options}` shows the verdicts."
    return f"All {fresh} runs stand; `{run}` makes tables, figures and verdicts."
