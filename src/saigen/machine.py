"""What this machine is, as far as it can be said without TensorFlow."""

import ctypes.util
import importlib.util
import os
import platform
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

#: Where the system shows devices as files, and where WSL2 has the libraries of Windows' driver.
DEVICES, WINDOWS_DRIVER = Path("/dev"), Path("/usr/lib/wsl/lib")

#: Where Linux tells of its processor, and what of that is told beside its name, on x86 and on ARM.
CPUINFO = Path("/proc/cpuinfo")
_NUMBERS = {
    "cpu family": "family",
    "model": "model",
    "CPU implementer": "implementer",
    "CPU part": "part",
}


@cache
def processor() -> str:
    """Return the processor, as the stamp of a run has it, e.g. "AMD EPYC, family 25, model 1".

    Numbers come with the name since a virtual machine may call every generation by one name.
    """
    try:
        text = CPUINFO.read_text(encoding="utf-8")
    except OSError:
        text = ""
    said = dict(re.findall(r"^([^:\n]*\S)\s*: *(.*)$", text, re.MULTILINE))
    name = said.get("model name") or platform.processor() or platform.machine()
    return ", ".join([name, *(f"{_NUMBERS[key]} {said[key]}" for key in _NUMBERS if key in said)])


@cache
def multiplies_bfloat16() -> bool:
    """Say whether the processor has products of bfloat16; yes where the system does not tell."""
    try:
        flags = re.search(r"^flags\s*:(.*)$", CPUINFO.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return True
    return flags is None or not {"avx512_bf16", "amx_bf16"}.isdisjoint(flags[1].split())


def cores() -> int:
    """Return how many cores this process may use; a container or a batch job may have few."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_mb() -> int | None:
    """Return the memory of the machine, or of the container that this process is in."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8").strip()
        total = min(total, int(limit))
    except (OSError, ValueError):
        pass
    return total // 1_000_000


def free_disk_mb(folder: Path) -> int:
    """Return the free space where `folder` is, or will be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free // 1_000_000


def hides_gpus() -> bool:
    """Say whether CUDA_VISIBLE_DEVICES hides every GPU: it is empty, or begins with -1."""
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "all").partition(",")[0]
    return first.strip() in ("", "-1")


@cache
def has_gpu() -> bool:
    """Say whether this process may see an NVIDIA device, by the files that its driver makes.

    Under WSL2 the device is /dev/dxg whoever made it, and CUDA's library beside it is NVIDIA's.
    """
    windows = (DEVICES / "dxg").exists() and any(WINDOWS_DRIVER.glob("libcuda.so*"))
    return (windows or any(DEVICES.glob("nvidia[0-9]*"))) and not hides_gpus()


def lacks_cuda() -> bool:
    """Say whether a GPU is here and the CUDA libraries that TensorFlow wants are not.

    As far as can be said without TensorFlow: they are no package of this environment (`make gpu`)
    and no library of the system.
    """
    packaged = importlib.util.find_spec("nvidia") is not None
    return has_gpu() and not packaged and ctypes.util.find_library("cudnn") is None


def gpus() -> list[str]:
    """Return the names of the NVIDIA GPUs that the driver tells of; none without a driver.

    None either where CUDA_VISIBLE_DEVICES hides them all.
    """
    if hides_gpus():
        return []
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return found.stdout.split("\n")[:-1] if found.returncode == 0 else []
