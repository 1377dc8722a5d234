"""Steps of Saigen as it ships, timed beside the same steps written plainly in PyTorch.

    python -m benchmarks --torch PYTHON

Nothing here is imported by Saigen. A workload is one file in `workloads`, with a function for
each side; this package imports neither framework outside of those functions.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Where what is kept of a run lies.
OUTPUT = ROOT / "results" / "reference" / "benchmarks"
