"""Times a training step of the deep Boltzmann machine beside the same algorithm in PyTorch.

    python benchmarks/dbm_step.py --torch-python PATH [--preload LIB] [--threads 2] [--rounds 10]

Two worker processes, one a framework, take turns: one step each, the order reversed every round,
so that what else the machine does falls on both. PyTorch need not be in this environment: the path
names a Python that has it. On AMD processors MKL, which PyTorch multiplies with, takes a slow path
unless a library is preloaded that answers its question for the maker (`--preload`).

Writes CSV to standard output: framework, round, wall and CPU seconds of a step, and the sweeps of
both phases' slowest chains (the draws differ, so the searches do too); medians to standard error.
On a machine that does other work, compare CPU seconds at one thread.

`dbm_step.csv` is what two cores of an AMD EPYC (Zen 5) gave under heavy other load, one thread
each, a batch of 1000 with 784 units a layer, PyTorch 2 with the preloaded library.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = ("framework", "round", "wall", "cpu", "sweeps")


def worker(python: str, script: str, threads: int, units: int, batch: int, preload: str = ""):
    """Start a worker; it takes a step for every line it is sent, and answers with a row."""
    environment = os.environ | ({"LD_PRELOAD": preload} if preload else {})
    command = [python, str(HERE / script), str(threads), str(units), str(batch)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def step_of(process: subprocess.Popen) -> list[float]:
    """Ask for one step, and return wall seconds, CPU seconds and sweeps."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("step\n")
    process.stdin.flush()
    return [float(word) for word in process.stdout.readline().split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--torch-python", required=True, help="a Python that has PyTorch")
    parser.add_argument("--preload", default="", help="a library to preload for PyTorch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--units", type=int, default=784)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    sizes = asked.threads, asked.units, asked.batch
    workers = {
        "tensorflow": worker(sys.executable, "dbm_tensorflow.py", *sizes),
        "torch": worker(asked.torch_python, "dbm_torch.py", *sizes, asked.preload),
    }
    rows = []
    for process in workers.values():
        step_of(process)  # traces, and warms up
    for turn in range(asked.rounds):
        for name in sorted(workers, reverse=bool(turn % 2)):
            rows.append([name, turn, *step_of(workers[name])])
    for process in workers.values():
        process.terminate()
    out = csv.writer(sys.stdout)
    out.writerow(COLUMNS)
    out.writerows(rows)
    for name in workers:
        own = [row for row in rows if row[0] == name]
        wall, cpu = (statistics.median(row[i] for row in own) for i in (2, 3))
        each = statistics.median(row[3] / row[4] for row in own)
        told = f"{name}: {wall:.3f} s a step, {cpu:.3f} CPU s, {1e3 * each:.2f} CPU ms a sweep"
        print(told, file=sys.stderr)


if __name__ == "__main__":
    main()
