"""Figures are redrawn from tables, in seconds, on a machine without TensorFlow."""

import hashlib
import time

from saigen.files import read_json

ABSENT = "raise ImportError('there is no TensorFlow here')\n"


def test_figures_are_redrawn_in_a_minute_without_tensorflow(fork, tmp_path):
    absent = tmp_path / "absent"
    absent.mkdir()
    for name in ("tensorflow", "tensorflow_probability", "keras", "tf_keras"):
        (absent / f"{name}.py").write_text(ABSENT, encoding="utf-8")
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
