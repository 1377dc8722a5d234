# Settings, and the lists of files that the rules are made of. The thinking is in saigen.grid.
import json
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from saigen import grid, machine
from saigen.config import load_config, settings_json
from saigen.data.scored import parsed
from saigen.errors import SaigenError
from saigen.fingerprint import code_of, fingerprint
from saigen.paper import load_paper, paper_names
from saigen.scales import SCALES

try:
    settings = load_config(config)
    papers = {name: load_paper(name) for name in settings.chosen}
except SaigenError as error:
    raise WorkflowError(str(error))

# One accelerator unless told otherwise (`--resources gpu=4`, or a profile): two trainings on one
# device only slow each other down. Without this line Snakemake sees no limit at all.
workflow.resource_settings.resources.setdefault("gpu", 1)

# What a cluster's profile says of its site, in `default-resources`; empty on a lone machine.
site = dict(
    setting.partition("=")[::2]
    for setting in getattr(workflow.resource_settings.default_resources, "args", [])
)

RESULTS = Path("results")


wildcard_constraints:
    scale="|".join(SCALES),
    paper="[a-z][a-z0-9_]*",
    experiment="[a-z][a-z0-9_]*",
    name="[a-z][a-z0-9_]*",
    job=r"\d+",


@cache
def jobs_of(scale, paper, experiment):
    # Once an experiment: Snakemake asks for each job a dozen times, and there are thousands.
    jobs = grid.experiment_jobs(load_paper(paper), experiment, settings.at(scale))
    return {job.name: job for job in jobs}


def job_of(w):
    found = jobs_of(w.scale, w.paper, w.experiment).get(w.job)
    # (Asked again for its message, where there is no such job.)
    return found or grid.job(w.paper, w.experiment, w.job, settings.at(w.scale))


def experiments_of(w):
    """Every experiment that the process of a job trains."""
    return [load_paper(w.paper).experiments[name] for name in job_of(w).experiments]


def settings_of(w):
    """What a job's process is told of the configuration: all that decides which runs it has."""
    return settings_text(w.scale, w.paper, w.experiment)


@cache
def settings_text(scale, paper, experiment):
    together = load_paper(paper).together(experiment, scale)
    return json.dumps(settings_json(settings.at(scale), paper, together))


def dataset_of(w):
    name = job_of(w).dataset
    return [] if name is None else f"results/data/{name}.npz"


def networks_of(w):
    """The feature networks that judge a job's runs, where it is not the dataset's own."""
    return grid.networks(run.params for run in job_of(w).runs)


def is_timing(w):
    return any(e.timing for e in experiments_of(w))


def threads_of(w):
    # A timing experiment measures seconds: it takes all cores, and nothing runs beside it. (On a
    # cluster there is no number of cores; see on_cluster.)
    cores = workflow.resource_settings.cores
    return cores if cores and is_timing(w) else settings.compute.intra_op_threads


def needs_gpu(w):
    return grid.device_for(experiments_of(w), settings) != "cpu"


def takes_gpu(w):
    # On a lone machine without one there is none to wait for: trainings run side by side.
    return needs_gpu(w) and (bool(site) or machine.has_gpu())


def on_cluster():
    """The resources that only a cluster's scheduler reads."""
    if not site:
        return {}
    found = {"slurm_extra": lambda w: "--exclusive" if is_timing(w) else ""}
    if "gpu_partition" in site:
        found["slurm_partition"] = lambda w: site[
            "gpu_partition" if needs_gpu(w) else "slurm_partition"
        ]
    if site.get("gpu_request") == "gres":
        found["gres"] = lambda w: "gpu:1" if needs_gpu(w) else ""
    return found


def runtime_of(w, attempt):
    # A job that ran out of time resumes, so doubling the time is enough to end.
    return 120 * 2 ** (attempt - 1)


def records_of(scale, paper, experiments=None):
    """The job records of some of a paper's experiments, each once; of all by default."""
    loaded = load_paper(paper)
    found = [
        str(job.record(RESULTS))
        for experiment in (loaded.experiments if experiments is None else experiments)
        for job in jobs_of(scale, paper, experiment).values()
    ]
    return list(dict.fromkeys(found))


def tables_of(scale, paper):
    return [f"results/{scale}/{paper}/tables/{name}.csv" for name in load_paper(paper).tables]


def tables_for(w):
    names = load_paper(w.paper).figures[w.name].tables
    return [f"results/{w.scale}/{w.paper}/tables/{name}.csv" for name in names]


def figures_of(scale, paper):
    return [f"results/{scale}/{paper}/figures/{name}.svg" for name in load_paper(paper).figures]


def claims_of(scale, paper):
    return f"results/{scale}/{paper}/claims.csv"


def products_of(scale, paper):
    """Everything of a paper but the report."""
    summary = [f"results/{scale}/{paper}/provenance.json", claims_of(scale, paper)]
    return [*tables_of(scale, paper), *figures_of(scale, paper), *summary]


def report_of(scale):
    return f"results/{scale}/report.html"
