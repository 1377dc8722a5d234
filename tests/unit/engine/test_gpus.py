"""Who gets which GPU, with processes of their own and no GPU at all."""

import subprocess
import sys

import pytest

CLAIM = """
import sys
from pathlib import Path
from saigen.engine.gpus import claim
print(claim(int(sys.argv[1]), Path(sys.argv[2])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def training(tmp_path):
    """Start processes that claim one of two GPUs and hold it."""
    running = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", CLAIM, "2", str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_each_gpu_gets_one_before_any_gets_two(training):
    assert [training()[1] for _ in range(4)] == [0, 1, 0, 1]


def test_a_killed_training_leaves_its_gpu(training):
    _, first = training()
    killed, second = training()
    killed.kill()
    killed.wait()
    assert training()[1] == second != first
