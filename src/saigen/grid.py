"""Paper + configuration → runs and jobs. No TensorFlow: Snakemake plans with this in a moment.

Settings of a run, from weak to strong: the experiment's `params`, its named variant or factors,
its `cases`, what the scale changes, its `cases` at that scale, the user's overrides.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from saigen.config import Config
from saigen.errors import UsageError, did_you_mean
from saigen.experiment import Experiment, Scalar, Value
from saigen.files import digest_of
from saigen.paper import Paper, load_paper
from saigen.scales import Scale


@dataclass(frozen=True)
class Run:
    """One training: (paper, experiment, variant, seed) at a scale, with its effective settings.

    `trainer` is `module:function`; its code decides the result too, and has a fingerprint.
    `arithmetic` is what of `compute` decides its last bits, where that is not the default.
    """

    paper: str
    experiment: str
    variant: str
    seed: int
    scale: str
    dataset: str | None
    params: Mapping[str, Value]
    trainer: str
    arithmetic: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.experiment}/{self.variant}/seed{self.seed}"

    def folder(self, results: Path) -> Path:
        """Return where the run is published: results/<scale>/<paper>/<name>."""
        return results / self.scale / self.paper / self.name

    @cached_property
    def identity(self) -> str:
        """A hash of everything that decides the run's result, its code and device apart."""
        decides = [self.paper, self.experiment, self.dataset, dict(self.params), self.seed]
        return digest_of([*decides, *self.arithmetic])


@dataclass(frozen=True)
class Job:
    """Runs that one process trains, one after the other.

    They are of one experiment, and of those that join it.
    """

    paper: str
    experiment: str
    name: str
    scale: str
    runs: tuple[Run, ...]

    @property
    def dataset(self) -> str | None:
        return self.runs[0].dataset

    def record(self, results: Path) -> Path:
        """Return the job's record, the one file that Snakemake knows it by."""
        folder = results / self.scale / self.paper / self.experiment
        return folder / "jobs" / f"{self.name}.json"

    @property
    def identity(self) -> str:
        return digest_of([run.identity for run in self.runs])

    @property
    def experiments(self) -> list[str]:
        """The experiments it trains for, its own first."""
        return list(dict.fromkeys(run.experiment for run in self.runs))

    @property
    def trainers(self) -> list[str]:
        """The trainers of its runs, each once."""
        return list(dict.fromkeys(run.trainer for run in self.runs))


def networks(settings: Iterable[Mapping[str, Value]]) -> list[str]:
    """Return the feature networks, by file, that judge runs of these settings, each once.

    None where the dataset's own classifier does.
    """
    return sorted({str(params.get("inception") or "") for params in settings} - {""})


def device_for(experiments: Iterable[Experiment], config: Config) -> str:
    """Return `compute.device` for a process that trains these experiments.

    `auto` is a GPU only where one of them asks for it: the others are too small to gain by one.
    """
    device = config.compute.device
    return "cpu" if device == "auto" and not any(each.gpu for each in experiments) else device


def experiment_runs(paper: Paper, name: str, config: Config) -> list[Run]:
    """Return the runs of one experiment, sorted by variant and seed as paper.yaml orders them."""
    experiment = paper.experiments[name]
    changes, by_user = _changes(paper, name, config), _by_user(paper, name, config)
    seeds = changes.pop("seeds", experiment.seeds)
    changes.pop("runs_per_job", None)
    dataset = changes.pop("dataset", experiment.dataset)
    runs = []
    for variant, settings in _variants(experiment, changes, config.scale, by_user):
        params = dict(sorted(settings.items()))
        for seed in range(seeds):
            place = (paper.name, name, variant, seed, config.scale)
            made = (dataset, params, experiment.train, config.compute.arithmetic)
            runs.append(Run(*place, *made))
    return runs


def experiment_jobs(paper: Paper, name: str, config: Config) -> list[Job]:
    """Return the jobs that train one experiment: its runs, `runs_per_job` at a time.

    The first job also trains the experiments that join this one; the job of an experiment that
    joins another is that one's first. What reads other data than the host trains alone.
    """
    host, *guests = paper.together(name, config.scale)
    data = (None, _dataset(paper, host, config))
    if name != host and _dataset(paper, name, config) in data:
        return experiment_jobs(paper, host, config)[:1]
    experiment = paper.experiments[name]
    size = _changes(paper, name, config).get("runs_per_job", experiment.runs_per_job)
    runs = experiment_runs(paper, name, config)
    chunks = [tuple(runs[start : start + size]) for start in range(0, len(runs), size)]
    if name == host:
        for guest in guests:
            if _dataset(paper, guest, config) in data:
                chunks[0] += tuple(experiment_runs(paper, guest, config))
    return [
        Job(paper.name, name, f"{index:03d}", config.scale, chunk)
        for index, chunk in enumerate(chunks)
    ]


