"""A plan as a table: one line an experiment, a total, and how wrong it may be."""

from pathlib import Path

from rich.console import Console

from saigen import machine
from saigen.console import duration, size, table
from saigen.plan.estimate import Cost, Plan

#: How many cores `show_scaling` asks about.
CORES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_NUMBERS = ("done", "runs", "jobs", "steps", "CPU", "GPU", "wall", "memory", "disk")


def show(plan: Plan, results: Path, on: Console) -> None:
    """Print a plan.

    Args:
      plan: what will be spent.
      results: where; its disk is compared with what will be needed.
      on: where to.
    """
    headings = ["experiment", "done", "runs", "jobs", "steps", "CPU", "wall", "memory", "disk"]
    if plan.gpu:
        headings.insert(headings.index("wall"), "GPU")
    on.print(f"Scale {plan.scale} on {_cores(plan.cores)} of {machine.processor()}")
    rows = []
    for cost in plan.costs:
        rows.append([*_cells(cost, plan), cost.basis if cost.basis is not None else "unknown"])
    rows.append([""] * (len(headings) + 1))
    rows.append([*_total(plan), ""])
    table(rows, [*headings, "from"], _NUMBERS, on)
    on.print()
    for line in remarks(plan, results):
        on.print(line)


def _cells(cost: Cost, plan: Plan) -> list[str]:
    name = f"{cost.paper}/{cost.experiment}"
    if not cost.runs:
        return [name, str(cost.done), "0", "0", "0", *["·"] * (5 if plan.gpu else 4)]
    counts = [str(cost.done), str(cost.runs), str(len(cost.jobs)), f"{cost.steps:,}"]
    if cost.basis is None:
        return [name, *counts, *["?"] * (5 if plan.gpu else 4)]
    gpu = [duration(cost.gpu_seconds) if cost.gpu_seconds else "·"] if plan.gpu else []
    wall = duration(cost.schedule(plan.cores, plan.gpus).seconds)
    room = [size(cost.memory_mb), size(cost.disk_mb)]
    return [name, *counts, duration(cost.cpu_seconds), *gpu, wall, *room]


def _total(plan: Plan) -> list[str]:
    known, whole = plan.known, plan.schedule()
    sums = [sum(getattr(cost, name) for cost in plan.costs) for name in ("done", "runs")]
    jobs, steps = len(plan.jobs()), sum(cost.steps for cost in plan.costs)
    gpu = [duration(sum(cost.gpu_seconds for cost in known))] if plan.gpu else []
    return [
        "total",
        *map(str, sums),
        str(jobs),
        f"{steps:,}",
        duration(sum(cost.cpu_seconds for cost in known)),
        *gpu,
        duration(whole.seconds),
        size(whole.memory_mb),
        size(disk_mb(plan)),
    ]


def show_scaling(plan: Plan, on: Console) -> None:
    """Print how long the plan takes over the number of cores, and where more do not help."""
    rows = []
    alone = plan.schedule(1).seconds
    longest = max((job.seconds for job in plan.jobs()), default=0.0)
    for cores in CORES:
        seconds = plan.schedule(cores).seconds
        gain = alone / seconds if seconds else 1.0
        rows.append([str(cores), duration(seconds), f"{gain:.1f}", f"{gain / cores:.0%}"])
    table(
        rows,
        ["cores", "wall", "times faster", "efficiency"],
        ("cores", "wall", "times faster", "efficiency"),
        on,
    )
    on.print()
    on.print(f"No number of cores makes it shorter than its longest job, {duration(longest)}.")


def disk_mb(plan: Plan) -> float:
    """Return the disk that the runs take, and the resume state of those that run at once."""
    states = sorted((cost.state_mb for cost in plan.known for _ in cost.jobs), reverse=True)
    return sum(cost.disk_mb for cost in plan.known) + sum(states[: plan.cores])


def remarks(plan: Plan, results: Path) -> list[str]:
    """Return what is to be said under the table: the error, what is missing, what will not fit."""
    if not any(cost.runs for cost in plan.costs):
        return [f"Nothing is left to train at {plan.scale}."]
    said = []
    whole, error = plan.schedule(), plan.error()
    if plan.known and whole.seconds:
        low, high = duration(whole.seconds / (1 + error)), duration(whole.seconds * (1 + error))
        cpu = sum(cost.cpu_seconds for cost in plan.known)
        said.append(
            f"Wall time between {low} and {high} (a factor of {1 + error:.1f} either way) if "
            f"nothing else runs here; CPU {duration(cpu / (1 + error))} to "
            f"{duration(cpu * (1 + error))}. A run that may end early, at a target, counts in "
            "full. Tables and figures add seconds."
        )
    unknown = [f"{cost.paper}/{cost.experiment}" for cost in plan.costs if cost.basis is None]
    if unknown:
        said.append(
            f"Not in the total, since neither past runs here nor a calibration tell: "
            f"{', '.join(unknown)}."
        )
    said += plan.notes
    memory, free = machine.memory_mb(), machine.free_disk_mb(results)
    if memory is not None and whole.memory_mb > memory:
        said.append(
            f"{plan.cores} jobs at once would need {size(whole.memory_mb)} of memory, and there "
            f"are {size(memory)}: Snakemake starts fewer, and it takes longer than told here."
        )
    if disk_mb(plan) > free:
        said.append(f"{results} has {size(free)} free, and {size(disk_mb(plan))} will be needed.")
    return said


def _cores(count: int) -> str:
    return "1 core" if count == 1 else f"{count} cores"
