"""What is told of a GPU, with workers that answer from a table."""

import pytest

from benchmarks import accelerator, workloads


class _Side:
    """A worker that answers from a table, at a speed of its own."""

    def __init__(self, loss, digest, seconds):
        self._answers = {
            "open": {},
            "losses": {"losses": [1.0, 2.0, loss]},
            "state": {"digest": digest},
            "open_with_xla": {"error": "no"},
        }
        self._seconds = seconds

    def ask(self, method, steps=0, **asked):
        return self._answers.get(method, {"wall": steps * self._seconds})


@pytest.mark.parametrize(("digest", "same"), [("a", True), ("b", False)])
def test_a_gpu_is_compared_with_the_cpu_and_with_itself(digest, same):
    sides = {
        "cpu": _Side(4.0, "c", 0.1),
        "gpu 0": _Side(4.004, "a", 0.01),
        "gpu 1": _Side(4.004, digest, 0.02),
    }
    row = accelerator.measured("resnet20", sides, 0.1, "", xla=True)
    assert row.error == pytest.approx(0.001, rel=1e-2)
    assert (row.same_bits, row.processes, row.xla_ms) == (same, 2, 0.0)
    assert (row.cpu_ms, row.gpu_ms) == (100.0, 10.0)
    assert row.together_ms == pytest.approx(7.5)
    assert row.gflops == pytest.approx(workloads.workload("resnet20").FLOPS / 1e7, rel=1e-3)
