"""What `saigen keep` refuses: to lose what is kept, or to put damaged runs in its place."""

import json
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

from saigen.errors import SaigenError
from saigen.kept_archive import RECORD, SAMPLES
from saigen.records import Record
from saigen.run_facts import refuse_facts


def refuse_losses(
    archive: Path,
    before: Mapping[str, Mapping[str, bytes]],
    source: Path,
    records: Mapping[str, Mapping[str, Any]],
    wanted: Mapping[str, Iterable[str]],
    options: str,
) -> None:
    """Refuse to renew an archive with less than it has, with other runs, or with damaged ones.

    Runs of other code or data under the same settings do renew it: so are results renewed.

    Args:
      archive: the archive.
      before: the files of each run that it has.
      source: the paper's results.
      records: run.json of each run, by its name.
      wanted: which files of each run beside its record are to be packed.
      options: scale and paper, as commands take them.

    Raises:
      SaigenError: it is refused; the message says what to do.
    """
    if lost := sorted(before.keys() - wanted.keys()):
        raise SaigenError(f"{archive}: {_why_not(lost, source, options)}")
    kept = {name: json.loads(files[RECORD]) for name, files in before.items()}
    others = [name for name in kept if kept[name]["identity"] != records[name]["identity"]]
    if others:
        raise SaigenError(
            f"{archive}: holds {len(others)} runs of other settings than those here ({others[0]}, "
            "…), which would be lost; run with the settings that they were made with "
            "(results/README.md), or delete the archive to keep the new ones"
        )
    for name, files in wanted.items():
        refuse_facts(records[name], source / name)
        record = Record(source / name, records[name])
        _refuse_damage(archive, record, files, before.get(name, {}), options)


def _refuse_damage(
    archive: Path, record: Record, files: Iterable[str], held: Container[str], options: str
) -> None:
    """Refuse a run with a file that cannot be read, or without one that the archive has."""
    folder = record.folder
    back = f"delete {folder} alone, and `saigen restore {options}` puts the kept run back"
    try:
        record.metrics()
        if SAMPLES in files:
            record.samples()
    except SaigenError as problem:
        raise SaigenError(f"{problem}; or {back}" if RECORD in held else str(problem)) from None
    for file in files:
        if file in held and not (folder / file).is_file():
            raise SaigenError(
                f"{folder / file}: is not there, and would be lost in {archive}; {back}, or delete "
                "the archive to keep the run without it"
            )


def _why_not(lost: list[str], source: Path, options: str) -> str:
    """Say which runs of an archive would be lost, and what to do about it."""
    here = [name for name in lost if (source / name).is_dir()]
    if here:
        return (
            f"holds {len(here)} runs that are here but do not stand ({here[0]}, …; `saigen status "
            f"{options}` says why) and would be lost; where other settings are why, run with those "
            "that they were made with (results/README.md); where the runs are damaged, delete "
            f"their folders and `saigen restore {options}`; else delete the archive"
        )
    return (
        f"holds {len(lost)} runs that are not here ({lost[0]}, …) and would be lost; `saigen "
        f"restore {options}` brings them back first, or delete the archive"
    )
