"""One side in a process of its own, from the first workload to the last; asked by lines of JSON.

    python -m benchmarks.worker saigen THREADS PRECISION [cpu|gpu]
    python -m benchmarks.worker torch STYLE THREADS PRECISION

| asked | answered |
|---|---|
| `["about", {}]` | versions, and on what this runs |
| `["open", {"name": ..., "weights": path}]` | nothing, once it is built |
| `["open_with_xla", {"name": ...}]` | why XLA cannot compile it, or nothing (Saigen) |
| `["losses", {"steps": n}]` | losses of n steps, one by one (Saigen) |
| `["state", {}]` | digest of all variables (Saigen) |
| `["take", {"steps": n}]` | loss, wall and CPU seconds |
| `["record", {"path": ..., "steps": n}]` | losses of n steps; draws are written to `path` |
| `["replay", {"path": ..., "steps": n}]` | losses of n steps on the draws in `path` |
| `["peak", {"size": n, "repeats": k}]` | least wall and CPU seconds of a product, n × n matrices |

Saigen's side writes its first weights to `path`; PyTorch's reads them there.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from benchmarks.workloads import workload


def timed(work: Callable[[], Any]) -> dict[str, Any]:
    """Return what the work returns as `loss`, and the seconds that it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return {
        "loss": found,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
    }


class Saigen:
    """Saigen's side."""

    def __init__(self, threads: int, precision: str, on: str = "cpu") -> None:
        from saigen.engine import device

        self._stamp = device.set_up(threads, on, precision)
        self._now: Any = None

    def about(self) -> dict[str, Any]:
        """Return what a run's stamp says."""
        return self._stamp

    def open(self, name: str, weights: str) -> dict[str, Any]:
        """Build a workload and write its weights."""
        self._build(name)
        np.savez(weights, **self._now.weights())
        return {}

    def open_with_xla(self, name: str) -> dict[str, Any]:
        """Build a workload that XLA compiles, and take steps; say why it cannot be, or nothing."""
        import tensorflow as tf

        self._build(name)
        try:
            self._now.compile_with_xla()
            self._now.step(2)
        except (AttributeError, tf.errors.OpError) as error:
            return {"error": str(error).partition("\n")[0] or "XLA"}
        return {"error": ""}

    def losses(self, steps: int) -> dict[str, Any]:
        """Take steps one by one."""
        return {"losses": [float(self._now.step()) for _ in range(steps)]}

    def state(self) -> dict[str, Any]:
        """Return the digest of all variables as they stand."""
        found = sorted(self._now.weights().items())
        text = b"".join(name.encode() + np.ascontiguousarray(w).tobytes() for name, w in found)
        return {"digest": sha256(text).hexdigest()}

    def take(self, steps: int) -> dict[str, Any]:
        """Take steps."""
        return timed(lambda: self._now.step(steps))

    def record(self, path: str, steps: int) -> dict[str, Any]:
        """Take steps one by one, and write down what each draws."""
        losses, drawn = [], {}
        for number in range(steps):
            drawn |= {f"{number} {name}": value for name, value in self._now.draws().items()}
            losses.append(self._now.step())
        np.savez(path, **drawn)
        return {"losses": losses}

    def _build(self, name: str) -> None:
        self._now = None
        gc.collect()
        self._now = workload(name).saigen()

    def peak(self, size: int, repeats: int) -> dict[str, Any]:
        """Multiply two square matrices."""
        import tensorflow as tf

        a, b = (tf.random.stateless_normal([size, size], [0, place]) for place in (0, 1))
        runs = [timed(lambda: float(tf.matmul(a, b)[0, 0])) for _ in range(repeats + 1)][1:]
        return {clock: min(run[clock] for run in runs) for clock in ("wall", "cpu")}


class Torch:
    """PyTorch's side in one style; in bfloat16 by its own autocast."""

    def __init__(self, style: str, threads: int, precision: str) -> None:
        import torch

        torch.set_num_threads(threads)
        self._cast = partial(torch.autocast, "cpu", torch.bfloat16, precision == "bfloat16")
        torch.manual_seed(0)
        self._style, self._forget = style, torch.compiler.reset
        self._version = torch.__version__
        self._now: Any = None

    def about(self) -> dict[str, Any]:
        """Return PyTorch's version."""
        return {"torch": self._version}

    def open(self, name: str, weights: str) -> dict[str, Any]:
        """Build a workload on the weights in a file."""
        self._now = None
        self._forget()
        gc.collect()
        with np.load(weights) as found:
            self._now = workload(name).torch(self._style, dict(found))
        return {}

    def take(self, steps: int) -> dict[str, Any]:
        """Take steps."""
        with self._cast():
            return timed(lambda: self._now.step(steps))

    def replay(self, path: str, steps: int) -> dict[str, Any]:
        """Take steps on the draws in a file."""
        losses = []
        with np.load(path) as found:
            for number in range(steps):
                own = [name for name in found.files if name.startswith(f"{number} ")]
                draws = {name.partition(" ")[2]: found[name] for name in own}
                losses.append(self._now.step_on(draws))
        return {"losses": losses}


def main() -> None:
    """Answer until standard input ends."""
    name, *given = sys.argv[1:]
    if name == "saigen":
        threads, precision, *on = given
        side: Any = Saigen(int(threads), precision, *on)
    else:
        style, threads, precision = given
        side = Torch(style, int(threads), precision)
    # Whatever a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        method, asked = json.loads(line)
        print(json.dumps(getattr(side, method)(**asked)), file=answers, flush=True)


if __name__ == "__main__":
    main()
