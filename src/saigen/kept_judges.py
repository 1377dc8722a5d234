"""The classifiers that kept runs were judged by: packed beside them, and put back.

See `saigen.data.judge` for why they are kept.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from saigen.data.dataset import load
from saigen.data.judge import FOLDER, keep_judge, path_of
from saigen.data.scored import parsed
from saigen.errors import SaigenError
from saigen.files import replacing


def judges_of(records: Iterable[bytes], data: Path) -> dict[str, bytes]:
    """Return the judge files of the scored sets that runs were trained on, by file name.

    A set that is not here has its judge from where one was put back; where that is not there
    either, or is not of the runs' set, nothing of it is kept.

    Args:
      records: run.json of each run.
      data: the folder of prepared sets.
    """
    used = {pair for record in records for pair in json.loads(record)["datasets"].items()}
    found = {}
    for name, digest in sorted(used):
        if parsed(name) is None:
            continue
        place, kept = data / f"{name}.npz", path_of(name, data)
        if place.is_file() and (prepared := load(place)).digest == digest:
            with tempfile.TemporaryDirectory() as scratch:
                written = Path(scratch) / kept.name
                keep_judge(prepared, written)
                found[kept.name] = written.read_bytes()
        elif kept.is_file() and load(kept).facts["set"] == digest:
            found[kept.name] = kept.read_bytes()
    return found


def put_back(
    files: Mapping[str, bytes], archive: Path, data: Path, tell: Callable[[str], None]
) -> None:
    """Put kept judges where sets are prepared with them; what is there stays, and is told.

    Args:
      files: by file name.
      archive: where they come from, for messages.
      data: the folder of prepared sets.
      tell: takes one line for the user.

    Raises:
      SaigenError: a file is not named like a judge.
    """
    for file, content in files.items():
        name = file.removesuffix(".npz")
        if parsed(name) is None or not file.endswith(".npz"):
            raise SaigenError(f"{archive}: refused, `{FOLDER}/{file}` is no judge of a scored set")
        place, kept = data / f"{name}.npz", path_of(name, data)
        with tempfile.TemporaryDirectory() as scratch:
            written = Path(scratch) / file
            written.write_bytes(content)
            wanted = load(written).facts["set"]
        there = [path for path in (place, kept) if path.is_file()]
        if not there:
            with replacing(kept) as scratch_file:
                scratch_file.write_bytes(content)
            tell(f"{name}: its classifier is put back")
        elif wanted not in [_set_of(path) for path in there]:
            tell(
                f"{name}: {there[0]} has another classifier than the runs of {archive}, which are "
                f"stale beside it; to have theirs, delete {' and '.join(map(str, there))} and "
                "restore again: runs of yours on this set are stale then"
            )


def _set_of(path: Path) -> str:
    """Return the digest of a prepared set, or of the set that a judge belongs to."""
    held = load(path)
    return held.facts.get("set", held.digest)
