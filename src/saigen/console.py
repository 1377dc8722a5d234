"""Tables and lines for a person: coloured in a terminal, plain text in a pipe or a log."""

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

#: Wide enough that nothing is wrapped or cut where no terminal says how wide it is.
_NO_LIMIT = 10_000


def console(file: TextIO | None = None, *, stderr: bool = False) -> Console:
    """Return a console on `file` (stdout), which writes no colour and cuts nothing in a pipe."""
    target: TextIO = file or (sys.stderr if stderr else sys.stdout)
    width = None if target.isatty() else _NO_LIMIT
    # What is printed is text of papers and errors: `[mean]` and `:train:` are no commands.
    return Console(file=target, width=width, highlight=False, markup=False, emoji=False)


def table(
    rows: Iterable[Sequence[str]], headings: Sequence[str], numbers: Sequence[str], on: Console
) -> None:
    """Print rows under headings.

    Args:
      rows: cells as text; a row of empty cells draws a line between groups.
      headings: one a column.
      numbers: the headings whose columns are set flush right.
      on: where to.
    """
    frame = Table(box=box.SIMPLE_HEAD if on.is_terminal else None, pad_edge=False)
    for heading in headings:
        side = "right" if heading in numbers else "left"
        frame.add_column(heading, justify=side, overflow="fold")
    for row in rows:
        if any(row):
            frame.add_row(*(Text(cell) for cell in row))
        elif on.is_terminal:
            frame.add_section()
    on.print(frame)


def duration(seconds: float) -> str:
    """Say a time as a person does: "8 s", "3.4 min", "2.1 h", "12 d"."""
    for unit, size, limit in (("s", 1.0, 99.5), ("min", 60.0, 5970.0), ("h", 3600.0, 172800.0)):
        if seconds < limit:
            return f"{_short(seconds / size)} {unit}"
    return f"{_short(seconds / 86400.0)} d"


def size(megabytes: float) -> str:
    """Say an amount of memory or disk: "740 MB", "1.2 GB"."""
    if megabytes < 1000.0:
        return f"{_short(megabytes)} MB"
    return f"{_short(megabytes / 1000.0)} GB"


def _short(value: float) -> str:
    return f"{value:.1f}" if 0.05 <= value < 9.95 else f"{value:.0f}"
