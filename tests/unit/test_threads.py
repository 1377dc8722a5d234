"""NumPy computes on one thread, whatever the machine: results may not depend on its cores."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import os, saigen, numpy
numpy.ones([500, 500]) @ numpy.ones([500, 500])
tasks = "/proc/self/task"
print(os.environ["OPENBLAS_NUM_THREADS"], len(os.listdir(tasks)) if os.path.isdir(tasks) else 0)
"""


@pytest.fixture
def told():
    """Say how NumPy multiplies, in a process with more in its environment."""

    def start(**more):
        kept = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
        command = [sys.executable, "-c", CODE]
        done = subprocess.run(command, env=kept | more, capture_output=True, text=True, check=True)
        return done.stdout.split()

    return start


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no list of threads here")
def test_one_thread(told):
    assert told() == ["1", "1"]


def test_the_user_has_the_last_word(told):
    assert told(OPENBLAS_NUM_THREADS="2")[0] == "2"
