"""One process a run: a lock on the folder of its resume state."""

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from saigen.errors import SaigenError


@contextmanager
def alone(folder: Path, run: str) -> Iterator[None]:
    """Keep a run to this process while it trains; the system frees it however the process ends.

    A training outlives a Snakemake that was killed with -9. Started again, Snakemake would set a
    second process on the same checkpoints.

    Args:
      folder: the run's resume state.
      run: its name, for the message.

    Raises:
      SaigenError: another process trains it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SaigenError(
                f"{run}: {lock.read() or 'another process'} is training it (an earlier start "
                "that goes on?); wait until it is done or end it, then start again: nothing is lost"
            ) from None
        # A file system without locks: as before, then.
        except OSError:
            pass
        lock.truncate(0)
        lock.write(f"process {os.getpid()} on {platform.node()}")
        lock.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / "lock").unlink()
