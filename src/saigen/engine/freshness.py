"""Which published runs still stand: same settings, same data, same code. No TensorFlow."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from saigen.files import read_json


class RunSpec(Protocol):
    """What the engine needs to know of a run; `saigen.grid.Run` is one."""

    @property
    def paper(self) -> str: ...
    @property
    def experiment(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def scale(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    def folder(self, results: Path) -> Path: ...


def stale_runs(
    runs: Sequence[RunSpec], results: Path, code: str, datasets: Mapping[str, str]
) -> list[RunSpec]:
    """Return the runs that are not published, or whose settings, data or code have changed.

    Args:
      runs: the runs of a job.
      results: the results folder.
      code: fingerprint of the trainer as it is now.
      datasets: digest of each dataset as it is now, by name.
    """
    wanted = {"code": code, "datasets": dict(datasets)}
    return [
        run
        for run in runs
        if not _agrees(run.folder(results) / "run.json", {**wanted, "identity": run.identity})
    ]


def _agrees(record: Path, wanted: Mapping[str, Any]) -> bool:
    try:
        found = read_json(record)
    except (OSError, ValueError):
        return False
    return all(found.get(key) == value for key, value in wanted.items())
