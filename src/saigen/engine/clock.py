"""Counts what a run costs, across the processes that worked on it, and what of it is start-up."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Clock:
    """Wall and CPU seconds of a run, and the CPU seconds spent before it could really begin.

    Start-up is importing, building, tracing and compiling. The first call of a kind traces and
    computes at once; what it takes beyond the second call of that kind is start-up. Where no
    second call follows, all of the first counts.

    Args:
      begun: CPU seconds of this process before the run; 0 for a process's first run, so that it
        bears the imports; now by default.
    """

    def __init__(self, begun: float | None = None) -> None:
        self._before = {"wall": 0.0, "cpu": 0.0, "startup_cpu": 0.0}
        self._wall = time.monotonic()
        self._cpu = time.process_time() if begun is None else begun
        self._startup = 0.0
        self._first: dict[str, float] = {}  # CPU seconds of a first call

    def go_on_from(self, clock: Mapping[str, float]) -> None:
        """Add what processes before this one spent."""
        self._before |= clock

    def start_up_ends(self) -> None:
        """Count all CPU time of the run so far as start-up."""
        self._startup = time.process_time() - self._cpu

    @contextmanager
    def call(self, kind: str, fresh: bool) -> Iterator[None]:
        """Time a call.

        Args:
          kind: calls of one kind compute alike.
          fresh: the call traces what it computes.
        """
        before = time.process_time()
        yield
        cost = time.process_time() - before
        if fresh:
            self._first[kind] = cost
            self._startup += cost
        elif kind in self._first:
            # The first call computed too, as much as this one.
            self._startup -= min(self._first.pop(kind), cost)

    def read(self) -> dict[str, float]:
        """Return `wall`, `cpu` and `startup_cpu` seconds of the run so far."""
        return {
            "wall": self._before["wall"] + time.monotonic() - self._wall,
            "cpu": self._before["cpu"] + time.process_time() - self._cpu,
            "startup_cpu": self._before["startup_cpu"] + self._startup,
        }
