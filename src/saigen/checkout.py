"""Which checkout of the code is at work: its commit, and that its own commands run it."""

import os
import subprocess
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


@cache
def commit() -> str | None:
    """Return the git commit of the code, with `+` where this package differs from it.

    Asked once a process, as it begins: the tree may move on while it works. None without git.
    """
    head = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--", ".")
    return None if head is None or changed is None else head + "+" * bool(changed)


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(PACKAGE), *arguments]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() if found.returncode == 0 else None


def lead() -> None:
    """Let every `saigen` that this process starts be of this checkout.

    Rules call it by name, and what they run shall be the code that was fingerprinted, not that of
    another checkout whose environment is active.
    """
    source, before = str(PACKAGE.parent), os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = source + os.pathsep + before if before else source
