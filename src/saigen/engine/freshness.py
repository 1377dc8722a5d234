"""Which published runs still stand: same settings, same data, same code. No TensorFlow."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from saigen.files import digest_of, read_json


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


def state_folder(work: Path, run: RunSpec, code: str, datasets: Mapping[str, str]) -> Path:
    """Return where a run's resume state lies: other settings, code or data never resume from it.

    Args:
      work: folder for resume state, results/<scale>/<paper>/work.
      run: which run.
      code: fingerprint of its trainer as it is now.
      datasets: digest of each dataset as it is now, by name.
    """
    return work / run.name / digest_of([run.identity, code, dict(datasets)])[:32]


def _agrees(record: Path, wanted: Mapping[str, Any]) -> bool:
    try:
        found = read_json(record)
    except (OSError, ValueError):
        return False
    if not isinstance(found, dict):
        return False
    return all(found.get(key) == value for key, value in wanted.items())
