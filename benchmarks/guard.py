"""Whether a step has become far slower, without PyTorch: its time over that of a plain product.

A minute for CI. Steps and products of two matrices take turns in this process at one thread, and
the ratio of their CPU seconds is held against the interval of the committed file.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import OUTPUT
from benchmarks.arithmetic import Spread, order, repeats, verdict
from benchmarks.worker import timed
from benchmarks.workloads import workload

FILE = OUTPUT / "guard.json"
NAMES = ("resnet20", "dcgan_32", "wgan_toy", "gumbel_sbn")
#: Side of the product's matrices, rounds, and CPU seconds of a turn.
SIZE, ROUNDS, SECONDS = 1024, 7, 0.3


def measured() -> dict[str, Spread]:
    """Return, of each workload, the CPU seconds of a step over those of a product."""
    from saigen.engine import device

    device.set_up(intra_op_threads=1, device="cpu")
    import tensorflow as tf

    a, b = (tf.random.stateless_normal([SIZE, SIZE], [0, place]) for place in (0, 1))

    def product(count: int) -> None:
        for _ in range(count):
            float(tf.matmul(a, b)[0, 0])

    return {name: Spread.of(_ratios(workload(name).saigen().step, product)) for name in NAMES}


def _ratios(step: Callable[[int], Any], product: Callable[[int], Any]) -> list[float]:
    counts = {}
    for work in (step, product):
        work(1)
        counts[work] = repeats(_seconds(work, 1), SECONDS)
    found = []
    for number in range(ROUNDS):
        turn = order([step, product], number)
        seconds = {work: _seconds(work, counts[work]) / counts[work] for work in turn}
        found.append(seconds[step] / seconds[product])
    return found


def _seconds(work: Callable[[int], Any], count: int) -> float:
    return timed(lambda: work(count))["cpu"]


def guard(write: bool, path: Path = FILE) -> int:
    """Measure, and write the file or compare with it; return the exit status."""
    found = measured()
    if write:
        intervals = {name: _interval(spread) for name, spread in found.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(intervals, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {path}")
        return 0
    wanted, failed = json.loads(path.read_text(encoding="utf-8")), 0
    for name, spread in found.items():
        said = verdict(spread.median, wanted[name])
        failed += said != "fine"
        ends = f"{wanted[name]['least']:g} to {wanted[name]['most']:g}"
        print(f"{name}: {spread.median:.3g} products of {SIZE} ({ends} when written): {said}")
    if failed:
        print("A step is twice out of its interval. `--guard --write` writes it anew: say why.")
    return 1 if failed else 0


def _interval(spread: Spread) -> dict[str, float]:
    return {name: round(value, 3) for name, value in vars(spread).items()}
