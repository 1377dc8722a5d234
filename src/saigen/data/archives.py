"""Reading the members of folders, tars and zips; nothing is ever extracted by name."""

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from saigen.errors import SaigenError

_PIECE = 1 << 20
#: What the libraries raise on an archive that is damaged, locked, or packed in a way of its own.
_DAMAGED = (
    *(tarfile.TarError, zipfile.BadZipFile, EOFError, OSError),
    *(zlib.error, lzma.LZMAError, RuntimeError),
)


def members(origin: Path | bytes, label: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file in a folder, a tar (compressed or not) or a zip.

    Paths are relative, with "/"; a folder and an archive of it give the same pairs, in no
    promised order. Links in a folder are followed: it is the user's own. In an archive they are
    refused: it may be anybody's.

    Args:
      origin: where the files are, or the bytes of an archive.
      label: what to call the archive in an error; by default its path.

    Raises:
      SaigenError: it is none of these, it is damaged, a folder links to one that it lies in, or
        an archive's member is a link, a device, or has a path that is absolute or climbs with "..".
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
    except _DAMAGED as problem:
        why = getattr(problem, "strerror", None) or problem
        # In a folder, which of its files: a link that leads nowhere, say.
        what = getattr(problem, "filename", None) or label
        raise SaigenError(f"{what}: cannot be read: {why}.") from problem


def _folder(
    folder: Path, inside: str = "", above: tuple[Path, ...] = ()
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of `folder`; `inside` is its path in the set, `above` where it lies."""
    real = folder.resolve()
    if real in above:
        raise SaigenError(f"{folder}: links to {real}, which it lies in; remove the link.")
    for path in folder.iterdir():
        name = f"{inside}{path.name}"
        if path.is_dir():
            yield from _folder(path, f"{name}/", (*above, real))
        else:
            yield name, path.read_bytes()


def _tar(handle: io.IOBase, label: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=handle, mode="r:*") as archive:
        for member in archive:
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isreg() else None
            if content is None:
                raise _unsafe(label, member.name, "is a link or a device")
            yield _checked(label, member.name), content.read()
        # At a damaged header the library stops as at the end, where only zeros follow; and the
        # checksum of what is compressed comes last.
        assert archive.fileobj is not None
        while rest := archive.fileobj.read(_PIECE):
            if rest.strip(b"\0"):
                raise tarfile.ReadError("a header in it is damaged, or something follows its end")


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
    if not path.parts:
        raise _unsafe(label, name, "has no name")
    if path.is_absolute() or "\\" in name or ":" in path.parts[0]:
        raise _unsafe(label, name, "has an absolute path")
    if ".." in path.parts:
        raise _unsafe(label, name, "climbs out of the archive")
    return str(path)


def _unsafe(label: str, name: str, why: str) -> SaigenError:
    return SaigenError(f"{label}: refused, member `{name}` {why}.")
