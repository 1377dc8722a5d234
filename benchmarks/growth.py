"""How the cost of a step grows with its sizes: one setting at a time, CPU seconds at one thread.

    python -m benchmarks.growth

Sizes of a sweep take turns, the order turned every round, so that a machine that gets slower hits
all alike. The exponent is the slope of log seconds over log size between the two largest: 1 is
proportional, below 1 something is still paid once a step.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks import OUTPUT
from benchmarks.arithmetic import order, repeats
from benchmarks.rows import write
from benchmarks.worker import timed
from saigen.markdown import table

ROUNDS, SECONDS = 5, 0.2


class Sweep(NamedTuple):
    """A setting that grows, and who builds the training for each of its sizes."""

    what: str
    setting: str
    build: Callable[[int], Any]
    sizes: tuple[int, ...]


class Row(NamedTuple):
    """One size of one sweep: milliseconds of a step, and the exponent of the whole sweep."""

    what: str
    setting: str
    size: int
    milliseconds: float
    exponent: float


def sweeps() -> list[Sweep]:
    """Return the sweeps; a build imports what it needs."""
    dcgan, sbn, resnet = "DCGAN, Adam", "sigmoid belief net, Gumbel-Softmax", "ResNet-20, momentum"
    ssl, dbm = "semi-supervised step, marginalised", "Boltzmann machine, local modes"
    return [
        Sweep(dcgan, "batch", lambda n: _dcgan(16, n, 16), (4, 16, 64, 256)),
        Sweep(dcgan, "width", lambda n: _dcgan(16, 32, n), (4, 16, 64)),
        Sweep(dcgan, "side", lambda n: _dcgan(n, 32, 16), (8, 16, 32, 64)),
        Sweep(sbn, "batch", lambda n: _sbn(batch_size=n), (10, 100, 1000)),
        Sweep(sbn, "units", lambda n: _sbn(units=n), (50, 200, 800)),
        Sweep(resnet, "batch", _resnet, (16, 64, 256)),
        Sweep(ssl, "classes", _classes, (5, 10, 100)),
        Sweep(dbm, "units", lambda n: _dbm(n, 100), (49, 196, 784)),
        Sweep(dbm, "batch", lambda n: _dbm(196, n), (20, 100, 500)),
    ]


def _dcgan(side: int, batch: int, width: int) -> Any:
    from benchmarks.families.dcgan import shipped

    return shipped(side, batch, width)


def _sbn(**changes: int) -> Any:
    from benchmarks.families import gumbel
    from saigen.papers.gumbel_softmax.sbn import train

    return _plainly(train({**gumbel.params_of("structured_prediction"), **changes}, gumbel.noise()))


def _resnet(batch: int) -> Any:
    from benchmarks.families.resnet import task
    from benchmarks.workloads.resnet20 import PROTOCOL

    return _plainly(task("protocols", {**PROTOCOL, "batch_size": batch}))


def _classes(count: int) -> Any:
    from benchmarks.families.gumbel import noise
    from saigen.paper import load_paper
    from saigen.papers.gumbel_softmax.class_speed import train

    params = load_paper("gumbel_softmax").experiments["class_speed"].params
    changes = {"method": "marginal", "classes": count, "width": 0.25, "batch_size": 20, "steps": 5}
    return _plainly(train({**params, **changes}, noise()))


def _dbm(units: int, chains: int) -> Any:
    from benchmarks.workloads.dbm import shipped

    return shipped(units, chains)


def _plainly(task: Any) -> Any:
    from benchmarks.shipped import Shipped

    return Shipped(task, task.metrics[0], lambda key: {})


def measured(sweep: Sweep) -> Iterator[Row]:
    """Yield a row a size."""
    built = {size: sweep.build(size) for size in sweep.sizes}
    counts, turns = {}, {size: [] for size in sweep.sizes}
    for size, training in built.items():
        training.step()
        counts[size] = repeats(_seconds(training, 1), SECONDS)
        _seconds(training, counts[size])
    for number in range(ROUNDS):
        for size in order(sweep.sizes, number):
            turns[size].append(_seconds(built[size], counts[size]))
    seconds = {size: median(found) for size, found in turns.items()}
    exponent = exponent_of(seconds)
    for size in sweep.sizes:
        yield Row(sweep.what, sweep.setting, size, 1e3 * seconds[size], exponent)


def exponent_of(seconds: Mapping[int, float]) -> float:
    """Return the slope of log seconds over log size between the two largest sizes."""
    low, high = sorted(seconds)[-2:]
    return log(seconds[high] / seconds[low]) / log(high / low)


def _seconds(training: Any, count: int) -> float:
    return timed(lambda: training.step(count))["cpu"] / count


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table of docs/scaling.md: a row a sweep."""
    cells = []
    for what, setting in dict.fromkeys((row.what, row.setting) for row in rows):
        own = [row for row in rows if (row.what, row.setting) == (what, setting)]
        sizes = ", ".join(str(row.size) for row in own)
        times = ", ".join(f"{row.milliseconds:.3g}" for row in own)
        cells.append([what, setting, sizes, times, f"{own[0].exponent:.2f}"])
    return table(["a step of", "over", "sizes", "CPU ms", "exponent at the end"], cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table as Markdown, write the rows, return the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT / "growth.csv")
    given = parser.parse_args(arguments)
    from saigen.engine import device

    device.set_up(intra_op_threads=1, device="cpu")
    rows = [row for sweep in sweeps() for row in measured(sweep)]
    write(given.output, rows)
    print("\n".join(markdown(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
