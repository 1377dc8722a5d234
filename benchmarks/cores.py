"""How long a scale takes over the number of cores, simulated from what its jobs cost here.

    python -m benchmarks.cores RESULTS

Nothing is trained: `saigen plan` prices the standard scale's jobs by the runs in a results folder
and by short measurements of what those do not tell, and its scheduler places them on so many cores
as Snakemake would.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks import OUTPUT
from benchmarks.rows import write
from saigen.config import load_config
from saigen.console import duration
from saigen.markdown import table
from saigen.paper import paper_names
from saigen.plan.estimate import make_plan
from saigen.plan.show import CORES


class Row(NamedTuple):
    """One set of papers on so many cores."""

    papers: str
    jobs: int
    cores: int
    hours: float
    longest_job_hours: float


def rows(results: Path, scale: str) -> Iterator[Row]:
    """Yield a row a number of cores: of each paper, and of all of them."""
    whole = make_plan(load_config({"scale": scale, "papers": "all"}), results, 1, tell=print)
    for name in (*paper_names(), "all"):
        costs = [cost for cost in whole.costs if name in (cost.paper, "all")]
        plan = replace(whole, costs=costs)
        jobs = plan.jobs()
        longest = max((job.seconds for job in jobs), default=0.0)
        for cores in CORES:
            hours = plan.schedule(cores).seconds / 3600.0
            yield Row(name, len(jobs), cores, hours, longest / 3600.0)


def markdown(found: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table of docs/scaling.md: a row a set of papers."""
    cells = []
    for papers in dict.fromkeys(row.papers for row in found):
        own = [row for row in found if row.papers == papers]
        ends = next((row.cores for row in own if row.hours < 1.05 * own[-1].hours), own[-1].cores)
        walls = [duration(3600.0 * row.hours) for row in own if row.cores in (1, 2, 16, 256)]
        longest = duration(3600.0 * own[0].longest_job_hours)
        cells.append([papers, str(own[0].jobs), *walls, longest, str(ends)])
    head = ["papers", "jobs", "1 core", "2", "16", "256", "longest job", "no faster beyond"]
    return table(head, cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print the table as Markdown, write the rows, return the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.cores", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--scale", default="standard")
    parser.add_argument("--output", type=Path, default=OUTPUT / "cores.csv")
    given = parser.parse_args(arguments)
    found = list(rows(given.results, given.scale))
    write(given.output, found)
    print("\n".join(markdown(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
