"""What the runs still to train will cost: pieces × their cost, jobs laid side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from saigen.config import Config
from saigen.grid import Job, experiment_jobs
from saigen.paper import load_paper
from saigen.plan.evidence import Evidence, add_measured, from_past
from saigen.plan.schedule import Load, Schedule, simulate
from saigen.plan.units import cost_key, pieces
from saigen.status import ExperimentState, RunState, states

#: Relative error of an estimate whose every variant was measured: what full runs at smoke and
#: quick have shown.
USUAL_ERROR = 0.25


@dataclass
class Cost:
    """What one experiment will cost.

    Attributes:
      paper, experiment: which.
      done, runs: runs that stand, and runs to train.
      jobs: their share of the jobs that train them, by the job's record.
      steps: training steps to take.
      cpu_seconds, gpu_seconds: summed over jobs; the GPU's is its wall time.
      memory_mb: the most that one of its jobs needs.
      disk_mb: what its runs will take when published.
      state_mb: what one of its running jobs holds in resume state.
      error: relative error of the times.
      basis: what they rest on; "" where nothing is left to train, None where nothing is known.
    """

    paper: str
    experiment: str
    done: int = 0
    runs: int = 0
    jobs: dict[Path, Load] = field(default_factory=dict)
    steps: int = 0
    cpu_seconds: float = 0.0
    gpu_seconds: float = 0.0
    memory_mb: float = 0.0
    disk_mb: float = 0.0
    state_mb: float = 0.0
    error: float = 0.0
    basis: str | None = ""

    def schedule(self, cores: int, gpus: int) -> Schedule:
        """Return how long it takes alone on some cores and GPUs."""
        return simulate(list(self.jobs.values()), cores, gpus)


@dataclass
class Plan:
    """What a scale will cost on this machine.

    Attributes:
      scale: the scale.
      cores, gpus: how many share the jobs.
      costs: one entry an experiment.
      gpu: whether jobs will run on a GPU.
      notes: what a reader must know.
    """

    scale: str
    cores: int
    gpus: int
    costs: list[Cost]
    gpu: bool
    notes: list[str]

    @property
    def known(self) -> list[Cost]:
        """The experiments of which something is known."""
        return [cost for cost in self.costs if cost.basis is not None]

    def jobs(self) -> list[Load]:
        """Return every job once: experiments that train in one process share it."""
        found: dict[Path, Load] = {}
        for cost in self.known:
            for record, share in cost.jobs.items():
                found[record] = found[record].and_then(share) if record in found else share
        return list(found.values())

    def schedule(self, cores: int | None = None) -> Schedule:
        """Return how long everything takes together, on the plan's cores or on others."""
        return simulate(self.jobs(), cores or self.cores, self.gpus)

    def error(self) -> float:
        """Return the relative error of the total: errors of experiments do not cancel."""
        total = sum(cost.cpu_seconds for cost in self.known)
        if not total:
            return 0.0
        return sum(cost.error * cost.cpu_seconds for cost in self.known) / total


def make_plan(
    config: Config,
    results: Path,
    cores: int,
    gpus: int = 1,
    measure: bool = True,
    tell: Callable[[str], None] = lambda line: None,
) -> Plan:
    """Return what the runs still to train will cost.

    Args:
      config: which papers, at which scale.
      results: the results folder; past runs at any scale are read from it.
      cores, gpus: how many Snakemake will get, or a cluster has for it.
      measure: calibrate what past runs do not tell.
      tell: takes one line on what is being done.
    """
    found = states(config, results)
    of_trainer: dict[str, list[ExperimentState]] = {}
    for state in found:
        trainer = load_paper(state.paper).experiments[state.experiment].train
        of_trainer.setdefault(trainer, []).append(state)
    evidence = {trainer: from_past(trainer, config, results) for trainer in of_trainer}
    if measure:
        add_measured(of_trainer, evidence, config, results, tell)
    of_run = {(run.run.paper, run.run.name): run for state in found for run in state.runs}
    costs = []
    for state in found:
        trainer = load_paper(state.paper).experiments[state.experiment].train
        costs.append(estimate(state, of_run, config, evidence[trainer]))
    notes = [note for each in evidence.values() for note in each.measured.notes]
    gpu = any(each.gpu for each in evidence.values())
    return Plan(config.scale, cores, gpus, costs, gpu, list(dict.fromkeys(notes)))


