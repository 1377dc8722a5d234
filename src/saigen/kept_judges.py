"""The classifiers that kept runs were judged by: packed beside them, and put back.

See `saigen.data.judge` for why they are kept.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from saigen.data import judge
from saigen.data.dataset import load
from saigen.data.scored import parsed
from saigen.errors import SaigenError
from saigen.files import replacing
from saigen.fingerprint import fingerprint

Tell = Callable[[str], None]


def judges_of(
    records: Iterable[Mapping[str, Any]],
    data: Path,
    before: Mapping[str, bytes],
    archive: Path,
    tell: Tell,
) -> dict[str, bytes]:
    """Return the judges of the scored sets that runs were trained on, by file name.

    Each from the set itself, from where it was put back, or from the archive as it was.

    Args:
      records: run.json of each run.
      data: the folder of prepared sets.
      before: the judges of the archive that is renewed.
      archive: that archive, for messages.
      tell: takes one line for the user, of a set whose judge is nowhere.

    Raises:
      SaigenError: a judge that was put back, or is in the archive, is damaged.
    """
    used = {pair for record in records for pair in record["datasets"].items()}
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, digest in sorted(used):
            if parsed(name) is None:
                continue
            place, written = data / f"{name}.npz", Path(scratch) / f"{name}.npz"
            if place.is_file() and (prepared := load(place)).digest == digest:
                # A folder of the user's own may be called like a scored set.
                if "classifier" not in prepared.facts:
                    continue
                if judge.write(prepared, written):
                    found[written.name] = written.read_bytes()
                    continue
            held = judge.path_of(name, data)
            candidates = [(held, held.read_bytes())] if held.is_file() else []
            candidates += [(archive, before[written.name])] if written.name in before else []
            for origin, content in candidates:
                written.write_bytes(content)
                if judge.read(written, origin).of == digest:
                    found[written.name] = content
            if written.name not in found:
                tell(
                    f"{name}: its classifier is not kept, since the set that these runs read is "
                    "not here as this version prepares it: elsewhere they may be stale"
                )
    return found


def put_back(files: Mapping[str, bytes], archive: Path, data: Path, tell: Tell) -> None:
    """Put kept judges where sets are prepared with them; what is there stays, and is told.

    Args:
      files: by file name.
      archive: where they come from, for messages.
      data: the folder of prepared sets.
      tell: takes one line for the user.

    Raises:
      SaigenError: a file is no judge, or not named like one.
    """
    code = fingerprint("saigen.metrics.judged")
    for file, content in files.items():
        name = file.removesuffix(".npz")
        if parsed(name) is None or not file.endswith(".npz"):
            raise SaigenError(
                f"{archive}: refused, `{judge.FOLDER}/{file}` is no judge of a scored set"
            )
        with tempfile.TemporaryDirectory() as scratch:
            written = Path(scratch) / file
            written.write_bytes(content)
            kept = judge.read(written, archive)
        place, held = data / f"{name}.npz", judge.path_of(name, data)
        if place.is_file():
            there = load(place).digest
        else:
            there = judge.read(held).of if held.is_file() else ""
        if there == kept.of:
            continue
        if kept.code != code:
            tell(
                f"{name}: the classifier of {archive} was trained by other code than this "
                "version's; the set gets another, beside which the archive's runs on it are stale"
            )
        elif there:
            paths = " and ".join(str(path) for path in (place, held) if path.is_file())
            tell(
                f"{name}: {paths} has another classifier than the runs of {archive}, which are "
                "stale where it stays; delete that and restore again to have theirs: then runs on "
                "the set as it was are stale"
            )
        else:
            with replacing(held) as scratch_file:
                scratch_file.write_bytes(content)
            tell(f"{name}: its classifier is put back")
