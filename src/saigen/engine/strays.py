"""A step may leave no trace in a variable that its task does not name: it would leak into runs.

Such a variable is neither set for a seed, nor saved, nor restored: results would depend on which
runs share a process and on where one was killed. One that a step only reads, or writes afresh
before it reads it (a learning rate by schedule), does no harm.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import tensorflow as tf

from saigen.engine.task import Task
from saigen.errors import SaigenError


def refuse_strays(task: Task, seed: int, step: int) -> None:
    """Try one step of a task that nobody has traced yet, and undo it.

    Where it changes unnamed variables, the step is tried again from what it left in them: both
    must come to the same, to the bit.

    Args:
      task: with the values from which the run goes on in its variables.
      seed, step: of the run.

    Raises:
      SaigenError: what a step comes to depends on an unnamed variable that steps change.
    """
    strays = _unnamed(task)
    if not strays:
        return
    named = list(task.variables.values())
    before, begun = _values(strays), _values(named)
    first = _one_step(task, seed, step, [*named, *strays])
    left = first[-len(strays) :]
    changed = [v for v, old, new in zip(strays, before, left, strict=True) if old != new]
    if changed:
        _put(named, begun)
        second = _one_step(task, seed, step, [*named, *strays])
    _put([*named, *strays], [*begun, *before])
    if changed and first != second:
        shown = ", ".join(f"{v.dtype.name}{v.shape.as_list()}" for v in changed)
        raise SaigenError(
            f"a step depends on what the one before left in variables that Task.variables does not "
            f"name ({shown}): they would leak from one seed into the next, and be lost in a kill. "
            "Give each a name there, and its first value in `initial`."
        )


def _unnamed(task: Task) -> list[tf.Variable]:
    """Return the variables that the traced step touches, but the task does not name."""
    named = {variable.ref() for variable in (*task.variables.values(), *task.live.values())}
    touched = task.compiled().get_concrete_function().graph.variables
    return [variable for variable in touched if variable.ref() not in named]


def _one_step(task: Task, seed: int, step: int, variables: Iterable[tf.Variable]) -> list[bytes]:
    """Return what a step comes to: its metrics, and what it leaves in the variables."""
    means, _ = task.take(seed, step, 1)
    return [np.asarray(means).tobytes(), *_values(variables)]


def _values(variables: Iterable[tf.Variable]) -> list[bytes]:
    return [variable.numpy().tobytes() for variable in variables]


def _put(variables: Sequence[tf.Variable], values: Sequence[bytes]) -> None:
    for variable, value in zip(variables, values, strict=True):
        array = np.frombuffer(value, variable.dtype.as_numpy_dtype)
        variable.assign(array.reshape(variable.shape))
