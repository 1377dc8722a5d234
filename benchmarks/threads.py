"""Two jobs of one thread beside each other, against one job of two threads: steps a second.

    python -m benchmarks.threads

On an idle machine of two cores or more. Both ways take turns, the order turned every round.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks import OUTPUT
from benchmarks.arithmetic import SAIGEN, Spread, order, repeats
from benchmarks.race import Worker
from benchmarks.rows import write
from benchmarks.workloads import NAMES
from saigen.markdown import table

ROUNDS, SECONDS = 7, 0.5


class Row(NamedTuple):
    """One workload: milliseconds of a step either way, two jobs counting both their steps."""

    workload: str
    two_jobs: float
    two_threads: float
    ratio: float
    least: float
    most: float


def measured(name: str, folder: Path) -> Row:
    """Return the row of one workload."""
    with ExitStack() as stack:
        sides = []
        for number, threads in enumerate((1, 1, 2)):
            command = [sys.executable, "-m", "benchmarks.worker", SAIGEN, str(threads), "float32"]
            environment = {"OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
            side = Worker(command, environment)
            stack.callback(side.end)
            side.ask("open", name=name, weights=str(folder / f"{name} {number}.npz"))
            side.ask("take", steps=2)
            sides.append(side)
        pool = stack.enter_context(ThreadPoolExecutor())
        steps = repeats(sides[0].ask("take", steps=1)["cpu"], SECONDS)

        def seconds(workers: Sequence[Worker]) -> float:
            taken = pool.map(lambda worker: worker.ask("take", steps=steps)["wall"], workers)
            return max(taken) / (len(workers) * steps)

        ways = {"jobs": sides[:2], "threads": sides[2:]}
        for workers in ways.values():
            seconds(workers)
        turns: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(ROUNDS):
            for way in order(list(ways), number):
                turns[way].append(seconds(ways[way]))
    spread = Spread.of([a / b for a, b in zip(turns["jobs"], turns["threads"], strict=True)])
    times = [1e3 * Spread.of(turns[way]).median for way in ways]
    return Row(name, *times, spread.median, spread.least, spread.most)


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table of docs/scaling.md."""
    cells = [
        [
            f"`{row.workload}`",
            f"{row.two_jobs:.3g}",
            f"{row.two_threads:.3g}",
            f"{row.ratio:.2f}",
            f"{row.least:.2f} to {row.most:.2f}",
        ]
        for row in rows
    ]
    return table(["workload", "two jobs, ms", "two threads, ms", "ratio", "over the rounds"], cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table as Markdown, write the rows, return the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.threads", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--output", type=Path, default=OUTPUT / "threads.csv")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows = [measured(name, Path(folder)) for name in given.only]
    write(given.output, rows)
    print("\n".join(markdown(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
