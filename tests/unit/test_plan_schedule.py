"""Jobs side by side: scheduling laws, and where more cores stop helping."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from saigen.plan.estimate import Cost, Plan
from saigen.plan.schedule import Load, simulate
from saigen.plan.show import CORES, show_scaling

seconds = st.floats(0.1, 100.0)


class TestSchedule:
    @given(st.lists(seconds, max_size=30), st.integers(1, 8))
    def test_makespan_lies_between_the_bounds(self, durations, cores):
        jobs = [Load(duration) for duration in durations]
        least = max(sum(durations) / cores, max(durations, default=0.0))
        found = simulate(jobs, cores).seconds
        # Graham: no list schedule is longer than total/m + (1 − 1/m) longest ≤ 2 · optimum.
        most = sum(durations) / cores + (1 - 1 / cores) * max(durations, default=0.0)
        assert least - 1e-6 <= found <= most + 1e-6 <= 2 * least + 2e-6

    @given(st.lists(seconds, min_size=1, max_size=12))
    def test_one_core_and_one_gpu_do_one_thing_after_another(self, durations):
        total = pytest.approx(sum(durations))
        assert simulate([Load(each) for each in durations], 1).seconds == total
        assert simulate([Load(each, gpu=True) for each in durations], 8).seconds == total

    @given(st.lists(st.tuples(seconds, st.integers(1, 3)), max_size=12), st.integers(1, 4))
    def test_memory_is_that_of_the_jobs_at_once(self, drawn, cores):
        jobs = [Load(duration, width, memory_mb=100.0) for duration, width in drawn]
        found = simulate(jobs, cores)
        assert found.memory_mb <= 100.0 * min(cores, len(jobs))
        assert found.seconds <= sum(duration for duration, _ in drawn) + 1e-6

    @given(st.lists(seconds, min_size=1, max_size=12), st.integers(1, 4))
    def test_gpus_are_a_bound_as_cores_are(self, durations, gpus):
        held = [Load(each, gpu=True) for each in durations]
        free = [Load(each) for each in durations]
        assert simulate(held, 64, gpus).seconds == simulate(free, gpus).seconds

    def test_a_timing_job_has_the_machine_for_itself(self):
        jobs = [Load(5.0, cores=10**6), Load(4.0), Load(4.0)]
        assert simulate(jobs, 2) == (9.0, 0.0)


def test_scaling_ends_where_the_longest_job_does():
    loads = [Load(100.0), *(Load(10.0) for _ in range(30))]
    cost = Cost("toy", "toy", runs=31, jobs={Path(str(n)): job for n, job in enumerate(loads)})
    plan = Plan("quick", 2, 1, [cost], gpu=False, notes=[])
    assert [plan.schedule(cores).seconds for cores in (1, 2, 4, 256)] == [
        400.0,
        200.0,
        100.0,
        100.0,
    ]
    on = Console(file=io.StringIO(), width=100)
    show_scaling(plan, on)
    said = on.file.getvalue()
    assert "longest job, 1.7 min" in said
    assert [line.split()[0] for line in said.splitlines()[1:10]] == [str(n) for n in CORES]
