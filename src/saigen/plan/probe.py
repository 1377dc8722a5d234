"""Measures what the pieces of a training cost here: `python -m saigen.plan.probe`.

A process of its own, as a training job is one: it reads a request (JSON) from stdin and writes
one JSON line to stdout for each thing measured, so that a probe stopped half way has told the
rest. It and `network` are the only modules of `saigen.plan` that import TensorFlow.
"""

import importlib
import json
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.data.dataset import Dataset, load
from saigen.engine import device
from saigen.engine.task import Task
from saigen.plan.work import ALONG, END, Terms, shrunk, work

#: Seconds that a measurement should last: more is waste, less is noise.
ENOUGH = 0.2
#: The work of an evaluation at first, until it is known what a unit costs.
FIRST_LIMIT = 100.0
#: Steps in a measured call.
MOST_STEPS = 1000

Times = dict[str, float]
NO_TIME: Times = {"cpu": 0.0, "wall": 0.0}


def timed(action: Callable[[], Any]) -> Times:
    """Return the CPU and wall seconds that `action` takes."""
    cpu, wall = time.process_time(), time.monotonic()
    action()
    return {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}


class Probe:
    """Measures variants one after the other, and learns how large an evaluation to measure."""

    def __init__(
        self, make_task: Callable[..., Task], dataset: Dataset | None, terms: Terms = ()
    ) -> None:
        self._make_task, self._dataset, self._terms = make_task, dataset, terms
        self._limits = {ALONG: FIRST_LIMIT, END: FIRST_LIMIT}

    def measure(self, params: Mapping[str, Any], tell: Callable[..., None]) -> None:
        """Measure one variant; tell its steps first, since its evaluation may take too long."""
        params = with_network(params)
        small = shrunk(params, self._limits, self._terms)
        tasks: list[Task] = []

        def build() -> None:
            tasks.append(self._make_task(small, self._dataset))
            start(tasks[0])

        built = timed(build)
        task = tasks[0]
        call = partial(task.take, 0, 0)
        traced = timed(lambda: call(1))
        spread, each, begin = self._steps(task, call)
        run = timed(lambda: start(task))
        size = sum(variable.numpy().nbytes for variable in task.variables.values())
        variant = add(built, traced)
        tell(
            part="steps", variant=variant, call=begin, step=each, spread=spread, run=run, state=size
        )
        tell(part="evaluation", **self._evaluation(task, small, params))

    def _steps(self, task: Task, call: Callable[[int], Any]) -> tuple[float, Times, Times]:
        """Return the spread of two timings of a step, a step's times, and those of a call's start.

        A call of many steps tells a step, one of a single step tells what it costs to begin.
        """
        one = timed(lambda: call(1))
        if one["wall"] > 5.0:
            return 0.0, one, NO_TIME
        many = int(np.clip(ENOUGH / max(one["wall"], 1e-5), 1, MOST_STEPS))
        if many > 1 and task.xla:
            call(many)  # XLA compiles for each number of steps
        found = [per(timed(lambda: call(many)), many) for _ in range(2)]
        spread = abs(found[0]["cpu"] - found[1]["cpu"]) / max(found[0]["cpu"], 1e-9)
        step = per(add(*found), 2)
        if many < 10:  # the start is lost in the steps
            return spread, step, NO_TIME
        single = per(timed(lambda: [call(1) for _ in range(10)]), 10)
        return spread, step, less(single, step)

    def _evaluation(
        self, task: Task, small: Mapping[str, Any], params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the cost of a first evaluation, and of a unit of each kind of work."""
        cold = timed(lambda: task.evaluate(0, task.steps, True))
        along, both = self._warm(task)
        trace = less(cold, both)
        grown = {
            kind: self._limits[kind] * min(50.0, ENOUGH / max(times["wall"], 1e-4))
            for kind, times in ((ALONG, along), (END, less(both, along)))
            if times["wall"] < 0.5 * ENOUGH and self._work(small, kind) < self._work(params, kind)
        }
        if grown:
            self._limits |= grown
            small = shrunk(params, self._limits, self._terms)
            task = self._make_task(small, self._dataset)
            start(task)
            task.evaluate(0, task.steps, True)
            along, both = self._warm(task)
        samples: list[int] = []

        def sample() -> None:
            arrays = task.samples(0).values()
            samples.append(sum(np.asarray(array).nbytes for array in arrays))

        return {
            "trace": trace,
            "along": per(along, self._work(small, ALONG)),
            "end": per(less(both, along), self._work(small, END)),
            "samples": timed(sample),
            "samples_bytes": samples[0],
        }

    def _work(self, params: Mapping[str, Any], kind: str) -> float:
        return work(params, kind, self._terms)

    def _warm(self, task: Task) -> tuple[Times, Times]:
        """Return the cost of an evaluation along the way, and of the last one."""
        along = timed(lambda: task.evaluate(0, task.steps, False))
        return along, timed(lambda: task.evaluate(0, task.steps, True))


def with_network(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return settings whose feature network is here: a stand-in for Inception where it is not."""
    named = params.get("inception")
    if not named or Path(named).is_file():
        return params
    from saigen.plan.network import stand_in_network

    return {**params, "inception": str(stand_in_network())}


def start(task: Task) -> None:
    """Put a run's initial values into the task's variables."""
    for name, value in task.initial(0).items():
        task.variables[name].assign(value)


def add(*times: Times) -> Times:
    """Return the sum of some times."""
    return {kind: sum(found[kind] for found in times) for kind in ("cpu", "wall")}


def less(times: Times, other: Times) -> Times:
    """Return the difference of two times, 0 at least."""
    return {kind: max(0.0, times[kind] - other[kind]) for kind in times}


def per(times: Times, count: float) -> Times:
    """Return a time divided by a count."""
    return {kind: value / count for kind, value in times.items()}


def main() -> None:
    """Measure the groups of a request, each until its budget of CPU seconds is spent.

    A group that does not come to its end within the request's patience ends the process; one whose
    every variant is to be measured has it for each.
    """
    request = json.load(sys.stdin)
    stamp = device.set_up(**request["compute"])
    # A first operation starts threads and loads kernels; every job pays for it once.
    tf.function(lambda x: tf.linalg.matmul(x, x))(tf.ones([8, 8])).numpy()
    process = {"cpu": time.process_time(), "wall": time.time() - request["started"]}
    tell(part="process", process=process, stamp=stamp)
    # Not caught: no handler in Python could end an operation that takes hours.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number, group in request["groups"]:
        try:
            measure_group(number, group, request["budget"], request["patience"])
        except Exception as error:  # noqa: BLE001 - told, and the next group is measured
            tell(part="failed", group=number, why=f"{type(error).__name__}: {error}")
        tell(part="ended", group=number)


def measure_group(number: int, group: Mapping[str, Any], budget: float, patience: int) -> None:
    """Measure the variants of one trainer until the budget is spent; one at least.

    All of them where the paper says what decides their cost: they are few, and far apart.
    """
    signal.alarm(patience)
    module, _, function = group["trainer"].partition(":")
    make_task = getattr(importlib.import_module(module), function)
    dataset = None if group["dataset"] is None else load(group["dataset"])
    probe = Probe(make_task, dataset, group["terms"])
    end = time.process_time() + budget
    for case, params in enumerate(group["cases"]):
        if group["priced_by"]:
            signal.alarm(patience)
        elif case and time.process_time() > end:
            break
        probe.measure(params, partial(tell, group=number, case=case))


def tell(**found: Any) -> None:
    """Write one line, with the most memory so far."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({**found, "memory_mb": memory}), flush=True)


if __name__ == "__main__":
    main()
