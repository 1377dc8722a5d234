"""Checkpoints: one npz with everything that must survive a kill.

No pickle; written aside and renamed; the digest of the bytes is part of the name, so a damaged
file is known before it is read. The last two are kept.
"""

import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from saigen.files import replacing, sha256

_NAME = re.compile(r"^(\d{9})\.([0-9a-f]{16})\.npz$")
_KEPT = 2


@dataclass
class State:
    """The state of a run between two steps.

    Attributes:
      step: steps done.
      arrays: variables, optimiser slots, moving averages, by name.
      rows: the metrics logged so far, as (step, metric, value, wall seconds).
      clock: seconds spent so far, by kind (`wall`, `cpu`, `startup_cpu`).
      stamps: the stamps of the processes that took part.
    """

    step: int
    arrays: Mapping[str, np.ndarray]
    rows: list[tuple[int, str, float, float]] = field(default_factory=list)
    clock: dict[str, float] = field(default_factory=dict)
    stamps: list[dict[str, Any]] = field(default_factory=list)


def save(folder: Path, state: State) -> Path:
    """Write a checkpoint into `folder`, drop all but the last two, and return its path."""
    notes = {"step": state.step, "clock": state.clock, "stamps": state.stamps, "rows": state.rows}
    text = np.frombuffer(json.dumps(notes).encode(), np.uint8)
    members = {f"array/{name}": array for name, array in state.arrays.items()}
    with replacing(folder / "new.npz") as scratch:
        np.savez(scratch, allow_pickle=False, notes=text, **members)
        digest = sha256(scratch)
    target = folder / f"{state.step:09d}.{digest[:16]}.npz"
    (folder / "new.npz").replace(target)
    for old in _checkpoints(folder)[_KEPT:]:
        old.unlink()
    return target


def restore(folder: Path, tell: Callable[[str], None]) -> State | None:
    """Return the newest sound checkpoint in `folder`, or None where there is none.

    A damaged one is renamed to `….damaged` and told, and the one before it is used.
    """
    for path in _checkpoints(folder):
        match = _NAME.match(path.name)
        assert match is not None
        if sha256(path)[:16] == match[2]:
            return _read(path)
        aside = path.with_suffix(".damaged")
        path.replace(aside)
        tell(f"checkpoint {path.name} is damaged: set aside as {aside.name}, using the one before")
    return None


def progress(folder: Path) -> tuple[int, dict[str, float], float] | None:
    """Return (step, clock, when it was written) of the newest checkpoint; None where there is none.

    For a look from outside at a run that goes on: arrays are not read, nothing is changed.
    """
    for path in _checkpoints(folder):
        try:
            # Opened here, since np.load leaves a damaged file open.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
                notes = json.loads(content["notes"].tobytes())
            return notes["step"], notes["clock"], path.stat().st_mtime
        # RuntimeError where one flipped bit says that a member is locked, or packed otherwise.
        except (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile):
            continue  # damaged, or replaced by a newer one just now
    return None


def _read(path: Path) -> State:
    with np.load(path, allow_pickle=False) as content:
        notes = json.loads(content["notes"].tobytes())
        arrays = {
            name.removeprefix("array/"): content[name]
            for name in content.files
            if name.startswith("array/")
        }
    rows = [(int(step), str(metric), value, wall) for step, metric, value, wall in notes["rows"]]
    return State(notes["step"], arrays, rows, notes["clock"], notes["stamps"])


def _checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints in `folder`, the newest first."""
    if not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if _NAME.match(p.name)), reverse=True)
