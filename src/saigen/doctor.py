"""Is everything here that a scale needs? One line a thing, with what to do where it is not."""

import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from saigen import machine
from saigen.config import Config
from saigen.console import size
from saigen.data import reachable, scored
from saigen.errors import SaigenError
from saigen.grid import all_jobs, networks

OLDEST_PYTHON, OLDEST_SNAKEMAKE = (3, 11), (9, 19)
#: What is needed to make the products; TensorFlow is asked in a process of its own.
PACKAGES = ("numpy", "pandas", "pydantic", "rich", "scipy", "seaborn", "tensorflow-probability")
#: Below these a scale may not end: one process holds about 1 GB.
_MEMORY_MB, _DISK_MB = 2000, 2000
#: What a process needs to import TensorFlow on a busy machine, in seconds.
_PATIENCE = 180

_ASK_TENSORFLOW = """
import json
from saigen.engine import device
import tensorflow as tf
gpus = tf.config.list_physical_devices("GPU")
names = [tf.config.experimental.get_device_details(g).get("device_name", "GPU") for g in gpus]
print(json.dumps({"version": tf.__version__, "gpus": names, "cuda": tf.test.is_built_with_cuda()}))
"""


class Check(NamedTuple):
    """One thing that was looked at.

    Attributes:
      what: the thing.
      ok: whether it is as it should be.
      found: what was found, and where it is wrong, what to do.
      needed: whether the scale cannot be made without it.
    """

    what: str
    ok: bool
    found: str
    needed: bool = True


def examine(config: Config, results: Path) -> Iterator[Check]:
    """Look at everything that the chosen papers at the chosen scale need, one thing at a time."""
    yield python()
    yield from packages()
    yield snakemake()
    yield Check("processor", True, f"{machine.processor()}, {machine.cores()} cores to use")
    yield memory(config)
    yield disk(results)
    yield writable(results)
    yield from tensorflow(config)
    yield from data(config, results)


def python() -> Check:
    """Is Python new enough?"""
    version = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    ok = sys.version_info >= OLDEST_PYTHON
    return Check("Python", ok, version if ok else f"{version}; {oldest} or newer is needed")


def packages() -> Iterator[Check]:
    """Are the packages there?"""
    for name in PACKAGES:
        version = _version(name)
        yield Check(name, version is not None, version or "not installed; `make` installs it")


def snakemake() -> Check:
    """Is Snakemake there, and new enough for the workflow?"""
    version, oldest = _version("snakemake"), ".".join(map(str, OLDEST_SNAKEMAKE))
    if version is None:
        return Check("snakemake", False, "not installed; `make` installs it")
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    ok = numbers >= OLDEST_SNAKEMAKE
    return Check("snakemake", ok, version if ok else f"{version}; {oldest} or newer is needed")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def memory(config: Config) -> Check:
    """Is there memory for the largest job?"""
    total = machine.memory_mb()
    if total is None:
        return Check("memory", True, "cannot be told here", needed=False)
    largest = max((_experiment_memory(config)), default=_MEMORY_MB)
    if total < largest:
        why = f"{size(total)}; paper.yaml asks {size(largest)} for its largest job at full size"
        return Check("memory", False, why, needed=total < _MEMORY_MB)
    return Check("memory", True, size(total))


def _experiment_memory(config: Config) -> list[int]:
    from saigen.paper import load_paper

    papers = map(load_paper, config.chosen)
    return [entry.memory_mb for paper in papers for entry in paper.experiments.values()]


def disk(results: Path) -> Check:
    """Is there room for the results?"""
    free = machine.free_disk_mb(results)
    if free < _DISK_MB:
        why = f"{size(free)} free under {results}; 2 GB are wanted; it may be a link to elsewhere"
        return Check("disk", False, why, needed=free < _DISK_MB // 10)
    return Check("disk", True, f"{size(free)} free under {results}")


def writable(results: Path) -> Check:
    """Can results be written?"""
    try:
        results.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=results, prefix=".doctor"):
            pass
    except OSError as error:
        why = f"{results} cannot be written: {error.strerror}; change its owner, or work elsewhere"
        return Check("results folder", False, why)
    return Check("results folder", True, f"{results.resolve()} can be written")


