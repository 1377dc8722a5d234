"""Styles take turns on a workload, each in a process that lasts, the order turned every round."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import ROOT
from benchmarks.arithmetic import BF16, SAIGEN, SAVINGS, Turn, order, repeats

#: Of the matrices whose product is called the peak.
PEAK_SIZE = 2048
#: Steps before anything is timed: they trace, compile, and fill caches.
_WARM = 2


class WorkerError(Exception):
    """A worker ended before its answer; what it printed is above."""


class Worker:
    """One side in a process of its own; see `benchmarks.worker` for what it can be asked."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
        )

    def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            print(json.dumps([method, arguments]), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise WorkerError(f"{method} {arguments}") from None
        answer = self._process.stdout.readline()
        if not answer:
            raise WorkerError(f"{method} {arguments}")
        return json.loads(answer)

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def start(python: str, side: Sequence[str], threads: int, **more: str) -> Worker:
    """Start a side in a process of its own.

    Args:
      python: which Python.
      side: what `benchmarks.worker` is told.
      threads: of the process.
      more: changes of its environment.
    """
    # NumPy's own threads, and PyTorch's compilers: one process each, so that none sits beside.
    common = {
        "OPENBLAS_NUM_THREADS": str(threads),
        "TORCHINDUCTOR_COMPILE_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    return Worker([python, "-m", "benchmarks.worker", *side], common | more)


@contextmanager
def workers(
    python: str, styles: Sequence[str], preload: str, threads: int
) -> Iterator[dict[str, Worker]]:
    """Start the workers, and end them.

    Args:
      python: a Python that has PyTorch and NumPy.
      styles: keys of `benchmarks.plain.STYLES`; `<key>+mkl` has the library preloaded, and
        `<key>+bf16` its products in bfloat16, Saigen's too.
      preload: path of the library; unused where no style asks for it.
      threads: of each worker.
    """
    with ExitStack() as stack:
        found = {}
        for style in (SAIGEN, *styles):
            name, *changes = style.split("+")
            ours = name == SAIGEN
            name += SAVINGS if SAVINGS in style else ""
            side = ["saigen"] if ours else ["torch", name]
            side += [str(threads), "bfloat16" if style.endswith(BF16) else "float32"]
            more = {"LD_PRELOAD": preload} if "mkl" in changes else {}
            found[style] = start(sys.executable if ours else python, side, threads, **more)
            stack.callback(found[style].end)
        yield found


def race(
    name: str, sides: Mapping[str, Worker], rounds: int, seconds: float, folder: Path
) -> list[Turn]:
    """Let all styles take turns on a workload.

    Args:
      name: the workload.
      sides: by style; Saigen's opens first, since the others begin with its weights.
      rounds: turns of each style that count.
      seconds: how long a turn takes at least, by the CPU's clock.
      folder: for the weights.
    """
    steps = {}
    weights = str(folder / f"{name}.npz")
    for style in (SAIGEN, *(style for style in sides if style != SAIGEN)):
        sides[style].ask("open", name=name, weights=weights)
        sides[style].ask("take", steps=_WARM)
        steps[style] = repeats(sides[style].ask("take", steps=1)["cpu"], seconds)
        # A first call of so many steps may allocate, too.
        sides[style].ask("take", steps=steps[style])
    return [
        Turn(style, number, steps[style], **sides[style].ask("take", steps=steps[style]))
        for number in range(rounds)
        for style in order(list(sides), number)
    ]


def peak(saigen: Worker, threads: int, clock: str) -> float:
    """Return the FLOP/s of the fastest of a few large products of matrices in TensorFlow."""
    found = saigen.ask("peak", size=PEAK_SIZE, repeats=4)
    seconds = found["wall"] if clock == "wall" else found["cpu"] / threads
    return 2.0 * PEAK_SIZE**3 / seconds
