"""The datasets by name: what each is, how to recognise it, where it comes from."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from saigen.data import scored
from saigen.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class RawFile:
    """One file as its authors published it, recognised by content and not by who sent it.

    Attributes:
      name: the canonical file name, without ".gz".
      algorithm: "sha256" over the decoded content, or "md5" where nothing better is published.
      digest: in hexadecimal.
    """

    name: str
    algorithm: str
    digest: str


@dataclass(frozen=True)
class Entry:
    """What the registry says of one dataset; the fields are explained in registry.yaml."""

    name: str
    what: str
    maker: str
    licence: str
    citation: str
    note: str = ""
    made_from: str = ""
    splits: dict[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    binary: bool = False
    synthetic: bool = False
    files: tuple[RawFile, ...] = ()
    spelled: tuple[str, ...] = ("{file}", "{file}.gz")
    sources: tuple[dict[str, Any], ...] = ()
    catalogue: dict[str, Any] = field(default_factory=dict)

    def spellings(self, file: str) -> list[str]:
        """The names that `file` may have in a folder, the likeliest first."""
        stem = file.rpartition(".")[0] or file
        return [name.format(file=file, stem=stem) for name in self.spelled]

    def facts(self) -> dict[str, Any]:
        """What a prepared dataset carries with it, before its maker adds to it."""
        return {
            "what": self.what,
            "note": self.note,
            "licence": self.licence,
            "citation": self.citation,
            "synthetic": self.synthetic,
            "binary": self.binary,
            "classes": list(self.classes),
        }


def names() -> list[str]:
    """The names of all registered datasets, in the registry's order."""
    return list(_entries())


def describe(name: str) -> Entry:
    """Return the registry's record of one dataset, or of a scored set made from one.

    Raises:
      UsageError: no dataset has this name.
    """
    if name not in _entries():
        if (derived := scored.parsed(name)) is not None and derived[0] in _entries():
            return scored.entry(describe(derived[0]), name, derived[1])
        raise UsageError(f"`{name}` is not a dataset{did_you_mean(name, names())}.")
    return _entries()[name]


@cache
def _entries() -> dict[str, Entry]:
    text = files("saigen.data").joinpath("registry.yaml").read_text(encoding="utf-8")
    return {name: _entry(name, fields) for name, fields in yaml.safe_load(text).items()}


def _entry(name: str, fields: dict[str, Any]) -> Entry:
    raw_files = tuple(
        RawFile(file, algorithm, digest)
        for file, digests in fields.pop("files", {}).items()
        for algorithm, digest in digests.items()
    )
    lists = {
        key: tuple(fields.pop(key)) for key in ("classes", "spelled", "sources") & fields.keys()
    }
    return Entry(name=name, files=raw_files, **lists, **fields)
