"""The claims.csv of a paper as rows of its verdict table, and the counts of the summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from saigen import verdicts
from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.claims.finding import rounded
from saigen.errors import SaigenError
from saigen.report.text import MISSING, Slugs, number, said

# Verdict → (class in the style sheet, mark that tells it apart without colour).
BADGES = {
    REPLICATED: ("yes", "✓"),
    NOT_REPLICATED: ("no", "✕"),
    INCONCLUSIVE: ("open", "≈"),
    NOT_TESTED: ("none", "○"),
}


@dataclass(frozen=True)
class Badge:
    """A verdict as it is shown."""

    verdict: str
    kind: str
    mark: str


@dataclass(frozen=True)
class Row:
    """One claim as it is shown: all text, `measured` with its interval apart."""

    anchor: str
    id: str
    claim: str
    where: str
    published: str
    measured: str
    interval: str
    n: str
    why: str
    badge: Badge


def badge(verdict: str) -> Badge:
    """Return the badge of a verdict; one that is not known is shown as it was written."""
    kind, mark = BADGES.get(verdict, ("none", "?"))
    return Badge(verdict or "no verdict", kind, mark)


def read(path: Path, paper: str, slugs: Slugs) -> tuple[list[Row], str]:
    """Read a claims.csv; return its rows and what is wrong with it ("" if nothing)."""
    if not path.is_file():
        return [], "claims.csv is not there: no claim was judged at this scale."
    try:
        records = verdicts.read(path)
    except SaigenError as problem:
        return [], said(problem, path.parent)
    if not records:
        return [], "claims.csv is empty: the paper states no claim yet."
    return [_row(record, paper, slugs) for record in records], ""


def _row(record: dict[str, str], paper: str, slugs: Slugs) -> Row:
    value, low, high = (_float(record[name]) for name in ("measured", "low", "high"))
    known = not (isnan(low) or isnan(high))
    shown, *ends = rounded(value, low, high) if known else (number(value), "", "")
    n = _float(record["n"])
    return Row(
        anchor=slugs("claim", paper, record["id"]),
        id=record["id"],
        claim=record["claim"],
        where=record["where"],
        published=record["published"] or MISSING,
        measured=shown,
        interval=f"[{ends[0]}, {ends[1]}]" if known else "",
        n=number(n) if n > 0 else MISSING,
        why=record["why"],
        badge=badge(record["verdict"]),
    )


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def counts(rows: Sequence[Row]) -> list[tuple[Badge, int]]:
    """Count the claims of each verdict, all four of them, in the order they are shown."""
    return [(badge(v), sum(row.badge.verdict == v for row in rows)) for v in BADGES]