def estimate(
    state: ExperimentState,
    of_run: Mapping[tuple[str, str], RunState],
    config: Config,
    evidence: Evidence,
) -> Cost:
    """Return what the runs of one experiment that do not stand will cost.

    Args:
      state: the experiment.
      of_run: where every run of the plan stands, by paper and name.
      config: which scale, on what.
      evidence: what is known of its trainer's cost.
    """
    cost = Cost(state.paper, state.experiment)
    cost.done = sum(run.is_fresh for run in state.runs)
    sources: dict[str, str] = {}
    for job in experiment_jobs(load_paper(state.paper), state.experiment, config):
        left = [found for run in job.runs if not (found := of_run[run.paper, run.name]).is_fresh]
        mine = [found for found in left if found.run.experiment == state.experiment]
        if mine:
            _add(cost, job, mine, mine[0] is left[0], config, evidence, sources)
    if cost.runs:
        cost.basis = _basis(sources)
        unmeasured = sum(source == "mean" for source in sources.values()) / max(1, len(sources))
        # A mean stands for the variants that were not measured: as wrong as variants differ.
        cost.error = USUAL_ERROR + unmeasured * evidence.scatter() + evidence.measured.spread / 2
        cost.state_mb = max(evidence.measured.state_mb.values(), default=0.0)
    return cost


def _add(
    cost: Cost,
    job: Job,
    left: Sequence[RunState],
    starts: bool,
    config: Config,
    evidence: Evidence,
    sources: dict[str, str],
) -> None:
    """Add the share of the runs `left` in a job to a cost; they bear its start if `starts`."""
    experiment = load_paper(cost.paper).experiments[cost.experiment]
    cpu = wall = 0.0
    before = None
    for number, found in enumerate(left):
        params = found.run.params
        key = cost_key(params, experiment.priced_by)
        units, sources[key] = evidence.cpu(key)
        counted = pieces(params, experiment.work, first=key != before, done=found.step)
        before = key
        cost.runs += 1
        cost.steps += counted.steps
        if units is None:
            continue
        cpu += units.training(counted) + (units.process if starts and not number else 0.0)
        timed = evidence.wall(key)
        if timed is not None:
            wall += timed.training(counted) + (timed.process if starts and not number else 0.0)
        cost.disk_mb += evidence.run_mb(key)
    threads = config.compute.intra_op_threads
    # One thread does little beside the computing one; a GPU's time is the clock's.
    seconds = wall if evidence.gpu and wall else cpu / threads
    memory = evidence.memory_mb or experiment.memory_mb
    cores = 10**6 if experiment.timing else threads
    cost.jobs[job.record(Path())] = Load(seconds, cores, memory, evidence.gpu)
    cost.cpu_seconds += cpu
    cost.gpu_seconds += seconds if evidence.gpu else 0.0
    cost.memory_mb = max(cost.memory_mb, memory)


def _basis(sources: Mapping[str, str]) -> str | None:
    """Say what a cost rests on: "14 of 14 variants measured here"."""
    of = {kind: list(sources.values()).count(kind) for kind in ("past", "measured", "mean")}
    if not any(of.values()):
        return None
    words = {"past": "from past runs", "measured": "measured here", "mean": "by the mean"}
    told = [f"{count} {words[kind]}" for kind, count in of.items() if count]
    if of["past"] + of["measured"] == len(sources) and len(told) == 1:
        return f"all {told[0]}"
    return f"variants: {', '.join(told)}"
