"""Seconds a step, and memory, for experiments whose result is a cost."""

import resource
import time
from dataclasses import replace
from statistics import median

import tensorflow as tf

from saigen.engine.task import Task


def timed(task: Task, repeats: int) -> Task:
    """Return a task whose training is the warm-up, and whose evaluation is the measurement.

    Args:
      task: what is timed; all its `steps` in one call.
      repeats: timed calls.
    """
    # A warm-up call has the shape of a timed one, so nothing is traced while the clock runs.
    made = replace(task, log_every=task.steps, evaluate_every=0, samples=lambda seed: {})
    made.evaluate = lambda seed, step, final: measure(made, seed, repeats)
    return made


def measure(task: Task, seed: int, repeats: int) -> dict[str, float]:
    """Time the engine's own compiled loop, already warm, `repeats` calls of `log_every` steps.

    Returns:
      seconds_per_step: by the wall clock, median over the calls.
      cpu_seconds_per_step: over all threads of this process, median over the calls; on a machine
        that does other work too, the steadier of the two.
    """
    steps, wall, cpu = task.log_every, [], []
    for repeat in range(1, repeats + 1):
        wall_before, cpu_before = time.perf_counter(), time.process_time()
        task.take(seed, repeat * steps, steps)  # returns numbers: it has waited
        wall.append((time.perf_counter() - wall_before) / steps)
        cpu.append((time.process_time() - cpu_before) / steps)
    return {"seconds_per_step": median(wall), "cpu_seconds_per_step": median(cpu)}


def peak_memory_mb() -> float:
    """Return the most that this process has held so far: of the GPU's memory where it has one."""
    if tf.config.list_logical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
