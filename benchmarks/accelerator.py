"""What a GPU does to the workloads: the same numbers as a CPU, the same bits twice, and how fast.

    python -m benchmarks.accelerator [--only NAME ...] [--seconds S]

Each workload is taken by three processes: one on the CPU and two on the GPU. Losses of the first
steps are compared between CPU and GPU, which draw the same and round otherwise; all variables
between the two on the GPU, bit by bit. Then seconds a step, as shipped and compiled by XLA, and how
fast several processes are together on the one GPU.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import OUTPUT
from benchmarks.arithmetic import relative_error, repeats
from benchmarks.race import Worker, WorkerError
from benchmarks.workloads import NAMES, workload
from saigen.markdown import table

STEPS = 3
_ROUNDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser("python -m benchmarks.accelerator", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn")
    parser.add_argument("--no-xla", action="store_true", help="as shipped alone: XLA takes long")
    parser.add_argument("--together", type=int, default=4, help="processes on the one GPU")
    parser.add_argument("--output", type=Path, default=OUTPUT / "gpu.csv")
    given = parser.parse_args(arguments)
    found: list[dict[str, Any]] = []
    with TemporaryDirectory() as scratch:
        while left := given.only[len(found) :]:
            with sides(given.together) as all_sides:
                for name in left:
                    try:
                        row = measured(
                            name, all_sides, given.seconds, Path(scratch), not given.no_xla
                        )
                    except WorkerError as failed:
                        # Its worker is gone: the next workload gets new ones.
                        row = {"workload": name, "error": f"failed: {failed}"}
                    print(row, file=sys.stderr, flush=True)
                    found.append(row)
                    if len(row) == 2:
                        break
    given.output.parent.mkdir(parents=True, exist_ok=True)
    with given.output.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, max(found, key=len))
        rows.writeheader()
        rows.writerows(found)
    names = list(max(found, key=len))
    print("\n".join(table(names, [[str(row.get(name, "")) for name in names] for row in found])))
    return 0


@contextmanager
def sides(together: int) -> Iterator[dict[str, Worker]]:
    """Start `cpu`, `gpu 0`, `gpu 1`, … and end them."""
    names = ["cpu", *(f"gpu {number}" for number in range(max(together, 2)))]
    with ExitStack() as stack:
        found = {}
        for name in names:
            command = [sys.executable, "-m", "benchmarks.worker", "saigen", "1", "float32"]
            found[name] = Worker([*command, name.split()[0]], {"TF_CPP_MIN_LOG_LEVEL": "3"})
            stack.callback(found[name].end)
        yield found


def measured(
    name: str, all_sides: Mapping[str, Worker], seconds: float, folder: Path, xla: bool
) -> dict[str, Any]:
    """Return the row of a workload.

    Columns: error, the largest relative difference of a loss between GPU and CPU in the first
    `STEPS` steps; same_bits, of all variables after them on the GPU twice; cpu_ms, gpu_ms and
    xla_ms, medians of seconds a step; together_ms, seconds a step over all processes on the one
    GPU; gflops, of the fastest on the GPU. Empty where it could not be had.
    """
    weights = str(folder / f"{name}.npz")
    cpu, *gpus = all_sides.values()
    everyone([cpu, *gpus], "open", name=name, weights=weights)
    wanted, first, second, *_ = (
        found["losses"] for found in everyone([cpu, *gpus], "losses", steps=STEPS)
    )
    states = [worker.ask("state") for worker in gpus[:2]]
    errors = map(relative_error, first, wanted)
    row: dict[str, Any] = {
        "workload": name,
        "error": f"{max(errors):.1e}",
        "same_bits": first == second and states[0] == states[1],
        "cpu_ms": timed(cpu, seconds),
        "gpu_ms": timed(gpus[0], seconds),
        "processes": len(gpus),
        "together_ms": at_once(gpus, seconds),
        "xla_ms": "",
    }
    if xla:
        if refused := gpus[0].ask("open_with_xla", name=name)["error"]:
            print(f"{name}, XLA: {refused}", file=sys.stderr)
        else:
            row["xla_ms"] = timed(gpus[0], seconds)
    fastest = min(ms for ms in (row["gpu_ms"], row["xla_ms"]) if ms)
    row["gflops"] = round(workload(name).FLOPS / fastest / 1e6, 1)
    return row


def everyone(workers: Sequence[Worker], method: str, **arguments: Any) -> list[dict[str, Any]]:
    """Ask all workers at once, and wait for all answers."""
    with ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(lambda worker: worker.ask(method, **arguments), workers))


def timed(worker: Worker, seconds: float) -> float:
    """Return the median of wall-clock milliseconds a step."""
    worker.ask("take", steps=2)
    steps = repeats(worker.ask("take", steps=5)["wall"] / 5, seconds)
    turns = [worker.ask("take", steps=steps)["wall"] / steps for _ in range(_ROUNDS)]
    return round(1e3 * median(turns), 3)


def at_once(workers: Sequence[Worker], seconds: float) -> float:
    """Return milliseconds a step, where all workers take steps at once and all steps count."""
    alone = workers[-1].ask("take", steps=5)["wall"] / 5
    steps = repeats(alone, 2 * seconds)
    walls = [found["wall"] for found in everyone(workers, "take", steps=steps)]
    return round(1e3 * median(walls) / steps / len(workers), 3)


if __name__ == "__main__":
    sys.exit(main())
