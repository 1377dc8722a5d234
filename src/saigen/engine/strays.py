"""A step may change no variable that its task does not name: it would leak into the next run."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from saigen.engine.task import Task
from saigen.errors import SaigenError


@contextmanager
def none_changed(task: Task) -> Iterator[None]:
    """Watch the first steps of a task, and see that they change nothing it does not name.

    Such a variable would be neither set for a seed, nor saved, nor restored: results would depend
    on which runs share a process and on where one was killed. What a step only reads is its own
    affair.

    Raises:
      SaigenError: a step changed a variable that `Task.variables` lacks.
    """
    if task.is_traced:
        yield
        return
    before = [(variable, variable.numpy()) for variable in _unnamed(task)]
    yield
    for variable, value in before:
        if not np.array_equal(variable.numpy(), value, equal_nan=variable.dtype.is_floating):
            raise SaigenError(
                f"`step` changes a variable {variable.dtype.name}{variable.shape.as_list()} that "
                "Task.variables does not name: it would leak from one seed into the next, and be "
                "lost in a kill. Give it a name there."
            )


def _unnamed(task: Task) -> list[tf.Variable]:
    """Return the variables that the traced step touches, but the task does not name."""
    named = {variable.ref() for variable in (*task.variables.values(), *task.live.values())}
    touched = task.compiled().get_concrete_function().graph.variables
    return [variable for variable in touched if variable.ref() not in named]
