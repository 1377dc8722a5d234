"""Tables and costs of a paper, read from CSV and written out for the page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from saigen.errors import SaigenError
from saigen.report.text import MISSING, THIN, column, duration, said
from saigen.tables import read_table

FOLDED = 40  # rows: a longer table is folded, and cut there


@dataclass(frozen=True)
class Column:
    """A column: its name, whether it holds numbers, and whether they are published ones."""

    name: str
    numeric: bool
    published: bool


@dataclass(frozen=True)
class TableView:
    """A table of the results as the page shows it."""

    name: str
    anchor: str
    what: str
    where: str
    path: str
    columns: list[Column]
    rows: list[list[str]]
    total: int
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def folded(self) -> bool:
        """Whether the table is too long to lie open."""
        return self.total > FOLDED


def _read(path: Path, shown: str) -> tuple[pd.DataFrame | None, str]:
    """Read a CSV; return it, or None and what is wrong with it, which the page calls `shown`."""
    if not path.is_file():
        return None, f"{shown} is not there."
    try:
        return read_table(path), ""
    except SaigenError as problem:
        return None, said(problem, path.parent, shown.removesuffix(path.name))


def view(path: Path, shown: str, anchor: str, entry: dict[str, Any], scale: str) -> TableView:
    """Make the view of one table.

    Args:
      path: of the CSV.
      shown: its path as the reader is told it.
      entry: what paper.yaml and the table's JSON say of it, merged.
      scale: of the page; a table of another scale is pointed out.
    """
    frame, wrong = _read(path, shown)
    problems = [wrong] if wrong else []
    if entry.get("scale", scale) != scale:
        problems.append(f"{shown} was made at the {entry['scale']} scale, not at {scale}.")
    columns, rows, total = [], [], 0
    if frame is not None:
        columns, rows, total = _written(frame)
    return TableView(
        name=entry["name"],
        anchor=anchor,
        what=str(entry.get("what") or ""),
        where=str(entry.get("where") or ""),
        path=shown,
        columns=columns,
        rows=rows,
        total=total,
        remarks=_remarks(entry),
        problems=problems,
    )


def _written(frame: pd.DataFrame) -> tuple[list[Column], list[list[str]], int]:
    total = len(frame)
    frame = frame.head(FOLDED)
    columns, cells = [], []
    for name in map(str, frame.columns):
        texts, numeric = column(frame[name])
        columns.append(Column(name, numeric, "published" in name.lower()))
        cells.append(texts)
    return columns, [list(row) for row in zip(*cells, strict=True)], total


def _remarks(entry: dict[str, Any]) -> list[str]:
    """Return what stands under the table: its runs, what diverged, and the protocol's notes."""
    remarks = []
    if entry.get("runs") is not None:
        experiments = ", ".join(entry.get("experiments") or [])
        remarks.append(
            f"From {entry['runs']} runs" + (f" of {experiments}." if experiments else ".")
        )
    lost = entry.get("diverged") or []
    if lost:
        named = ", ".join(map(str, lost[:8])) + (f" and {len(lost) - 8} more" if lost[8:] else "")
        remarks.append(f"Diverged ({len(lost)}): {named}.")
    return remarks + [str(note) for note in entry.get("notes") or []]


_COSTS = ["experiment", "runs", "steps", "cpu_seconds", "wall_seconds"]
_START = ["startup_cpu_seconds", "startup_share"]


@dataclass(frozen=True)
class Costs:
    """What a paper cost: rows of text, and the totals for the summary (seconds, runs)."""

    rows: list[dict[str, str]] = field(default_factory=list)
    runs: int = 0
    cpu_seconds: float = 0.0
    problem: str = ""


def costs(path: Path) -> Costs:
    """Read costs.csv; what is wrong with it is told, not raised."""
    frame, wrong = _read(path, path.name)
    if frame is None:
        return Costs(problem=wrong)
    lacking = [name for name in _COSTS if name not in frame.columns]
    if lacking:
        return Costs(problem=f"costs.csv lacks the columns {', '.join(lacking)}.")
    numbers = frame.reindex(columns=[*_COSTS, *_START])
    numbers[[*_COSTS[1:], *_START]] = numbers[[*_COSTS[1:], *_START]].apply(
        pd.to_numeric, errors="coerce"
    )
    totals = numbers[numbers["experiment"] == "all"]
    totals = totals if len(totals) else numbers
    return Costs(
        rows=[_cost(row) for row in numbers.to_dict("records")],
        runs=int(totals["runs"].sum()),
        cpu_seconds=float(totals["cpu_seconds"].sum()),
    )


def _cost(row: dict[str, Any]) -> dict[str, str]:
    share = row["startup_share"]
    return {
        "experiment": "all together" if row["experiment"] == "all" else str(row["experiment"]),
        "runs": _count(row["runs"]),
        "steps": _count(row["steps"]),
        "cpu": duration(row["cpu_seconds"]),
        "wall": duration(row["wall_seconds"]),
        "start": MISSING if pd.isna(share) else f"{100.0 * share:.0f}%",
    }


def _count(x: float) -> str:
    return MISSING if pd.isna(x) else f"{x:,.0f}".replace(",", THIN)
