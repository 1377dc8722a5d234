"""The verdicts of a scale as a table for the terminal, read from each paper's claims.csv."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from saigen.config import Config
from saigen.console import table
from saigen.errors import UsageError, did_you_mean
from saigen.grid import job_records
from saigen.paper import load_paper
from saigen.products import damaged, refuse_changed

#: The columns of claims.csv.
COLUMNS = ("id", "claim", "where", "published", "measured", "low", "high", "n", "verdict", "why")
#: In words as claims.csv has them, and as the command line takes them.
VERDICTS = ("replicated", "not replicated", "inconclusive", "not tested")
_HEADINGS = ("id", "verdict", "measured", "95% interval", "n", "published", "claim", "why")


def show(config: Config, results: Path, wanted: Sequence[str], on: Console) -> int:
    """Print the verdicts of the chosen papers; return 1 where a paper has none yet.

    Args:
      config: which papers, at which scale.
      results: the results folder.
      wanted: verdicts to show; empty for all. Counts are of all of them.
      on: where to.
    """
    verdicts = [spelled(word) for word in wanted]
    missing = []
    for name in config.chosen:
        path = results / config.scale / name / "claims.csv"
        command = f"snakemake --cores all --config scale={config.scale} papers={name} -- claims"
        on.print(f"{load_paper(name).title} ({name}, {config.scale})", style="bold")
        if not path.is_file():
            missing.append(name)
            on.print(f"No verdicts yet; make them with `{command}`")
            on.print()
            continue
        rows = read(path)
        shown = [_cells(row) for row in rows if not verdicts or row["verdict"] in verdicts]
        if shown:
            table(shown, _HEADINGS, ("measured", "n"), on)
        on.print(counts(rows))
        if newer := newer_than_verdicts(config, name, results):
            on.print(f"Older than {newer}: make them anew with `{command}`", style="yellow")
        on.print()
    return 1 if missing else 0


def spelled(word: str) -> str:
    """Return a verdict as claims.csv spells it, from what a person typed: not-replicated, say.

    Raises:
      UsageError: it is no verdict.
    """
    found = word.replace("-", " ").replace("_", " ").lower()
    if found not in VERDICTS:
        raise UsageError(f"--verdict: `{word}` is not a verdict{did_you_mean(word, VERDICTS)}")
    return found


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a claims.csv, as text.

    Raises:
      SaigenError: it, or its passport, is damaged, or it was changed since it was written.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            columns, rows = reader.fieldnames or (), list(reader)
    except (ValueError, csv.Error) as problem:
        raise damaged(path, problem) from None
    if lacking := [name for name in COLUMNS if name not in columns]:
        raise damaged(path, f"no columns {', '.join(lacking)}")
    if any(None in row or None in row.values() for row in rows):
        raise damaged(path, "a row has more or fewer values than there are columns")
    refuse_changed(path)
    return rows


def counts(rows: Sequence[dict[str, str]]) -> str:
    """Say how many claims came to which verdict: "12 claims: 5 replicated, …"."""
    found = Counter(row["verdict"] for row in rows)
    told = ", ".join(f"{found[verdict]} {verdict}" for verdict in VERDICTS if found[verdict])
    return f"{len(rows)} claims: {told}" if rows else "no claims"


def newer_than_verdicts(config: Config, name: str, results: Path) -> str:
    """Say what was made after the verdicts: job records, tables, or nothing."""
    folder = results / config.scale / name
    paper = load_paper(name)
    made = (folder / "claims.csv").stat().st_mtime
    records = job_records(paper, paper.experiments, config, results)
    tables = [folder / "tables" / f"{table}.csv" for table in paper.tables]
    for what, paths in (("runs that ended since", records), ("their tables", tables)):
        if any(path.is_file() and path.stat().st_mtime > made for path in paths):
            return what
    return ""


def _cells(row: dict[str, str]) -> list[str]:
    interval = f"{_number(row['low'])} to {_number(row['high'])}" if row["low"] else ""
    return [
        row["id"],
        row["verdict"],
        _number(row["measured"]),
        interval,
        row["n"],
        row["published"],
        row["claim"],
        row["why"],
    ]


def _number(text: str) -> str:
    try:
        return f"{float(text):.4g}"
    except ValueError:
        return text
