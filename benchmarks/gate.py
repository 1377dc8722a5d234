"""What bfloat16 does to results: the same runs in both precisions, paired.

    python -m benchmarks.gate FLOAT32 BFLOAT16

Both are folders `results/<scale>`, made by the same configuration but for `compute.precision`. A
run of one has its like in the other: the same settings, seed and draws. Compared is where each
ended. A paper passes where the interval of its mean ratio lies within `WITHIN` of 1.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks import OUTPUT
from benchmarks.rows import write
from saigen.markdown import table
from saigen.stats import bootstrap_mean

#: The number that a run is judged by, whichever of them it has: lower is better.
METRICS = ("frechet", "test_loss")
#: How far from 1 a mean ratio may lie, its interval included.
WITHIN = 0.05


class Row(NamedTuple):
    """One paper: the geometric mean of bfloat16 over float32, its 95% interval, and the verdict."""

    paper: str
    metric: str
    runs: int
    ratio: float
    low: float
    high: float
    passes: bool


def rows(float32: Path, bfloat16: Path) -> Iterator[Row]:
    """Yield a row a paper and metric that both folders have runs of."""
    for folder in sorted(path for path in bfloat16.iterdir() if path.is_dir()):
        for metric in METRICS:
            logs = [
                np.log(reduced / full)
                for path in sorted(folder.glob("*/*/seed*/metrics.csv"))
                if (full := last(float32 / path.relative_to(bfloat16), metric)) > 0
                and (reduced := last(path, metric)) > 0
            ]
            if logs:
                found = bootstrap_mean(logs)
                low, high = np.exp([found.low, found.high])
                passes = bool(low >= 1 - WITHIN and high <= 1 + WITHIN)
                ratio = float(np.exp(found.value))
                yield Row(folder.name, metric, len(logs), ratio, low, high, passes)


def markdown(found: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table of docs/precision.md."""
    head = ["paper", "number", "runs", "bfloat16 / float32", "95% interval", "gate"]
    cells = []
    for row in found:
        interval = f"{row.low:.3f} to {row.high:.3f}"
        gate = "passes" if row.passes else "does not pass"
        names = [f"`{row.paper}`", f"`{row.metric}`", str(row.runs)]
        cells.append([*names, f"{row.ratio:.3f}", interval, gate])
    return table(head, cells)


def last(path: Path, metric: str) -> float:
    """Return a run's last value of a metric; NaN where it has none or is not there."""
    if not path.is_file():
        return float("nan")
    frame = pd.read_csv(path)
    values = frame.loc[frame["metric"] == metric, "value"]
    return float(values.iloc[-1]) if len(values) else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows as Markdown, write them beside the benchmarks, return the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.gate", description=__doc__)
    parser.add_argument("float32", type=Path)
    parser.add_argument("bfloat16", type=Path)
    parser.add_argument("--output", type=Path, default=OUTPUT / "precision.csv")
    given = parser.parse_args(arguments)
    found = list(rows(given.float32, given.bfloat16))
    if not found:
        print("no run is in both folders", file=sys.stderr)
        return 1
    write(given.output, found)
    print("\n".join(markdown(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
