"""A hostile machine: a full disk, a read-only folder, a clock that jumps. One line, nothing lost.

On small file systems of memory, which only root can mount.
"""

import csv
import json
import os
import shutil
import subprocess
import sys

import pytest
from trainings import LAUNCHER, published

from saigen.data import prepare

# Told to, a clock that jumps an hour back at every look.
JUMPING = """
import itertools, sys, time
if "--jumping" in sys.argv:
    sys.argv.remove("--jumping")
    real, looks = time.time, itertools.count()
    time.time = lambda: real() - 3600.0 * next(looks)
"""
# The sizes of smoke at another scale, where no other experiment joins this one.
SETTINGS = {
    "dataset": "synthetic_binary_digits", "curve_images": 20, "curve_samples": 10,
    "test_images": 20, "test_samples": 10,
    "latent": "bernoulli", "estimator": ["gumbel"], "units": 100, "batch_size": 10,
    "steps": 60, "log_every": 10, "evaluate_every": 20,
}  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    target = folder / "synthetic_binary_digits.npz"
    prepare("synthetic_binary_digits", target, folder=folder, offline=True, log=lambda line: None)
    return target


@pytest.fixture
def train(dataset):
    def start(results, *more):
        overrides = {"gumbel_softmax": {"structured_prediction": SETTINGS}}
        settings = json.dumps({"scale": "standard", "overrides": overrides, "seeds": 1})
        arguments = ["train", "gumbel_softmax", "structured_prediction", "000"]
        arguments += ["--settings", settings, "--dataset", dataset, "--results", results]
        command = [sys.executable, "-c", JUMPING + LAUNCHER, *map(str, arguments), *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    return start


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of its own, and a function that mounts it anew otherwise."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("only root can mount")

    def mount(options):
        command = ["mount", "-t", "tmpfs", "-o", options, "saigen-test", str(folder)]
        return subprocess.run(command, capture_output=True).returncode == 0

    if not mount("size=600k"):
        pytest.skip("this machine mounts nothing")
    try:
        yield folder, mount
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def numbers(results):
    """Return the one run's metrics, seconds left out."""
    ((rows, _),) = published(results / "standard/gumbel_softmax/structured_prediction").values()
    return rows


def one_line(found):
    """Return what a failed command said at the end, and make sure that it is no traceback."""
    assert found.returncode == 1
    said = [line for line in found.stderr.splitlines() if line.startswith("saigen:")]
    assert "Traceback" not in found.stderr + found.stdout
    assert len(said) == 1
    return said[0]


def test_a_full_disk_is_told_and_costs_nothing(train, small_disk, tmp_path):
    folder, mount = small_disk
    train(tmp_path / "whole")
    told = one_line(train(folder))
    assert "No space left on device" in told and "free some space" in told
    assert mount("remount,size=50m")
    again = train(folder)
    assert again.returncode == 0, again.stderr
    assert numbers(folder) == numbers(tmp_path / "whole")


def test_a_read_only_folder_is_told(train, small_disk):
    folder, mount = small_disk
    assert mount("remount,ro")
    assert "Read-only file system; make the folder writable" in one_line(train(folder))


def test_a_clock_that_jumps_changes_nothing(train, tmp_path):
    steady, jumping = tmp_path / "steady", tmp_path / "jumping"
    train(steady)
    found = train(jumping, "--jumping")
    assert found.returncode == 0, found.stderr
    assert numbers(jumping) == numbers(steady)
    (metrics,) = jumping.rglob("metrics.csv")
    with metrics.open(encoding="utf-8") as text:
        walls = [float(row["wall_seconds"]) for row in csv.DictReader(text)]
    assert walls == sorted(walls) and 0.0 <= walls[0] < walls[-1] < 3600.0
