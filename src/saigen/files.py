"""Files that appear whole or not at all: written aside, synced, then renamed into place."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml


@contextmanager
def replacing(target: Path | str) -> Iterator[Path]:
    """Yield a path beside `target` to write to; on success it takes the target's name.

    A kill at any moment leaves either the old file or the new one. On an exception the
    half-written file is removed and the old one stays.

    Yields:
      A path in the target's folder, with the target's suffix (writers that look at it agree).
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # The process id keeps two writers apart; the leading dot keeps globs from seeing it.
    scratch = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        yield scratch
        sync(scratch)
        scratch.replace(target)
        sync(target.parent)
    except OSError as error:
        error.filename = error.filename or str(target)  # a full disk names no file
        raise
    finally:
        scratch.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk, so that a rename after it cannot overtake it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(target: Path | str, text: str) -> None:
    """Write `text` to `target` atomically, as UTF-8 with the newlines as they are."""
    with replacing(target) as scratch:
        scratch.write_text(text, encoding="utf-8", newline="")


def write_json(target: Path | str, value: Any) -> None:
    """Write `value` to `target` atomically, as indented JSON with its keys in their order."""
    write_text(target, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path | str) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def sha256(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value in canonical form: sorted keys, no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# libyaml's loader where PyYAML was built with it: ten times faster.
class _NumberLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """PyYAML reads 1e-3 as text, for want of a dot; people and YAML 1.2 read a number."""


_NumberLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def parse_yaml(text: str) -> Any:
    """Parse YAML, with plain exponents such as 1e-3 read as numbers.

    Raises:
      yaml.YAMLError: the text is not YAML.
    """
    return yaml.load(text, Loader=_NumberLoader)
