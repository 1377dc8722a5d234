"""Which operations a step spends its time in, by TensorFlow's own profiler.

    python -m benchmarks.operations resnet20_lab

One thread, so that an operation's time is its own. A step that is slower than its products is worth
this look: one pooling's gradient was once a quarter of a ResNet's step.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.arithmetic import repeats
from benchmarks.worker import timed
from benchmarks.workloads import NAMES, workload
from saigen.markdown import table

#: CPU seconds that are looked at.
SECONDS = 1.0


class Row(NamedTuple):
    """One kind of operation: milliseconds and calls of a step."""

    operation: str
    milliseconds: float
    calls: float


def measured(training: Any) -> list[Row]:
    """Return the operations of a step of a workload's Saigen side, the dearest first."""
    import tensorflow as tf

    training.step()
    steps = repeats(timed(lambda: training.step(1))["cpu"], SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            training.step(steps)
        (path,) = Path(folder).rglob("*.xplane.pb")
        spent, calls = Counter(), Counter()
        for operation, seconds in _events(path.read_bytes()):
            spent[operation] += seconds
            calls[operation] += 1
    return [Row(o, 1e3 * s / steps, calls[o] / steps) for o, s in spent.most_common()]


def _events(content: bytes) -> Iterator[tuple[str, float]]:
    """Yield (kind of operation, seconds) of every execution in a profile."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(content)
    for plane in space.planes:
        names = {number: entry.name for number, entry in plane.event_metadata.items()}
        for event in (event for line in plane.lines for event in line.events):
            # An operation is told as `its/name:Kind`; everything else is the runtime's.
            _, colon, kind = names[event.metadata_id].rpartition(":")
            if colon and kind.isidentifier() and "::" not in names[event.metadata_id]:
                yield kind, event.duration_ps * 1e-12


def _main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.operations", description=__doc__)
    parser.add_argument("workload", choices=NAMES, metavar="WORKLOAD", help=", ".join(NAMES))
    parser.add_argument("--most", type=int, default=20, help="rows")
    told = parser.parse_args(given)
    from saigen.engine import device

    device.set_up(intra_op_threads=1, device="cpu")
    rows = measured(workload(told.workload).saigen())
    whole = sum(row.milliseconds for row in rows)
    cells = [
        [operation, f"{spent:.3g}", f"{calls:.3g}", f"{spent / whole:.0%}"]
        for operation, spent, calls in rows[: told.most]
    ]
    print(*table(["operation", "ms a step", "calls", "share"], cells), sep="\n")


if __name__ == "__main__":
    _main()
