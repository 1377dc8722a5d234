"""What is known of the cost of a training's pieces: from past runs first, then from measuring."""

import itertools
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from saigen import machine
from saigen.config import Config
from saigen.errors import SaigenError
from saigen.grid import device_for, networks
from saigen.paper import load_paper, paper_names
from saigen.plan.calibrate import Calibration, Group, PricedBy, calibrate, spread_over
from saigen.plan.data import data_for
from saigen.plan.past import History, history
from saigen.plan.units import Units, cost_key, mean
from saigen.plan.work import Terms
from saigen.status import ExperimentState

_NO_INCEPTION = "Inception is not here yet: measured with a network of as many operations"


class Evidence:
    """What is known of the cost of a trainer's pieces: past runs first, then calibration."""

    def __init__(self, past: History, measured: Calibration) -> None:
        self._past, self.measured = past, measured

    def cpu(self, key: str) -> tuple[Units | None, str]:
        """Return the cost of the pieces in CPU seconds by cost key, and where it is known from."""
        if key in self._past.cpu:
            return self._past.cpu[key], "past"
        if key in self.measured.cpu:
            return self.measured.cpu[key], "measured"
        alike = self._like(self._past.cpu | self.measured.cpu, key)
        return (mean(alike), "mean") if alike else (None, "nothing")

    def wall(self, key: str) -> Units | None:
        """Return the cost of the pieces in wall seconds, where it was measured."""
        known = self.measured.wall | self._past.wall
        if key in known:
            return known[key]
        alike = self._like(known, key)
        return mean(alike) if alike else None

    @property
    def gpu(self) -> bool:
        """Whether it was learned on a GPU."""
        return self._past.gpu or self.measured.gpu

    def _like(self, known: Mapping[str, Units], key: str) -> list[Units]:
        """Return the variants to take a mean of: those of the same sizes, or else all."""
        sizes = _sizes(key)
        alike = [units for other, units in known.items() if _sizes(other) == sizes]
        return alike or list(known.values())

    @property
    def memory_mb(self) -> float:
        return max(self._past.memory_mb, self.measured.memory_mb)

    def run_mb(self, key: str) -> float:
        """Return the disk that a published run takes."""
        measured = self.measured.run_mb.values()
        usual = sum(measured) / len(measured) if measured else self._past.run_mb
        return self._past.run_mb or self.measured.run_mb.get(key, usual)

    def knows(self, key: str) -> bool:
        """Whether past runs of these very pieces are known."""
        return key in self._past.cpu

    def scatter(self) -> float:
        """Return how much variants differ in a step's cost: standard deviation over the mean."""
        steps = [units.step for units in (*self._past.cpu.values(), *self.measured.cpu.values())]
        middle = sum(steps) / len(steps) if steps else 0.0
        if not middle:
            return 0.0
        return (sum((step - middle) ** 2 for step in steps) / len(steps)) ** 0.5 / middle


def _sizes(key: str) -> str:
    """Return the numbers in a cost key: variants of one size differ in words alone."""
    content = json.loads(key)
    return json.dumps({name: value for name, value in content.items() if _is_number(value)})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def from_past(trainer: str, config: Config, results: Path) -> Evidence:
    """Return what past runs of a trainer on a machine like this tell."""
    here: dict[str, Any] = {
        "processor": machine.processor(),
        "intra_op_threads": config.compute.intra_op_threads,
    }
    gpus = [] if _device(trainer, config) == "cpu" else machine.gpus()
    here["device"] = gpus[0] if gpus else "CPU"
    past = history(map(load_paper, paper_names()), trainer, results, **here)
    return Evidence(past, Calibration())


def _device(trainer: str, config: Config) -> str:
    """Return on what a trainer runs here, as a job of its experiments would."""
    known = [e for paper in map(load_paper, paper_names()) for e in paper.experiments.values()]
    device = device_for([each for each in known if each.train == trainer], config)
    return "cpu" if device == "auto" and not machine.has_gpu() else device


def add_measured(
    of_trainer: Mapping[str, Sequence[ExperimentState]],
    evidence: Mapping[str, Evidence],
    config: Config,
    results: Path,
    tell: Callable[[str], None],
) -> None:
    """Measure what past runs do not tell, and add it to the evidence."""
    with tempfile.TemporaryDirectory() as scratch:
        groups, notes = [], []
        devices = {trainer: _device(trainer, config) for trainer in of_trainer}
        # Those of one device together: they are measured in one process.
        for trainer, entries in sorted(of_trainer.items(), key=lambda each: devices[each[0]]):
            for (dataset, *pricing), variants in _unknown(entries, evidence[trainer]).items():
                try:
                    path, note = data_for(dataset, config, results / "data", Path(scratch), tell)
                except SaigenError as error:
                    evidence[trainer].measured.notes.append(f"{dataset}: {error}")
                    continue
                groups.append(Group(trainer, path and str(path), spread_over(variants), *pricing))
                missing = any(not Path(judge).is_file() for judge in networks(variants))
                notes.append([note] * bool(note) + [_NO_INCEPTION] * missing)
        if not groups:
            return
        count = sum(len(group.cases) for group in groups)
        tell(
            f"Measuring up to {count} variants of {len(groups)} trainings, some ten seconds a "
            "training (--no-calibrate leaves that out) …"
        )
        found = []
        for device, alike in itertools.groupby(groups, lambda group: devices[group.trainer]):
            compute = config.compute.model_dump() | {"device": device}
            found += calibrate(list(alike), compute)
    for group, note, measured in zip(groups, notes, found, strict=True):
        measured.notes += note
        known = evidence[group.trainer]
        known.measured = merged(known.measured, measured)


def _unknown(
    entries: Sequence[ExperimentState], known: Evidence
) -> dict[tuple[str | None, Terms, PricedBy], list[Mapping[str, Any]]]:
    """Return the variants to be trained that past runs do not tell of, each once.

    By dataset, by what the work of an evaluation is made of, and by the settings that decide cost.
    """
    found: dict[tuple[str | None, Terms, PricedBy], dict[str, Mapping[str, Any]]] = {}
    for state in entries:
        experiment = load_paper(state.paper).experiments[state.experiment]
        for each in state.runs:
            run, key = each.run, cost_key(each.run.params, experiment.priced_by)
            if not each.is_fresh and not known.knows(key):
                of = run.dataset, experiment.work, experiment.priced_by
                found.setdefault(of, {}).setdefault(key, run.params)
    return {key: list(variants.values()) for key, variants in found.items()}


def merged(one: Calibration, other: Calibration) -> Calibration:
    """Return two calibrations of one trainer as one."""
    return Calibration(
        one.cpu | other.cpu,
        one.wall | other.wall,
        max(one.memory_mb, other.memory_mb),
        one.run_mb | other.run_mb,
        one.state_mb | other.state_mb,
        max(one.spread, other.spread),
        one.gpu or other.gpu,
        one.notes + other.notes,
    )