def job_records(
    paper: Paper, experiments: Iterable[str], config: Config, results: Path
) -> list[Path]:
    """Return the records of the jobs that train some experiments, each once."""
    jobs = (job for name in experiments for job in experiment_jobs(paper, name, config))
    return list(dict.fromkeys(job.record(results) for job in jobs))


def job(paper: str, experiment: str, name: str, config: Config) -> Job:
    """Return one job by its name.

    Raises:
      UsageError: no such paper, experiment or job.
    """
    loaded = load_paper(paper)
    if experiment not in loaded.experiments:
        hint = did_you_mean(experiment, loaded.experiments)
        raise UsageError(f"`{experiment}` is not an experiment of {paper}{hint}")
    jobs = {found.name: found for found in experiment_jobs(loaded, experiment, config)}
    if name not in jobs:
        known = f"jobs 000 to {max(jobs, key=int)}" if len(jobs) > 1 else "one job, 000"
        raise UsageError(f"{paper}/{experiment} has {known}, not `{name}`")
    return jobs[name]


def all_jobs(config: Config) -> list[Job]:
    """Return every job of the chosen papers, each once."""
    found = [
        job
        for paper in map(load_paper, config.chosen)
        for name in paper.experiments
        for job in experiment_jobs(paper, name, config)
    ]
    return list({(job.paper, job.experiment, job.name): job for job in found}.values())


def _dataset(paper: Paper, name: str, config: Config) -> str | None:
    return _changes(paper, name, config).get("dataset", paper.experiments[name].dataset)


def _changes(paper: Paper, name: str, config: Config) -> dict[str, Any]:
    """Return what the scale and the user change, the user's word last.

    Of the user's words an override is more particular than `seeds` of the configuration.
    """
    experiment = paper.experiments[name]
    by_scale = experiment.scales.get(config.scale, {})
    by_user = _by_user(paper, name, config)
    changes = {k: experiment.setting(k, v) for k, v in {**by_scale, **by_user}.items()}
    if config.seeds is not None and "seeds" not in by_user:
        changes["seeds"] = config.seeds
    return changes


def _by_user(paper: Paper, name: str, config: Config) -> Mapping[str, Any]:
    return config.overrides.get(paper.name, {}).get(name, {})


def _variants(
    experiment: Experiment, changes: dict[str, Any], scale: Scale, by_user: Iterable[str]
) -> list[tuple[str, dict[str, Value]]]:
    """Return (name, settings) of every variant: named ones, or the product of the factors.

    Args:
      experiment: whose.
      changes: what the scale and the user change.
      scale: which cases hold.
      by_user: the settings that are the user's.
    """
    factors = {name: changes.get(name, levels) for name, levels in experiment.factors.items()}
    fixed = {key: value for key, value in changes.items() if key not in factors}
    named = experiment.variants or {"": {}}

    def of_type(settings: Mapping[str, Value]) -> dict[str, Value]:
        return {key: experiment.parameter(key, value) for key, value in settings.items()}

    found = []
    for label, settings in named.items():
        for levels in itertools.product(*factors.values()):
            chosen = dict(zip(factors, levels, strict=True))
            effective = {**experiment.params, **of_type(settings), **chosen}
            cases = [case for case in experiment.cases if case.covers(chosen)]
            for case in (case for case in cases if case.scale is None):
                effective |= of_type(case.set)
            effective |= fixed
            for case in (case for case in cases if case.scale == scale):
                effective |= {k: v for k, v in of_type(case.set).items() if k not in by_user}
            words = ([label] if label else []) + [_word(k, v) for k, v in chosen.items()]
            found.append(("-".join(words) or "only", effective))
    return found


def _word(factor: str, level: Scalar) -> str:
    """Return how a folder's name says a factor's level: a word as it is, a number by its factor."""
    return level if isinstance(level, str) else f"{factor}{level}"
