"""The pieces' cost, read off past runs of the same trainer on the same kind of machine.

run.json tells CPU seconds, of which start-up; metrics.csv tells the wall time after every call
and every evaluation, and so how the rest is shared between steps and evaluations.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from saigen.experiment import Experiment
from saigen.files import read_json
from saigen.paper import Paper
from saigen.plan.units import Units, cost_key
from saigen.plan.work import ALONG, END, Terms, work

#: Seconds of stepping below which past runs say too little of a step's cost.
TELLING = 0.2
#: What starting a process costs where no past job tells it.
_USUAL_PROCESS = 10.0


@dataclass
class History:
    """What past runs of a trainer cost.

    Attributes:
      cpu, wall: cost of the pieces, by cost key; starting counts in CPU seconds in both.
      memory_mb, run_mb: the most memory of a process, the mean disk of a run; 0 if unknown.
      gpu: whether they ran on a GPU.
    """

    cpu: dict[str, Units] = field(default_factory=dict)
    wall: dict[str, Units] = field(default_factory=dict)
    memory_mb: float = 0.0
    run_mb: float = 0.0
    gpu: bool = False


class Past(NamedTuple):
    """One past run.

    Attributes:
      facts: its run.json.
      key: its cost key.
      starts: what its start-up paid for: a whole `process`, its `variant`, the `run` alone.
      calls: (steps, wall seconds) of each call.
      evaluations: wall seconds of each evaluation.
      bytes: its size on disk.
      terms: what its evaluations' work is made of.
    """

    facts: Mapping[str, Any]
    key: str
    starts: str
    calls: list[tuple[int, float]]
    evaluations: list[float]
    bytes: int
    terms: Terms


def history(papers: Iterable[Paper], trainer: str, results: Path, **here: Any) -> History:
    """Return what past runs of `trainer` cost, at any scale.

    Args:
      papers: whose experiments to look at.
      trainer: `module:function`.
      results: the results folder.
      here: what the stamp of a past run must agree with (`processor`, `device`, …).
    """
    groups: dict[str, list[Past]] = {}
    for past in _past_runs(papers, trainer, results):
        stamps = past.facts["stamps"]
        if all(stamp.get(name) == value for stamp in stamps for name, value in here.items()):
            groups.setdefault(past.key, []).append(past)
    found = History()
    everything = [past for group in groups.values() for past in group]
    process = _process(everything)
    for key, group in groups.items():
        units, stepping = _units(group, process)
        if stepping >= TELLING:
            found.cpu[key] = units
            found.wall[key] = _units(group, process, by_the_clock=True)[0]
    if everything:
        found.memory_mb = max(past.facts["memory_mb"] for past in everything)
        found.run_mb = sum(past.bytes for past in everything) / len(everything) / 1e6
        found.gpu = any(s["device"] != "CPU" for past in everything for s in past.facts["stamps"])
    return found


def _past_runs(papers: Iterable[Paper], trainer: str, results: Path) -> Iterator[Past]:
    for paper in papers:
        for name, experiment in paper.experiments.items():
            if experiment.train != trainer:
                continue
            for path in sorted(results.glob(f"*/{paper.name}/{name}/*/seed*/run.json")):
                past = _read(path, experiment)
                if past is not None:
                    yield past


def _read(path: Path, experiment: Experiment) -> Past | None:
    """Read one run; None where it is damaged, or diverged and so cut short."""
    try:
        facts = read_json(path)
        if facts["status"] != "finished":
            return None
        with (path.parent / "metrics.csv").open(encoding="utf-8", newline="") as lines:
            calls, evaluations = _spans(csv.DictReader(lines))
        used = sum(piece.stat().st_size for piece in path.parent.iterdir())
        key = cost_key(facts["params"], experiment.priced_by)
        return Past(facts, key, facts["starts"], calls, evaluations, used, experiment.work)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _spans(rows: Iterable[Mapping[str, str]]) -> tuple[list[tuple[int, float]], list[float]]:
    """Return (steps, wall seconds) of each call, and the wall seconds of each evaluation.

    Rows of one step share a time for the call that ended there, and a later one for the
    evaluation, where there was one.
    """
    ends: dict[int, list[float]] = {}
    for row in rows:
        ends.setdefault(int(row["step"]), []).append(float(row["wall_seconds"]))
    calls, evaluations = [], []
    last_step, last_end = 0, 0.0
    for step, walls in sorted(ends.items()):
        calls.append((step - last_step, walls[0] - last_end))
        if walls[-1] > walls[0]:
            evaluations.append(walls[-1] - walls[0])
        last_step, last_end = step, walls[-1]
    return calls, evaluations


def _process(group: list[Past]) -> float:
    """Return what a process costs before its first variant."""
    firsts = [past.facts["startup_cpu_seconds"] for past in group if past.starts == "process"]
    others = [past.facts["startup_cpu_seconds"] for past in group if past.starts == "variant"]
    if not firsts:
        return _USUAL_PROCESS
    usual = sum(others) / len(others) if others else 0.0
    return max(0.0, sum(firsts) / len(firsts) - usual)


def _units(group: list[Past], process: float, by_the_clock: bool = False) -> tuple[Units, float]:
    """Return the mean cost of the pieces over runs of one kind, and the seconds of their steps."""
    steps = stepping = along = along_work = end = end_work = 0.0
    for past in group:
        facts, rate = past.facts, 1.0 if by_the_clock else _rate(past)
        # The first call also pays for tracing, and is in the start-up.
        steps += sum(count for count, _ in past.calls[1:])
        stepping += rate * sum(wall for _, wall in past.calls[1:])
        if not past.evaluations:
            continue
        *between, last = past.evaluations
        curve, test = (work(facts["params"], kind, past.terms) for kind in (ALONG, END))
        if len(between) > 1:  # the first also traced, and that is in the start-up
            between = between[1:]
        if between:
            usual = sum(between) / len(between)
            along, along_work = along + rate * usual, along_work + curve
            end, end_work = end + rate * max(0.0, last - usual), end_work + test
        else:
            along += rate * last * curve / (curve + test)
            end += rate * last * test / (curve + test)
            along_work, end_work = along_work + curve, end_work + test
    step = stepping / steps if steps else 0.0
    starts = {kind: _starts(group, kind, step) for kind in ("process", "variant", "run")}
    variant = _mean(starts["variant"]) or max(0.0, _mean(starts["process"]) - process)
    return (
        Units(
            process=process,
            variant=variant,
            run=_mean(starts["run"]),
            step=step,
            along=along / along_work if along_work else 0.0,
            end=end / end_work if end_work else 0.0,
        ),
        stepping,
    )


def _starts(group: list[Past], what: str, step: float) -> list[float]:
    """Return the start-up of the runs that paid for `what`, without what the first call trained.

    A later seed of a variant finds it traced, so its first call is no start-up; and where a
    second call followed, the clock took what the first one trained off already.
    """

    def trained(past: Past) -> float:
        return step * past.calls[0][0] if what != "run" and len(past.calls) == 1 else 0.0

    return [
        max(0.0, past.facts["startup_cpu_seconds"] - trained(past))
        for past in group
        if past.starts == what and past.calls
    ]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _rate(past: Past) -> float:
    """Return the CPU seconds in a wall second, start-up left out of both.

    Of a first call, and of a first evaluation, the clock counts as start-up what they take beyond
    the second.
    """
    facts, wall = past.facts, past.facts["wall_seconds"]
    if past.starts != "run":
        walls = [seconds for _, seconds in past.calls]
        wall -= sum(walls[:1]) - sum(walls[1:2])
        if len(past.evaluations) > 2:
            wall -= max(0.0, past.evaluations[0] - past.evaluations[1])
    cpu = facts["cpu_seconds"] - facts["startup_cpu_seconds"]
    return max(0.0, cpu) / wall if wall > 0 else 1.0
