"""Raw files, from the first source whose content is right."""

import gzip
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from saigen.data.refused import Refused, Wrong
from saigen.data.registry import Entry, RawFile
from saigen.data.sources import Source, carrier, sources_of
from saigen.errors import SaigenError

Decoder = Callable[[bytes, str], bytes]  # (what lies on the disk, file name) -> decoded content


@dataclass(frozen=True)
class Fetched:
    """Raw files whose content is known to be right.

    Attributes:
      contents: decoded content by canonical file name.
      source: the name of the source (or sources, joined by ", ") that carried them.
    """

    contents: dict[str, bytes]
    source: str


@dataclass(frozen=True)
class Fetcher:
    """Where to look for raw files, and whom to tell how it went.

    Attributes:
      folder: downloads go to `folder/<dataset>/` and stay there.
      mirrors: folders of the user's, looked at first and never written to.
      offline: ask no source outside this machine.
      log: called with one line for each refusal and each success.
    """

    folder: Path
    mirrors: Sequence[Path] = ()
    offline: bool = False
    log: Callable[[str], None] = lambda line: None

    def fetch(self, entry: Entry, decode: Decoder | None = None) -> Fetched:
        """Return all raw files of a dataset.

        Args:
          decode: turns what lies on the disk into the content that is hashed; the default only
            undoes gzip. It may raise any Exception.

        Raises:
          SaigenError: no source had some file; the message lists every refusal.
        """
        sources = sources_of(entry, self.folder, self.mirrors)
        contents: dict[str, bytes] = {}
        carriers: list[str] = []
        silent: dict[str, str] = {}  # remote sources that refused once, and why
        for file in entry.files:
            refusals: dict[str, str] = {}
            for source in sources:
                try:
                    if source.name in silent:
                        raise Refused(silent[source.name])
                    path, contents[file.name] = self._ask(source, file, decode or plain)
                    self.log(f"{entry.name}: {file.name}: from {source.name}")
                    carriers.append(carrier(source, path, file.name))
                    break
                except Refused as refusal:
                    refusals[source.name] = str(refusal)
                    if source.name not in silent:
                        self.log(f"{entry.name}: {file.name}: {source.name}: {refusal}")
                    if source.remote:
                        silent[source.name] = str(refusal)
            else:
                raise self._nowhere(entry, file, refusals)
        return Fetched(contents, ", ".join(dict.fromkeys(carriers)))

    def _ask(self, source: Source, file: RawFile, decode: Decoder) -> tuple[Path, bytes]:
        if source.remote and self.offline:
            raise Refused("not asked, offline")
        try:
            paths = source.offer(file.name)
        except OSError as problem:
            raise Refused(problem.strerror or str(problem)) from problem
        reasons: list[str] = []
        for path in paths:
            try:
                return path, check(path, file, decode)
            except Refused as refusal:
                reasons.append(str(refusal))
                # What lay there may have been put there by hand: it goes if it is known to be
                # wrong, not if it could not be read. What was fetched just now goes either way.
                if source.ours and (source.remote or isinstance(refusal, Wrong)):
                    with suppress(OSError):
                        path.unlink()
        raise Refused(", ".join(dict.fromkeys(reasons)))

    def _nowhere(self, entry: Entry, file: RawFile, refusals: dict[str, str]) -> SaigenError:
        tried = "; ".join(f"{name}: {why}" for name, why in refusals.items())
        return SaigenError(
            f"{entry.name}: none of {len(refusals)} sources had {file.name}: {tried}. "
            f"Put {file.name} into {self.folder / entry.name}, or name a "
            f"folder that has it in `data.mirrors` of config.yaml or in SAIGEN_MIRROR."
        )


def check(path: Path, file: RawFile, decode: Decoder) -> bytes:
    """Return the decoded content of a raw file if it is what the registry says it is.

    Raises:
      Wrong: it is something else: an error page, half a file, other bytes.
      Refused: it cannot be read, or there is too little memory for it.
    """
    try:
        carried = path.read_bytes()
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror}") from problem
    except MemoryError as problem:
        raise Refused(f"{path.name} does not fit into memory") from problem
    start = carried[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Wrong(f"got an HTML page instead of {path.name}")
    try:
        content = decode(carried, file.name)
    except EOFError as problem:
        raise Wrong(f"{path.name} is cut short") from problem
    except MemoryError as problem:  # a bomb, or a right file on a small machine
        raise Refused(f"{path.name} does not fit into memory") from problem
    except Exception as problem:
        # Of all kinds: the bytes may be anybody's, and zip, numpy and scipy each fail on bad ones
        # in ways of their own, which no list of ours would have whole.
        why = str(problem) or type(problem).__name__
        raise Wrong(f"{path.name} is damaged: {why}") from problem
    # Recognised, not trusted: where MD5 is forbidden for security it still does for that.
    found = hashlib.new(file.algorithm, content, usedforsecurity=False).hexdigest()
    if found != file.digest:
        raise Wrong(f"{path.name} has another digest ({found[:8]}…, not {file.digest[:8]}…)")
    return content


def plain(carried: bytes, file: str) -> bytes:
    """Undo gzip where it was used, whatever the file is called."""
    return gzip.decompress(carried) if carried.startswith(b"\x1f\x8b") else carried


def as_it_is(carried: bytes, file: str) -> bytes:
    """For files whose digest is that of the archive itself."""
    return carried
