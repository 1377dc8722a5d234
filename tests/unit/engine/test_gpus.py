"""Who gets which GPU, with processes of their own and no GPU at all."""

import os
import subprocess
import sys

import pytest

from saigen.engine import device, gpus
from saigen.errors import SaigenError

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


class TestUnused:
    CPU, GPU = {"device": "CPU"}, {"device": "NVIDIA H100"}

    @pytest.mark.parametrize(("built", "mend"), [(True, "`make gpu`"), (False, "has no CUDA")])
    def test_a_gpu_that_tensorflow_does_not_see_is_told_with_the_cure(
        self, monkeypatch, built, mend
    ):
        monkeypatch.setattr(device.machine, "has_gpu", lambda: True)
        monkeypatch.setattr(device.tf.test, "is_built_with_cuda", lambda: built)
        told = device.unused_gpu("auto", self.CPU)
        assert "unused" in told and mend in told

    @pytest.mark.parametrize(
        ("wanted", "stamp", "there"),
        [("cpu", CPU, True), ("auto", GPU, True), ("auto", CPU, False)],
    )
    def test_else_nothing_is_told(self, monkeypatch, wanted, stamp, there):
        monkeypatch.setattr(device.machine, "has_gpu", lambda: there)
        assert device.unused_gpu(wanted, stamp) == ""


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path):
    (tmp_path / "precious").write_text("text")
    (tmp_path / "gpu0-0.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="gpu0-0"):
        gpus.claim(2, tmp_path)
    assert (tmp_path / "precious").read_text() == "text"


def test_a_folder_of_locks_that_is_somebody_elses_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(gpus.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / f"saigen-gpus-{os.getuid()}").symlink_to(tmp_path)
    with pytest.raises(SaigenError, match="not yours; remove it, or set TMPDIR"):
        gpus.claim(2)


def test_coarse_sums_are_told_where_bfloat16_is_asked_of_a_processor_without(monkeypatch):
    def told(precision, where="CPU", has=False):
        monkeypatch.setattr(device.machine, "multiplies_bfloat16", lambda: has)
        return device.coarse_sums({"precision": precision, "device": where})

    assert "no products of bfloat16" in told("bfloat16")
    assert told("float32") == told("bfloat16", has=True) == told("bfloat16", "A100") == ""
