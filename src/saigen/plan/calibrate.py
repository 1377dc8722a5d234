"""Calibration: the pieces' cost measured here and now, in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from saigen.plan.units import Units, cost_key
from saigen.plan.work import Terms

#: Settings that decide what a step costs; none: all of them do.
PricedBy = Sequence[str]

#: CPU seconds in which a probe may begin another variant of a group.
BUDGET = 4.0
#: Seconds after which a group (or a variant, where all are measured) is given up.
PATIENCE = 60


@dataclass
class Calibration:
    """What a probe found of one group.

    Attributes:
      cpu, wall: cost of the pieces, by the cost key of a variant.
      memory_mb: the most memory that the probe held.
      run_mb: disk that a run takes, by cost key.
      state_mb: disk that its resume state takes while it runs, by cost key.
      spread: relative difference between repeated timings, the mean over variants.
      gpu: whether it ran on a GPU.
      notes: what a reader must know: a stand-in for the data, an evaluation not measured.
    """

    cpu: dict[str, Units] = field(default_factory=dict)
    wall: dict[str, Units] = field(default_factory=dict)
    memory_mb: float = 0.0
    run_mb: dict[str, float] = field(default_factory=dict)
    state_mb: dict[str, float] = field(default_factory=dict)
    spread: float = 0.0
    gpu: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """What a probe measures together: variants of one trainer on one dataset.

    Attributes:
      trainer: `module:function`, as paper.yaml names it.
      dataset: prepared data, or a stand-in of the same shape; None where it reads none.
      cases: effective parameters of each variant, in the order of measuring.
      terms: what their evaluations' work is made of.
      priced_by: the settings that decide their cost, where the paper says so.
    """

    trainer: str
    dataset: str | None
    cases: Sequence[Mapping[str, Any]]
    terms: Terms = ()
    priced_by: PricedBy = ()


def calibrate(
    groups: Sequence[Group], compute: Mapping[str, Any], budget: float = BUDGET
) -> list[Calibration]:
    """Measure the pieces' cost for each group, as many of its variants as the budget allows.

    Args:
      groups: what to measure; TensorFlow is imported once for all of them.
      compute: keyword arguments of `engine.device.set_up`.
      budget: CPU seconds for each group, imports not counted.
    """
    told: list[dict[str, Any]] = []
    left = list(enumerate(groups))
    while left:
        lines, error = _probe(left, compute, budget)
        ended = {line["group"] for line in lines if line["part"] == "ended"}
        told += lines
        left = [(number, group) for number, group in left if number not in ended]
        if left:  # the process ended in the first of them, or before it
            told.append({"part": "failed", "group": left[0][0], "why": error, "memory_mb": 0})
            left = left[1:] if lines else []
    head = next((line for line in told if line["part"] == "process"), None)
    if head is None:
        return [Calibration(notes=[f"Nothing could be measured: {error}"]) for _ in groups]
    return [
        understood(head, [line for line in told if line.get("group") == number], group)
        for number, group in enumerate(groups)
    ]


def _probe(
    groups: Sequence[tuple[int, Group]], compute: Mapping[str, Any], budget: float
) -> tuple[list[dict[str, Any]], str]:
    """Run a probe, and return what it told and how it ended."""
    request = {
        "groups": [(number, asdict(group)) for number, group in groups],
        "compute": dict(compute),
        "budget": budget,
        "patience": PATIENCE,
        "started": time.time(),
    }
    command = [sys.executable, "-m", "saigen.plan.probe"]
    # What a probe that is killed leaves behind goes with the folder.
    with tempfile.TemporaryDirectory() as scratch:
        found = subprocess.run(
            command,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            env={**os.environ, "TMPDIR": scratch},
        )
    lines = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    if found.returncode == -signal.SIGALRM:
        return lines, f"stopped after {PATIENCE} s"
    return lines, (found.stderr.strip().splitlines() or ["it ended without a word"])[-1]


def understood(
    head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], group: Group
) -> Calibration:
    """Turn what a probe told of a group into a Calibration.

    Args:
      head: what it told of the process.
      lines: what it told of the group.
      group: what it was asked.
    """
    found = Calibration(gpu=head["stamp"]["device"] != "CPU")
    found.notes = [
        f"{group.trainer}: not all could be measured: {line['why']}"
        for line in lines
        if line["part"] == "failed"
    ]
    found.memory_mb = max((line["memory_mb"] for line in lines), default=0.0)
    steps = {line["case"]: line for line in lines if line["part"] == "steps"}
    rests = {line["case"]: line for line in lines if line["part"] == "evaluation"}
    for case, line in steps.items():
        key, rest = cost_key(group.cases[case], group.priced_by), rests.get(case)
        if rest is None:
            found.notes.append(
                f"{group.trainer}: an evaluation took too long to be measured and is not counted"
            )
        for kind, target in (("cpu", found.cpu), ("wall", found.wall)):
            target[key] = _units(kind, head, line, rest)
        found.run_mb[key] = 0.02 if rest is None else 0.02 + rest["samples_bytes"] / 1e6
        found.state_mb[key] = 2.0 * line["state"] / 1e6  # the last two checkpoints are kept
    if steps:
        found.spread = sum(line["spread"] for line in steps.values()) / len(steps)
    for units in (found.cpu, found.wall):
        _move_first_use(units)
    return found


def _units(
    kind: str, head: Mapping[str, Any], line: Mapping[str, Any], rest: Mapping[str, Any] | None
) -> Units:
    evaluation = {name: rest[name][kind] if rest else 0.0 for name in ("along", "end", "samples")}
    return Units(
        process=head["process"][kind],
        variant=line["variant"][kind] + (rest["trace"][kind] if rest else 0.0),
        run=line["run"][kind] + evaluation["samples"],
        call=line["call"][kind],
        step=line["step"][kind],
        along=evaluation["along"],
        end=evaluation["end"],
    )


def _move_first_use(units: dict[str, Units]) -> None:
    """Count what only a process's first variant pays, the first use of kernels, as start-up."""
    if len(units) < 2:
        return
    first, *others = units
    usual = sum(units[key].variant for key in others) / len(others)
    extra = max(0.0, units[first].variant - usual)
    for key, found in units.items():
        more = {"process": found.process + extra}
        if key == first:
            more["variant"] = found.variant - extra
        units[key] = Units(**{**vars(found), **more})


def spread_over(variants: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Order variants so that any first few of them lie far apart: differ in many settings."""
    left = list(variants)
    chosen = [left.pop(0)] if left else []
    apart = [_distance(candidate, chosen[0]) for candidate in left]
    while left:
        place = max(range(len(left)), key=lambda index: apart[index])
        chosen.append(left.pop(place))
        apart.pop(place)
        apart = [
            min(before, _distance(candidate, chosen[-1]))
            for before, candidate in zip(apart, left, strict=True)
        ]
    return chosen


def _distance(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    return sum(one.get(name) != other.get(name) for name in {*one, *other})
