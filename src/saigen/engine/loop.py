"""The one training loop: many steps a call, evaluation, checkpoints, resume, SIGTERM, divergence.

Calls end at fixed steps, so that logging, evaluation and a resume after a kill fall on the same
boundaries as in a run that was never disturbed.
"""

import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from saigen.engine import checkpoint
from saigen.engine.checkpoint import State
from saigen.engine.clock import Clock
from saigen.engine.strays import refuse_strays
from saigen.engine.task import Task
from saigen.errors import SaigenError

#: Seconds between checkpoints: what a kill can cost.
CHECKPOINT_SECONDS = 30.0


class Preempted(Exception):
    """SIGTERM came; the state is on disk and the next start goes on from it."""


@dataclass
class Outcome:
    """What a run came to.

    Attributes:
      status: `finished` or `diverged`.
      state: the last state.
      samples: arrays worth looking at; empty where the run diverged.
    """

    status: str
    state: State
    samples: Mapping[str, np.ndarray]


def fit(
    task: Task,
    seed: int,
    work: Path,
    stamp: dict[str, Any],
    tell: Callable[[str], None],
    begun: float | None = None,
    watch: Callable[[int, int], None] = lambda step, steps: None,
) -> Outcome:
    """Train `task` with one seed, from its newest checkpoint in `work` or from the start.

    Args:
      task: what to train.
      seed: the seed of the run.
      work: folder of this run's checkpoints and of nothing else.
      stamp: what this process runs on.
      tell: takes one line for the log.
      begun: CPU seconds of this process before the run; imports count when it is 0.
      watch: takes (steps done, steps in all) after every call, for a progress bar.

    Raises:
      Preempted: SIGTERM came; the state was saved first.
      SaigenError: the task's variables are not all that its step changes.
    """
    clock = Clock(begun)
    state = _begin(task, seed, work, stamp, tell)
    clock.go_on_from(state.clock)
    saved = time.monotonic()
    watch(state.step, task.steps)
    bad = -1
    fresh = not task.is_traced
    clock.start_up_ends()
    with _sigterm() as asked_to_stop:
        while state.step < task.steps and bad < 0 and not task.stops(state.step):
            steps = _next_boundary(task, state.step) - state.step
            with clock.call(f"{steps} steps", fresh=not task.is_traced):
                if not task.is_traced:
                    refuse_strays(task, seed, state.step)
                means, bad = task.take(seed, state.step, steps)
            state.step = bad if bad >= 0 else state.step + steps
            state.clock = clock.read()
            _log(state, dict(zip(task.metrics, means, strict=True)))
            watch(state.step, task.steps)
            if bad < 0 and _evaluation_is_due(task, state.step):
                final = state.step == task.steps
                with clock.call("last evaluation" if final else "evaluation", fresh and not final):
                    found = task.evaluate(seed, state.step, final)
                fresh = False
                state.clock = clock.read()
                _log(state, found)
                if found:
                    tell(_progress(task, state, found))
            stop = asked_to_stop()
            # Never a diverged state: a resume from it would not see where it began.
            if bad < 0 and (stop or time.monotonic() - saved > CHECKPOINT_SECONDS):
                _keep(task, state, work)
                saved = time.monotonic()
            if stop:  # at the last step too, or the job's next run would begin
                kept = "state saved" if bad < 0 else "it diverged there"
                raise Preempted(f"SIGTERM at step {state.step} of {task.steps}; {kept}")
    if bad >= 0 or not _is_finite(task):
        tell(f"diverged at step {state.step}: a metric or a variable is not finite")
        return Outcome("diverged", state, {})
    _keep(task, state, work)
    samples = {name: np.asarray(array) for name, array in task.samples(seed).items()}
    state.clock = clock.read()
    return Outcome("finished", state, samples)


def _begin(
    task: Task, seed: int, work: Path, stamp: dict[str, Any], tell: Callable[[str], None]
) -> State:
    """Restore the newest state, or make the first; put its arrays into the task's variables."""
    state = checkpoint.restore(work, tell)
    if state is None:
        arrays = {name: np.asarray(value) for name, value in task.initial(seed).items()}
        if missing := task.variables.keys() ^ arrays.keys():
            names = ", ".join(f"`{name}`" for name in sorted(missing))
            raise SaigenError(f"Task.variables and `initial` do not name the same: {names}")
        state = State(0, arrays)
    else:
        tell(f"resumed at step {state.step} of {task.steps}")
    if stamp not in state.stamps:
        state.stamps.append(stamp)
    for name, variable in task.variables.items():
        variable.assign(state.arrays[name])
    return state


def _next_boundary(task: Task, step: int) -> int:
    ends = [task.steps, (step // task.log_every + 1) * task.log_every]
    if task.evaluate_every:
        ends.append((step // task.evaluate_every + 1) * task.evaluate_every)
    return min(ends)


def _evaluation_is_due(task: Task, step: int) -> bool:
    every = task.evaluate_every
    return step == task.steps or (every > 0 and step % every == 0)


def _log(state: State, found: Mapping[str, float]) -> None:
    wall = round(state.clock["wall"], 3)
    state.rows += [(state.step, name, float(value), wall) for name, value in found.items()]


def _keep(task: Task, state: State, work: Path) -> None:
    state.arrays = {name: variable.numpy() for name, variable in task.variables.items()}
    work.mkdir(parents=True, exist_ok=True)
    checkpoint.save(work, state)


def _is_finite(task: Task) -> bool:
    """Say whether every variable is: the last step's loss does not see its own update."""
    floats = [v.numpy() for v in task.variables.values() if v.dtype.is_floating]
    return all(np.isfinite(array).all() for array in floats)


def _progress(task: Task, state: State, found: Mapping[str, float]) -> str:
    left = state.clock["wall"] / max(state.step, 1) * (task.steps - state.step)
    shown = ", ".join(
        f"{name} {value:.4g}" for name, value in found.items() if math.isfinite(value)
    )
    return f"step {state.step}/{task.steps}, {left:.0f} s left: {shown}"


@contextmanager
def _sigterm() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGTERM has come since."""
    came: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: came.append(number))
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGTERM, before)
