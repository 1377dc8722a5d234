"""One process a folder: a lock on the resume state of a run, or on a paper's kept runs."""

import fcntl
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from saigen.errors import SaigenError

#: Seconds after which a lock is tried again: `worker` holds one for less.
PATIENCE = 0.1


@contextmanager
def alone(folder: Path, what: str, doing: str = "training it") -> Iterator[None]:
    """Keep a folder to this process for a while; the system frees it however the process ends.

    A training outlives a Snakemake that was killed with -9. Started again, Snakemake would set a
    second process on the same checkpoints.

    Args:
      folder: the run's resume state, or what else one process alone may write to.
      what: the run's name, or the folder's, for the message.
      doing: what whoever holds it does with that, for the message.

    Raises:
      SaigenError: another process holds it.
    """
    with _locked(folder / "lock", what, doing) as lock:
        lock.truncate(0)
        lock.write(f"process {os.getpid()} on {platform.node()}")
        lock.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / "lock").unlink()


def worker(folder: Path) -> str:
    """Return who trains a run now, `process 1 on node`; empty where nobody is known to."""
    try:
        with (folder / "lock").open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _holder(lock)
    except OSError:
        pass
    return ""


def _holder(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read() or "another process"


def _locked(path: Path, what: str, doing: str) -> TextIO:
    """Open and lock the file that lies at a path, whatever others clear away meanwhile."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = path.open("a+", encoding="utf-8")
        except FileNotFoundError:  # another job has just removed folders that were empty
            continue
        if not _take(lock):
            who = _holder(lock)
            lock.close()
            raise SaigenError(
                f"{what}: {who} is {doing} (an earlier start that goes on?); wait until it is "
                "done or end it, then start again: nothing is lost"
            )
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                return lock
        # Whoever had it removed it between, and the next to come would lock another.
        lock.close()


def _take(lock: TextIO) -> bool:
    """Lock a file, and say whether that went; a file system without locks lets everyone."""
    for wait in (PATIENCE, 0.0):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(wait)
        except OSError:
            return True
        else:
            return True
    return False
