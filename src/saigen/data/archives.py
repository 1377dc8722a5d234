"""Reading the members of folders, tars and zips; nothing is ever extracted by name."""

import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from saigen.errors import SaigenError


def members(origin: Path | bytes, label: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file in a folder, a tar (compressed or not) or a zip.

    Paths are relative, with "/"; a folder and an archive of it give the same pairs, in no
    promised order.

    Args:
      origin: where the files are, or the bytes of an archive.
      label: what to call the archive in an error; by default its path.

    Raises:
      SaigenError: it is none of these, it is damaged, or a member is a link, a device, or has a
        path that is absolute or climbs with "..".
    """
    label = label or str(origin)
    try:
        if isinstance(origin, Path) and origin.is_dir():
            yield from _folder(origin)
            return
        with io.BytesIO(origin) if isinstance(origin, bytes) else origin.open("rb") as handle:
            is_zip = handle.read(2) == b"PK"
            handle.seek(0)
            yield from (_zip if is_zip else _tar)(handle, label)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise SaigenError(f"{label}: cannot be read: {why}.") from problem


def _folder(root: Path) -> Iterator[tuple[str, bytes]]:
    for folder, _, files in os.walk(root):
        for file in files:
            path = Path(folder, file)
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _tar(handle: io.IOBase, label: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=handle, mode="r:*") as archive:
        for member in archive:
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isreg() else None
            if content is None:
                raise _unsafe(label, member.name, "is a link or a device")
            yield _checked(label, member.name), content.read()


def _zip(handle: io.IOBase, label: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(handle) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            # Unix kinds live in the high bits: 0o12 is a link; 0 means that no kind was recorded.
            if (member.external_attr >> 28) not in (0, 0o10):
                raise _unsafe(label, member.filename, "is a link or a device")
            yield _checked(label, member.filename), archive.read(member)


def _checked(label: str, name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or "\\" in name or ":" in path.parts[0]:
        raise _unsafe(label, name, "has an absolute path")
    if ".." in path.parts:
        raise _unsafe(label, name, "climbs out of the archive")
    return str(path)


def _unsafe(label: str, name: str, why: str) -> SaigenError:
    return SaigenError(f"{label}: refused, member `{name}` {why}.")
