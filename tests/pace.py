"""What a second is worth on this machine, so that a test of speed means the same on another."""

import ast
import inspect
import statistics
import time


def piece_of_python() -> float:
    """Return the CPU seconds of work that Python does alone: a module read and written, 3 times.

    0.08 to 0.25 on the machines seen so far.
    """
    text = inspect.getsource(inspect)
    times = []
    for _ in range(5):
        begun = time.process_time()
        for _ in range(3):
            ast.unparse(ast.parse(text))
        times.append(time.process_time() - begun)
    return statistics.median(times)
