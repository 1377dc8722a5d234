"""Seconds a step, for experiments whose result is a speed."""

import time
from statistics import median

from saigen.engine.task import Task


def measure(task: Task, seed: int, repeats: int) -> dict[str, float]:
    """Time the engine's own compiled loop, already warm, `repeats` calls of `log_every` steps.

    Returns:
      seconds_per_step: by the wall clock, median over the calls.
      cpu_seconds_per_step: over all threads of this process, median over the calls; on a machine
        that does other work too, the steadier of the two.
    """
    wall, cpu = [], []
    for repeat in range(1, repeats + 1):
        wall_before, cpu_before = time.perf_counter(), time.process_time()
        task.take(seed, repeat * task.log_every, task.log_every)  # returns numbers: it has waited
        wall.append((time.perf_counter() - wall_before) / task.log_every)
        cpu.append((time.process_time() - cpu_before) / task.log_every)
    return {"seconds_per_step": median(wall), "cpu_seconds_per_step": median(cpu)}
