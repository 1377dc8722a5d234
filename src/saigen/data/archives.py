"""Reading the members of folders, tars and zips; nothing is ever extracted by name."""

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from saigen.errors import SaigenError

_PIECE = 1 << 20
_Entry = tuple[str, Callable[[], bytes]]  # a path, and what reads its content


def members(
    origin: Path | bytes, label: str = "", wanted: Callable[[str], bool] = lambda path: True
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file in a folder, a tar (compressed or not) or a zip.

    Paths are relative, with "/"; a folder and an archive of it give the same pairs, in no
    promised order. Links in a folder are followed: it is the user's own. In an archive they are
    refused: it may be anybody's.

    Args:
      origin: where the files are, or the bytes of an archive.
      label: what to call the archive in an error; by default its path.
      wanted: says of a path whether to read and yield it; what it raises is the caller's.

    Raises:
      SaigenError: it is none of these, it is damaged, a folder links to one that it lies in, what
        is wanted of a folder is no regular file, or an archive has a member twice or one that is a
        link, a device, or has a path that is absolute or climbs with "..".
    """
    label = label or str(origin)
    for path, read in _entries(origin, label):
        if wanted(path):
            with _told(label):
                content = read()
            yield path, content


@contextmanager
def _told(label: str) -> Iterator[None]:
    """Tell whatever is raised inside as a SaigenError; nothing of a caller's runs in there."""
    try:
        yield
    except SaigenError:
        raise
    except Exception as problem:  # the libraries fail on a damaged archive in many ways
        why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        # In a folder, which of its files: a link that leads nowhere, say.
        what = getattr(problem, "filename", None) or label
        raise SaigenError(f"{what}: cannot be read: {why}.") from problem


def _entries(origin: Path | bytes, label: str) -> Iterator[_Entry]:
    with _told(label):
        if isinstance(origin, Path) and origin.is_dir():
            yield from _folder(origin, tuple(origin.resolve().parents))
            return
        with io.BytesIO(origin) if isinstance(origin, bytes) else _opened(origin) as handle:
            is_zip = handle.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
            handle.seek(0)
            seen: set[str] = set()
            for name, read in (_zip if is_zip else _tar)(handle, label):
                path = _checked(label, name)
                if path in seen:  # it would count twice, and with different contents, perhaps
                    raise _unsafe(label, name, "is in it twice; pack it anew, each file once")
                seen.add(path)
                yield path, read


def _folder(folder: Path, above: Sequence[Path], inside: str = "") -> Iterator[_Entry]:
    """Yield the files of `folder`; `inside` is its path in the set, `above` where it lies."""
    real = folder.resolve()
    if real in above:
        raise SaigenError(f"{folder}: links to {real}, which it lies in; remove the link.")
    for path in folder.iterdir():
        name = f"{inside}{path.name}"
        # Asked of all, wanted or not: a link that leads nowhere may have been a folder.
        if stat.S_ISDIR(path.stat().st_mode):
            yield from _folder(path, (*above, real), f"{name}/")
        else:
            yield name, partial(_content, path)


def _content(path: Path) -> bytes:
    with _opened(path) as handle:
        return handle.read()


def _opened(path: Path) -> IO[bytes]:
    """Open a regular file: a pipe would wait for ever, and a device may have no end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise SaigenError(f"{path}: cannot be read: it is no regular file; move it away.")
    return path.open("rb")


def _tar(handle: IO[bytes], label: str) -> Iterator[_Entry]:
    with tarfile.open(fileobj=handle, mode="r:*") as archive:
        for member in archive:
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isreg() else None
            if content is None:
                raise _unsafe(label, member.name, "is a link or a device")
            yield member.name, content.read
        # At a damaged header the library stops as at the end, where only zeros follow; and the
        # checksum of what is compressed comes last.
        assert archive.fileobj is not None
        while rest := archive.fileobj.read(_PIECE):
            if rest.strip(b"\0"):
                raise tarfile.ReadError("a header in it is damaged, or something follows its end")


def _zip(handle: IO[bytes], label: str) -> Iterator[_Entry]:
    with zipfile.ZipFile(handle) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            # Unix kinds live in the high bits: 0o12 is a link; 0 means that no kind was recorded.
            if (member.external_attr >> 28) not in (0, 0o10):
                raise _unsafe(label, member.filename, "is a link or a device")
            yield member.filename, partial(archive.read, member)


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
