"""Which published runs still stand: same settings, same data, same code. No TensorFlow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    def dataset(self) -> str | None: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def trainer(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    def folder(self, results: Path) -> Path: ...


@dataclass(frozen=True)
class Sources:
    """The code and the data that runs are made of, as they are now.

    Attributes:
      codes: fingerprint of each trainer.
      digests: digest of each dataset, by name.
    """

    codes: Mapping[str, str]
    digests: Mapping[str, str]

    def of(self, run: RunSpec) -> dict[str, Any]:
        """Return `identity`, `code` and `datasets`: the keys of run.json that decide its result."""
        datasets = {name: d for name, d in self.digests.items() if name == run.dataset}
        return {"identity": run.identity, "code": self.codes[run.trainer], "datasets": datasets}


def stale_runs(runs: Sequence[RunSpec], results: Path, sources: Sources) -> list[RunSpec]:
    """Return the runs that are not published whole, or whose settings, data or code changed."""
    return [run for run in runs if not _stands(run.folder(results), sources.of(run))]


def state_folder(work: Path, run: RunSpec, sources: Sources) -> Path:
    """Return where a run's resume state lies: other settings, code or data never resume from it.

    Args:
      work: folder for resume state, results/<scale>/<paper>/work.
      run: which run.
      sources: its code and data as they are now.
    """
    return work / run.name / digest_of(list(sources.of(run).values()))[:32]


def is_whole(folder: Path) -> bool:
    """Say whether a published run still has what tables are made of."""
    try:
        # Empty, where the power went before it was on the disk.
        return (folder / "metrics.csv").stat().st_size > 0
    except OSError:
        return False


def _stands(folder: Path, wanted: Mapping[str, Any]) -> bool:
    try:
        found = read_json(folder / "run.json")
    except (OSError, ValueError):
        return False
    if not isinstance(found, dict):
        return False
    return is_whole(folder) and all(found.get(key) == value for key, value in wanted.items())
