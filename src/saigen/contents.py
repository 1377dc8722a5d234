"""What files hold, as a hash for a rule's params: a change of content reruns, a touch does not."""

import os
from collections.abc import Iterable
from pathlib import Path

from saigen.files import digest_of, sha256


def content_of(paths: Iterable[Path]) -> str:
    """Return a hash of some files' names and bytes, whatever their order.

    A file that is not there counts as one: what reads it says so better than a plan can.
    """
    held = sorted((path.name, sha256(path) if path.is_file() else "") for path in paths)
    return digest_of(held)[:16]


def listing_of(place: Path) -> str:
    """Return a hash of the names, sizes and times of all files under a folder, or of one file.

    In place of their content where that is gigabytes; hence a touch counts as a change. Links are
    followed, as `archives.members` does.
    """
    found = [_facts(place, place)] if place.is_file() else []
    for path, folders, names in os.walk(place, followlinks=True):
        folder = Path(path)
        found += [_facts(folder / name, place) for name in names]
        # A link to a folder it lies in is refused where the set is read, and would go on here.
        above = {each.resolve() for each in (folder, *folder.parents)}
        folders[:] = [name for name in folders if (folder / name).resolve() not in above]
    return digest_of(sorted(found))[:16]


def _facts(path: Path, place: Path) -> tuple[str, int, int]:
    about = path.stat() if path.exists() else path.lstat()
    # (Bytes that are no text would not go through JSON.)
    name = os.fsencode(path.relative_to(place)).hex()
    return name, about.st_size, about.st_mtime_ns
