"""How long jobs take side by side: list scheduling, the longest first."""

import heapq
from collections.abc import Sequence
from typing import NamedTuple


class Load(NamedTuple):
    """One job as the scheduler sees it.

    Attributes:
      seconds: how long it runs.
      cores: how many cores it holds; more than there are counts as all of them.
      memory_mb: what it needs while it runs.
      gpu: whether it holds an accelerator.
    """

    seconds: float
    cores: int = 1
    memory_mb: float = 0.0
    gpu: bool = False

    def and_then(self, other: "Load") -> "Load":
        """Return this and another load as one process does them, one after the other."""
        return Load(
            self.seconds + other.seconds,
            max(self.cores, other.cores),
            max(self.memory_mb, other.memory_mb),
            self.gpu or other.gpu,
        )


class Schedule(NamedTuple):
    """What came of it: the time until the last job ended, and the most memory held at once."""

    seconds: float
    memory_mb: float


def simulate(jobs: Sequence[Load], cores: int, gpus: int = 1) -> Schedule:
    """Run `jobs` on some cores and GPUs: whenever some are free, the longest job that fits starts.

    With jobs of one core each the makespan is at most (2 − 1/cores) times the shortest possible
    (Graham 1969).
    """
    waiting = sorted(jobs, key=lambda job: -job.seconds)
    running: list[tuple[float, int, Load]] = []
    now = peak = 0.0
    free, free_gpus = cores, gpus
    while waiting or running:
        still = []
        for job in waiting:
            if min(job.cores, cores) <= free and job.gpu <= free_gpus:
                free -= min(job.cores, cores)
                free_gpus -= job.gpu
                heapq.heappush(running, (now + job.seconds, len(running), job))
            else:
                still.append(job)
        waiting = still
        peak = max(peak, sum(job.memory_mb for _, _, job in running))
        now, _, ended = heapq.heappop(running)
        free += min(ended.cores, cores)
        free_gpus += ended.gpu
    return Schedule(now, peak)
