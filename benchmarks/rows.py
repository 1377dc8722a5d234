"""A benchmark's rows in a CSV file: named tuples of words, numbers and verdicts."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

Row = TypeVar("Row", bound=tuple)

_READ = {str: str, int: int, float: float, bool: lambda text: text == "True"}


def write(path: Path, rows: Sequence[Any]) -> None:
    """Write rows of one kind, numbers to four significant digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0]._fields)
        for row in rows:
            writer.writerow(f"{x:.4g}" if isinstance(x, float) else x for x in row)


def read(path: Path, kind: type[Row]) -> list[Row]:
    """Return the rows of a file that `write` wrote.

    Args:
      kind: a NamedTuple of str, int, float and bool.
    """
    readers = [_READ[hint] for hint in get_type_hints(kind).values()]
    with path.open(encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file)
    return [kind(*(r(text) for r, text in zip(readers, line, strict=True))) for line in lines]
