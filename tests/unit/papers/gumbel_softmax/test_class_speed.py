"""The timing experiment: what it measures, and that it measures the engine's own loop."""

import itertools
import math

import numpy as np
import pytest

from saigen.data.dataset import Dataset
from saigen.engine import timing
from saigen.engine.loop import fit
from saigen.papers.gumbel_softmax import class_speed

PARAMS = {
    "classes": 4,
    "width": 0.05,
    "style": 2,
    "alpha": 0.1,
    "learning_rate": 1e-3,
    "temperature": 1.0,
    "temperature_rate": 3e-5,
    "temperature_floor": 0.5,
    "temperature_refresh": 2000,
    "batch_size": 3,
    "steps": 2,
    "repeats": 5,
}


@pytest.fixture(scope="module")
def dataset():
    images = np.random.default_rng(0).integers(0, 256, [20, 28, 28, 1], np.uint8)
    return Dataset("noise", {"train_images": images}, "", {})


@pytest.mark.parametrize("method", ["gumbel", "marginal"])
def test_both_metrics_reach_the_rows_of_a_run(method, dataset, tmp_path):
    task = class_speed.train(PARAMS | {"method": method}, dataset)
    outcome = fit(task, 0, tmp_path, {}, lambda line: None)
    assert outcome.status == "finished"
    found = {name: value for _, name, value, _ in outcome.state.rows}
    assert found["steps_per_second"] > 0 and found["cpu_seconds_per_step"] > 0
    assert math.isfinite(found["loss"])


def test_the_clock_sees_whole_calls_of_a_loop_that_is_traced_already(dataset, monkeypatch):
    """With a wall clock that ticks 3 s a look and a CPU clock that ticks 5, two steps a call."""
    task = class_speed.train(PARAMS | {"method": "gumbel"}, dataset)
    warm = task.compiled()
    class_speed.speed(task, 0, 1)
    traces = warm.experimental_get_tracing_count()
    wall, cpu = itertools.count(0, 3), itertools.count(0, 5)
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(wall))
    monkeypatch.setattr(timing.time, "process_time", lambda: next(cpu))
    found = class_speed.speed(task, 0, 5)
    assert found == {"steps_per_second": 2 / 3, "cpu_seconds_per_step": 5 / 2}
    assert warm.experimental_get_tracing_count() == traces


def test_a_seed_after_the_first_costs_no_second_trace(dataset, tmp_path):
    task = class_speed.train(PARAMS | {"method": "gumbel"}, dataset)
    for seed in range(2):
        fit(task, seed, tmp_path / str(seed), {}, lambda line: None)
    assert task.compiled().experimental_get_tracing_count() == 1
