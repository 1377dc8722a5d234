"""A library that sends MKL, which PyTorch multiplies with, down its fast path on AMD processors.

MKL asks whether the processor is Intel's, and takes a path of half the width where it is not. A
function of the same name, preloaded, answers for it.
"""

import subprocess
from pathlib import Path
from shutil import which

_SOURCE = "int mkl_serv_intel_cpu_true(void) { return 1; }\n"


def build(folder: Path) -> Path | None:
    """Return the library, built in a folder; None where there is no C compiler."""
    if which("cc") is None:
        return None
    source, library = folder / "intel.c", folder / "libintel.so"
    source.write_text(_SOURCE)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return library