def tensorflow(config: Config) -> Iterator[Check]:
    """Does TensorFlow load, and does it see the GPU that the machine has?"""
    if importlib.util.find_spec("tensorflow") is None:
        yield Check("TensorFlow", False, "not installed; `make` installs it")
        return
    told = ask_tensorflow()
    if isinstance(told, str):
        yield Check("TensorFlow", False, f"does not load: {told}; `make` installs the locked one")
        return
    yield Check("TensorFlow", True, told["version"])
    yield device(config, told["gpus"], machine.gpus(), told["cuda"])


def device(config: Config, seen: list[str], there: list[str], cuda: bool) -> Check:
    """Compare the GPUs that TensorFlow sees with those that the driver tells of.

    Args:
      config: says which device is wanted.
      seen: GPUs that TensorFlow sees.
      there: GPUs that the machine has.
      cuda: whether this TensorFlow was built for NVIDIA GPUs.
    """
    wanted = config.compute.device
    if seen:
        unused = ", not used: `compute.device` is cpu" if wanted == "cpu" else ""
        return Check("device", True, ", ".join(seen) + unused)
    if there:
        mend = "`make gpu` installs the CUDA libraries" if cuda else "this build has no CUDA"
        why = f"the machine has {', '.join(there)}, but TensorFlow sees no GPU: {mend}"
        return Check("device", wanted == "cpu", why, needed=wanted == "gpu")
    if wanted == "gpu":
        why = "`compute.device` is gpu, but this machine has none (nvidia-smi finds none)"
        return Check("device", False, f"{why}: set it to auto")
    return Check("device", True, "CPU (no NVIDIA GPU here, or CUDA_VISIBLE_DEVICES hides it)")


def ask_tensorflow() -> dict | str:
    """Return what TensorFlow tells of itself, or the last line of what went wrong.

    In a process of its own: a build for another processor ends its process without a word.
    """
    command = [sys.executable, "-c", _ASK_TENSORFLOW]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"no answer in {_PATIENCE} s"
    if found.returncode < 0:
        return f"its process was ended by signal {-found.returncode}"
    if found.returncode:
        return (found.stderr.strip().splitlines() or ["no message"])[-1]
    return json.loads(found.stdout.strip().splitlines()[-1])


def data(config: Config, results: Path) -> Iterator[Check]:
    """Is each dataset of the scale prepared, or would some source have it?"""
    jobs = all_jobs(config)
    wanted = {job.dataset for job in jobs} - {None}
    if networks(run.params for job in jobs for run in job.runs):
        wanted.add("inception")
    for name in sorted(wanted):
        if (results / "data" / f"{name}.npz").is_file():
            yield Check(f"data: {name}", True, "prepared")
            continue
        try:
            yield reach(name, config)
        except SaigenError as error:
            yield Check(f"data: {name}", False, str(error))


def reach(name: str, config: Config) -> Check:
    """Would some source have a dataset?"""
    sources = reachable(
        name,
        folder=config.data.folder,
        mirrors=config.data.mirrors,
        image_folders=config.data.image_folders,
        offline=config.data.offline,
    )
    for source in sources:
        if source.ok:
            return Check(f"data: {name}", True, f"{source.source}: {source.why}")
    refusals = "; ".join(f"{source.source}: {source.why}" for source in sources)
    mend = "put it into a mirror folder (`data.mirrors`, SAIGEN_MIRROR)"
    base = (scored.parsed(name) or (name, 0))[0]
    if base in config.data.image_folders:
        mend = f"mend the path at `data.image_folders.{base}`"
    return Check(f"data: {name}", False, f"no source has it: {refusals}; {mend}")


def show(checks: Iterator[Check], on: Console) -> int:
    """Print each check as it comes, and return 1 where something needed is missing."""
    failed = []
    for check in checks:
        mark, style = ("✓", "green") if check.ok else ("✗", "red" if check.needed else "yellow")
        on.print(mark, style=style, end=" ")
        on.print(f"{check.what}: {check.found}")
        if not check.ok and check.needed:
            failed.append(check.what)
    if failed:
        on.print(f"Missing: {', '.join(failed)}.", style="red")
    return 1 if failed else 0
