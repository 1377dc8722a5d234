"""Figures are redrawn from tables, in seconds, on a machine without TensorFlow."""

import hashlib
import shutil
import subprocess
import sys
import time

import pytest

from saigen.files import read_json

ABSENT = "raise ImportError('there is no TensorFlow here')\n"


@pytest.fixture
def absent(tmp_path):
    """A folder to put before others, in which TensorFlow is not."""
    folder = tmp_path / "absent"
    folder.mkdir()
    for name in ("tensorflow", "tensorflow_probability", "keras", "tf_keras"):
        (folder / f"{name}.py").write_text(ABSENT, encoding="utf-8")
    return folder


def test_figures_are_redrawn_in_a_minute_without_tensorflow(fork, absent):
    svg = fork.root / "results/smoke/tiny/figures/figure1.svg"
    before, drawn = hashlib.sha256(svg.read_bytes()), svg.stat().st_mtime_ns
    records = list(fork.root.glob("results/smoke/tiny/rates/*/*/run.json"))
    trained = {path: read_json(path) for path in records}
    start = time.monotonic()
    path = f"{absent}:{fork.environment['PYTHONPATH']}"
    said = fork.snakemake("--cores", "2", "figures", "--forcerun", "figure", PYTHONPATH=path)
    assert time.monotonic() - start < 60
    assert "Open " not in said, "there is no new report to look at"
    assert svg.stat().st_mtime_ns > drawn
    # Drawn from the same tables, it is the same to the byte.
    assert hashlib.sha256(svg.read_bytes()).digest() == before.digest()
    assert {path: read_json(path) for path in records} == trained


def test_kept_runs_are_drawn_and_judged_elsewhere_without_tensorflow(fork, absent):
    tiny = fork.root / "results/smoke/tiny"
    products = [tiny / name for name in ("figures/figure1.svg", "tables/errors.csv", "claims.csv")]
    before = {path: path.read_bytes() for path in products}
    said = saigen(fork, "keep")
    assert "4 of 4 runs" in said and "files of tables, figures and verdicts" in said
    shutil.rmtree(fork.root / "results/smoke")
    shutil.rmtree(fork.root / ".snakemake")
    assert "4 runs put back, 0 were there; 4 of 4 stand" in saigen(fork, "restore")
    path = f"{absent}:{fork.environment['PYTHONPATH']}"
    fork.snakemake("--cores", "2", "tiny", PYTHONPATH=path)
    assert {path: path.read_bytes() for path in products} == before


def saigen(checkout, command):
    """Run `saigen keep` or `saigen restore` in a checkout and return what it said."""
    options = ["--scale", "smoke", "--papers", "tiny"]
    return subprocess.run(
        [sys.executable, "-m", "saigen", command, *options],
        cwd=checkout.root,
        env=checkout.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
