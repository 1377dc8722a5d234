"""Calibration: the pieces' cost measured here and now, in one process for each trainer."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from saigen.config import Config
from saigen.data import describe, prepare
from saigen.data.dataset import SPLITS, save
from saigen.errors import SaigenError
from saigen.plan.units import Units, cost_key

#: Seconds in which a probe may begin another variant, and after which it is stopped.
BUDGET, PATIENCE = 8.0, 120.0
#: Training images of a stand-in: what a step costs does not depend on how many there are.
_ENOUGH = 5000


@dataclass
class Calibration:
    """What a probe of one trainer found.

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


def calibrate(
    trainer: str,
    variants: Sequence[Mapping[str, Any]],
    dataset: Path | None,
    compute: Mapping[str, Any],
    budget: float = BUDGET,
) -> Calibration:
    """Measure the pieces' cost for `variants` of a trainer, as many as the budget allows.

    Args:
      trainer: `module:function`, as paper.yaml names it.
      variants: effective parameters; their order is the order of measuring.
      dataset: prepared data, or a stand-in of the same shape.
      compute: keyword arguments of `engine.device.set_up`.
      budget: seconds, imports not counted.
    """
    request = {
        "trainer": trainer,
        "cases": [dict(params) for params in variants],
        "dataset": None if dataset is None else str(dataset),
        "compute": dict(compute),
        "budget": budget,
        "started": time.time(),
    }
    command = [sys.executable, "-m", "saigen.plan.probe"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    notes = []
    try:
        told, errors = process.communicate(json.dumps(request), timeout=PATIENCE)
        if process.returncode:
            last = errors.strip().splitlines()[-1] if errors.strip() else "no message"
            notes.append(f"the calibration of {trainer} failed: {last}")
    except subprocess.TimeoutExpired:
        process.kill()
        told, _ = process.communicate()
        notes.append(f"the calibration of {trainer} was stopped after {PATIENCE:.0f} s")
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    return understood(lines, variants, notes)


def understood(
    lines: Sequence[Mapping[str, Any]],
    variants: Sequence[Mapping[str, Any]],
    notes: Sequence[str] = (),
) -> Calibration:
    """Turn what a probe told into a Calibration."""
    found = Calibration(notes=list(notes))
    head = next((line for line in lines if line["part"] == "process"), None)
    if head is None:
        return found
    found.gpu = head["stamp"]["device"] != "CPU"
    found.memory_mb = max(line["memory_mb"] for line in lines)
    steps = {line["case"]: line for line in lines if line["part"] == "steps"}
    rests = {line["case"]: line for line in lines if line["part"] == "evaluation"}
    for case, line in steps.items():
        key, rest = cost_key(variants[case]), rests.get(case)
        if rest is None:
            found.notes.append("an evaluation took too long to be measured: more than is told")
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
        step=line["step"][kind],
        along=evaluation["along"],
        end=evaluation["end"],
    )


def _move_first_use(units: dict[str, Units]) -> None:
    """Count what only the first variant of a process pays, its first use of kernels, as start-up."""
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


def data_for(
    name: str | None, config: Config, prepared: Path, scratch: Path
) -> tuple[Path | None, str | None]:
    """Return data to calibrate on, and a note where it is a stand-in.

    The prepared file; else the dataset made from what is on this machine; else synthetic images
    of the same shape. Nothing is downloaded.

    Args:
      name: the dataset, or None.
      config: says where data lies.
      prepared: folder of prepared datasets.
      scratch: folder for what is made here.
    """
    if name is None:
        return None, None
    for target in (prepared / f"{name}.npz", scratch / f"{name}.npz"):
        if target.is_file():
            return target, None
    try:
        prepare(
            name,
            target,
            folder=config.data.folder,
            mirrors=config.data.mirrors,
            image_folders=config.data.image_folders,
            offline=True,
            log=lambda line: None,
        )
        return target, None
    except SaigenError:
        return stand_in(name, scratch), f"{name} is not here yet: measured on a synthetic stand-in"


def stand_in(name: str, scratch: Path) -> Path:
    """Make synthetic data of the shape of a registered dataset, and return its file."""
    entry = describe(name)
    kind = "binary_digits" if entry.binary else "digits"
    if "colour" in entry.what:
        kind = "colours"
    elif "x" not in entry.what.rpartition(" ")[2]:
        kind = "text"
    target = scratch / f"{name}.npz"
    made = prepare(f"synthetic_{kind}", target, folder=scratch, log=lambda line: None)
    arrays = {}
    for key, array in made.arrays.items():
        split = next(split for split in SPLITS if key.startswith(split))
        wanted = min(entry.splits.get(split, len(array)), _ENOUGH if split == "train" else 10**6)
        arrays[key] = np.resize(array, (wanted, *array.shape[1:]))
    save(target, name, arrays, made.facts)
    return target
