"""Saigen (再現): re-runs papers, and says of every claim whether it came out again."""

import os
import platform

__version__ = "0.1.0"

# NumPy's BLAS takes every core unless it is told before it loads: moments of features then cost
# seventy times the CPU seconds, and how a sum is cut in pieces depends on the machine.
for _library in ("OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# TensorFlow leaves oneDNN's kernels out on x86 processors without VNNI; convolutions then take up
# to three times as long.
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
