"""One throw-away Slurm for all tests of this folder."""

import shutil
import tempfile
from pathlib import Path

import pytest
from checkout import Checkout, make_checkout
from slurm import Cluster, missing


@pytest.fixture(scope="session")
def cluster():
    """Two nodes; the second has two GPUs that are none."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    # Not pytest's folder: its path is long, and a socket's must be short.
    root = Path(tempfile.mkdtemp(prefix="slurm"))
    made = Cluster(root)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """A checkout of its own, with a tiny paper."""
    return make_checkout(tmp_path / "saigen")
