"""Trainings in processes of their own, to be killed, and what they published, to be compared."""

import csv
from collections.abc import Sequence
from pathlib import Path

from saigen.files import read_json

# `saigen` with a checkpoint at every call, so that there is always one to resume from.
LAUNCHER = """
import sys
from saigen.engine import loop
loop.CHECKPOINT_SECONDS = 0.0
from saigen.cli import main
sys.exit(main(sys.argv[1:]))
"""
KEPT = ("status", "steps", "identity", "code", "datasets")


def published(results: Path, kept: Sequence[str] = KEPT) -> dict[str, tuple[list, dict]]:
    """Return what runs published but seconds, and some of their facts, by run.

    Args:
      results: a results folder, or part of one.
      kept: the keys of run.json to compare.
    """
    found = {}
    for path in sorted(results.rglob("seed*/run.json")):
        with (path.parent / "metrics.csv").open(encoding="utf-8") as text:
            rows = [{**row, "wall_seconds": None} for row in csv.DictReader(text)]
        facts = read_json(path)
        run = str(path.parent.relative_to(results))
        found[run] = (rows, {key: facts[key] for key in kept})
    return found
