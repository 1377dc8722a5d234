"""How far a job is: bars in a terminal, the plain lines in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

Tell = Callable[[str], None]
#: The most bars at a time.
SHOWN = 12


class Watch(Protocol):
    """Called by the training loop after each of its compiled calls."""

    def __call__(self, run: str, step: int, steps: int) -> None:
        """Take that `run` has done `step` of `steps`."""


def nobody(run: str, step: int, steps: int) -> None:
    """Watch nothing."""


@contextmanager
def watching(on: Console | None = None) -> Iterator[tuple[Tell, Watch]]:
    """Yield where lines go, and who watches the steps.

    In a terminal lines scroll above one bar a run; elsewhere they are printed and flushed as they
    come, so that a log is up to date, and nobody watches.
    """
    on = Console() if on is None else on
    if not on.is_terminal:
        yield lambda line: print(line, file=on.file, flush=True), nobody
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=on) as progress:

        def tell(line: str) -> None:
            on.print(line, markup=False, highlight=False, emoji=False)

        yield tell, Bars(progress)


class Bars:
    """One bar a run, in the order in which they begin."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def __call__(self, run: str, step: int, steps: int) -> None:
        if run not in self._bars:
            # A resumed run starts in the middle: its pace is counted from there.
            self._bars[run] = self._progress.add_task(run, total=steps, completed=step)
            if len(self._bars) > SHOWN:  # the oldest makes room
                self._progress.update(list(self._bars.values())[-SHOWN - 1], visible=False)
        self._progress.update(self._bars[run], completed=step)
