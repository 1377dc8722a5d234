"""Which GPU a training takes, where a machine has several: one that few trainings have."""

import fcntl
import os
import stat
import tempfile
from pathlib import Path
from typing import IO

from saigen.errors import SaigenError

#: Locks of this process; the operating system frees them when it ends, however it ends.
_held: list[IO[str]] = []


def claim(count: int, folder: Path | None = None) -> int:
    """Return the index of a GPU with the fewest trainings of this user, and count as one of them.

    `snakemake --resources gpu=N` lets N trainings run at once: N GPUs get one each, and where
    there are fewer they share.

    Args:
      count: how many GPUs this process sees.
      folder: where the locks lie; the user's own folder for temporary files by default.
    """
    if count == 1:
        return 0
    # Processes that see other GPUs have other locks.
    seen = os.environ.get("CUDA_VISIBLE_DEVICES", "all").replace("/", "_")
    folder = folder or _own_folder() / seen
    folder.mkdir(parents=True, exist_ok=True)
    turn = 0
    while not _locked(folder / f"gpu{turn % count}-{turn // count}.lock"):
        turn += 1
    return turn % count


def _own_folder() -> Path:
    """Return this user's folder for locks, under that for temporary files.

    Raises:
      SaigenError: somebody else has made one of that name.
    """
    folder = Path(tempfile.gettempdir()) / f"saigen-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise SaigenError(f"{folder}: not yours; remove it, or set TMPDIR to a folder of your own")
    return folder


def _locked(path: Path) -> bool:
    """Lock a file until this process ends; False where another has it."""
    # What lies there is neither followed to another file nor emptied.
    lock = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return False
    _held.append(lock)
    return True
