"""What a GPU does to the workloads: the same numbers as a CPU, the same bits twice, and how fast.

    python -m benchmarks.accelerator [--only NAME ...] [--xla]

Each workload is taken by a process on the CPU and several on the GPU. Losses of the first steps are
compared between CPU and GPU, which draw the same and round otherwise; all variables between two on
the GPU, bit by bit. Then seconds a step, alone and of all those on the GPU together.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks import OUTPUT
from benchmarks.arithmetic import relative_error, repeats
from benchmarks.race import Worker, WorkerError, start
from benchmarks.rows import write
from benchmarks.workloads import NAMES, workload
from saigen.markdown import table

STEPS = 3
_ROUNDS = 5


class Row(NamedTuple):
    """A workload on one GPU.

    Attributes:
      workload: its name.
      error: the largest relative difference of a loss between GPU and CPU, of the first `STEPS`.
      same_bits: whether two processes on the GPU agree in every bit of them and of the variables.
      cpu_ms, gpu_ms: medians of milliseconds a step, alone.
      processes, mps: how many took steps at once, and whether by NVIDIA's Multi-Process Service.
      together_ms: milliseconds a step of all these processes together.
      gflops: GFLOP/s on the GPU, alone.
      xla_ms: milliseconds a step compiled by XLA; 0 where it was not tried, or XLA refuses.
    """

    workload: str
    error: float
    same_bits: bool
    cpu_ms: float
    gpu_ms: float
    processes: int
    mps: bool
    together_ms: float
    gflops: float
    xla_ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser("python -m benchmarks.accelerator", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn")
    parser.add_argument("--xla", action="store_true", help="compiled by XLA too: takes long")
    parser.add_argument(
        "--together", type=int, default=4, help="processes on the one GPU, 2 or more"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT / "gpu.csv")
    given = parser.parse_args(arguments)
    found, failed = [], 0
    for name in given.only:
        # New processes each time: one that fails takes no other workload with it.
        with TemporaryDirectory() as scratch, sides(given.together) as all_sides:
            try:
                weights = str(Path(scratch) / "weights.npz")
                found.append(measured(name, all_sides, given.seconds, weights, given.xla))
                print(found[-1], file=sys.stderr, flush=True)
            except WorkerError as error:
                failed += 1
                print(f"{name}: a process ended at {error}", file=sys.stderr, flush=True)
    if found:
        write(given.output, found)
        print("\n".join(markdown(found)))
    return 1 if failed else 0


def markdown(found: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table of docs/gpu.md."""
    head = ["workload", "error", "same bits", "one core, ms", "GPU, ms", "GFLOP/s"]
    head += ["at once", "MPS", "together, ms"]
    xla, cells = any(row.xla_ms for row in found), []
    for row in found:
        one = [f"`{row.workload}`", f"{row.error:.0e}", "yes" if row.same_bits else "no"]
        one += [f"{row.cpu_ms:.3g}", f"{row.gpu_ms:.3g}", f"{row.gflops:.0f}"]
        one += [str(row.processes), "yes" if row.mps else "no", f"{row.together_ms:.3g}"]
        cells.append([*one, f"{row.xla_ms:.3g}"] if xla else one)
    return table([*head, "XLA, ms"] if xla else head, cells)


@contextmanager
def sides(together: int) -> Iterator[dict[str, Worker]]:
    """Start `cpu`, `gpu 0`, `gpu 1`, … and end them."""
    names = ["cpu", *(f"gpu {number}" for number in range(max(together, 2)))]
    with ExitStack() as stack:
        found = {}
        for name in names:
            side = ["saigen", "1", "float32", name.split()[0]]
            found[name] = start(sys.executable, side, threads=1)
            stack.callback(found[name].end)
        yield found


def measured(
    name: str, all_sides: Mapping[str, Worker], seconds: float, weights: str, xla: bool
) -> Row:
    """Return the row of a workload; `weights` is a path that every side may write to."""
    cpu, *gpus = all_sides.values()
    everyone([cpu, *gpus], "open", name=name, weights=weights)
    wanted, first, second, *_ = (
        found["losses"] for found in everyone([cpu, *gpus], "losses", steps=STEPS)
    )
    states = [worker.ask("state") for worker in gpus[:2]]
    alone = timed(gpus[0], seconds)
    return Row(
        workload=name,
        error=max(map(relative_error, first, wanted)),
        same_bits=first == second and states[0] == states[1],
        cpu_ms=timed(cpu, seconds),
        gpu_ms=alone,
        processes=len(gpus),
        mps="CUDA_MPS_PIPE_DIRECTORY" in os.environ,
        together_ms=at_once(gpus, seconds),
        gflops=round(workload(name).FLOPS / alone / 1e6, 1),
        xla_ms=with_xla(gpus[0], name, seconds) if xla else 0.0,
    )


def everyone(workers: Sequence[Worker], method: str, **arguments: Any) -> list[dict[str, Any]]:
    """Ask all workers at once, and wait for all answers."""
    with ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(lambda worker: worker.ask(method, **arguments), workers))


def with_xla(worker: Worker, name: str, seconds: float) -> float:
    """Return milliseconds a step compiled by XLA; 0, and say why, where it refuses."""
    if refused := worker.ask("open_with_xla", name=name)["error"]:
        print(f"{name}, XLA: {refused}", file=sys.stderr)
        return 0.0
    return timed(worker, seconds)


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
