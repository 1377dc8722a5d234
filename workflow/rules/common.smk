# Settings, and the lists of files that the rules are made of. The thinking is in saigen.grid.
import inspect
import itertools
import json
import shlex
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(workflow.basedir) / "src"))

from saigen import checkout, grid, machine
from saigen.commands import with_product
from saigen.config import load_config, read_config, settings_json
from saigen.contents import content_of, listing_of
from saigen.data.image_folder import Options
from saigen.data.judge import path_of
from saigen.data.preparation import made_by
from saigen.data.scored import parsed
from saigen.errors import SaigenError
from saigen.files import digest_of
from saigen.fingerprint import PACKAGE, code_of, fingerprint
from saigen.paper import load_paper
from saigen.products import product_files
from saigen.scales import SCALES

checkout.lead()

try:
    # First by itself: of a mistake in its YAML Snakemake tells neither the line nor what is wrong.
    if Path("config.yaml").is_file():
        read_config(Path("config.yaml"))
except SaigenError as error:
    raise WorkflowError(str(error))


configfile: "config.yaml"


try:
    settings = load_config(config)
    papers = {name: load_paper(name) for name in settings.chosen}
    own_images = {
        name: Options.of(name, said) for name, said in settings.data.image_folders.items()
    }
except SaigenError as error:
    raise WorkflowError(str(error))

# One accelerator unless told otherwise (`--resources gpu=4`, or a profile): two trainings on one
# device only slow each other down. Without this line Snakemake sees no limit at all.
workflow.resource_settings.resources.setdefault("gpu", 1)

# Whether trainings are submitted: executors that do so must be told how many at once (`--jobs`). On
# a lone machine that is another word for `--cores`, which Snakemake has put right by now.
submits = workflow.resource_settings.nodes is not None or workflow.remote_exec

# What a cluster's profile says of its site, in `default-resources`.
site = dict(
    setting.partition("=")[::2]
    for setting in getattr(workflow.resource_settings.default_resources, "args", [])
)

# Jobs say what memory they need (`memory_mb` in paper.yaml): on a lone machine they share nine
# tenths of it unless told otherwise (`--resources mem_mb=8000`), however many cores there are. A
# job that asks for more than all of it runs alone: Snakemake lowers what it asks.
if not submits and machine.memory_mb():
    workflow.resource_settings.resources.setdefault("mem_mb", machine.memory_mb() * 9 // 10)

RESULTS = Path("results")


wildcard_constraints:
    scale="|".join(SCALES),
    paper="[a-z][a-z0-9_]*",
    experiment="[a-z][a-z0-9_]*",
    name="[a-z][a-z0-9_]*",
    job=r"\d+",


def asked(function):
    """A function that a rule with thousands of jobs asks.

    Snakemake asks each what it takes, thirty times a job. With its answer at hand, the paper scale
    is planned in three quarters of the time.
    """
    function.__signature__ = inspect.signature(function)
    return function


@cache
def jobs_of(scale, paper, experiment):
    # Once an experiment: Snakemake asks for each job a dozen times, and there are thousands.
    jobs = grid.experiment_jobs(load_paper(paper), experiment, settings.at(scale))
    return {job.name: job for job in jobs}


def job_of(w):
    known = w.experiment in load_paper(w.paper).experiments
    found = known and jobs_of(w.scale, w.paper, w.experiment).get(w.job)
    # (Asked again for its message, where there is no such job.)
    return found or grid.job(w.paper, w.experiment, w.job, settings.at(w.scale))


def experiments_of(w):
    """Every experiment that the process of a job trains."""
    return [load_paper(w.paper).experiments[name] for name in job_of(w).experiments]


@asked
def identity_of(w):
    return job_of(w).identity


@asked
def codes_of(w):
    return " ".join(map(code_of, job_of(w).trainers))


@asked
def settings_of(w):
    """What a job's process is told of the configuration: all that decides which runs it has."""
    return settings_text(w.scale, w.paper, (w.experiment,))


@cache
def settings_text(scale, paper, experiments):
    loaded = load_paper(paper)
    together = {name: None for each in experiments for name in loaded.together(each, scale)}
    return json.dumps(settings_json(settings.at(scale), paper, together))


@asked
def dataset_of(w):
    name = job_of(w).dataset
    return [] if name is None else f"results/data/{name}.npz"


@asked
def dataset_option_of(w, input):
    """Quoted here: Snakemake compares the text of `shell`, and another starts every job again."""
    return f"--dataset {shlex.quote(input.dataset)}" if input.dataset else ""


def data_of(scale):
    """Every dataset that the chosen papers read at a scale."""
    jobs = [
        job
        for paper in papers
        for experiment in load_paper(paper).experiments
        for job in jobs_of(scale, paper, experiment).values()
    ]
    sets = {f"results/data/{job.dataset}.npz" for job in jobs if job.dataset}
    return sorted(sets.union(*(grid.networks(run.params for run in job.runs) for job in jobs)))


@cache
def own_data_of(dataset):
    """What of the user's own images a dataset is made of; a change of it makes the set anew."""
    return {
        name: [settings.data.image_folders[name], listing_of(options.path)]
        for name, options in own_images.items()
        if name in (dataset, *(parsed(dataset) or ()))
    }


@cache
def published_of(paper):
    """What a paper's files of published numbers hold."""
    loaded = load_paper(paper)
    files = {name: loaded.folder / entry.file for name, entry in loaded.published.items()}
    return digest_of({name: content_of([path]) for name, path in files.items()})


@cache
def words_of(paper):
    """What the report says of a paper in the words of its paper.yaml."""
    loaded = load_paper(paper)
    about = {name: entry.what for name, entry in loaded.experiments.items()}
    return digest_of([loaded.model_dump(mode="json", exclude={"experiments"}), about])


@asked
def networks_of(w):
    """The feature networks that judge a job's runs, where it is not the dataset's own."""
    return grid.networks(run.params for run in job_of(w).runs)


def is_timing(w):
    return any(e.timing for e in experiments_of(w))


@asked
def threads_of(w):
    # A timing experiment measures seconds: it takes all cores, and nothing runs beside it. (On a
    # cluster there is no number of cores; see on_cluster.)
    cores = workflow.resource_settings.cores
    return cores if cores and is_timing(w) else settings.compute.intra_op_threads


def needs_gpu(w):
    return grid.device_for(experiments_of(w), settings) != "cpu"


@asked
def gpus_of(w):
    # On a lone machine without one there is none to wait for: trainings run side by side. A site
    # that wants --gres gets that instead (see on_cluster).
    there = submits or machine.has_gpu()
    return int(there and needs_gpu(w) and site.get("gpu_request") != "gres")


def on_cluster():
    """The resources that only a cluster's scheduler reads."""
    if not submits:
        return {}
    found = {"slurm_extra": lambda w: "--exclusive" if is_timing(w) else ""}
    if "gpu_partition" in site:
        # None, where the profile names no other, is one that Snakemake leaves out.
        found["slurm_partition"] = lambda w: site.get(
            "gpu_partition" if needs_gpu(w) else "slurm_partition"
        )
    if site.get("gpu_request") == "gres":
        found["gres"] = lambda w: "gpu:1" if needs_gpu(w) else ""
    return found


def growth_of(attempt):
    # An attempt that ran out of time loses nothing: more attempts get any training to its end, and
    # from the fourth on none asks for more, which no partition might grant.
    return min(attempt, 4)


@asked
def runtime_of(w, attempt):
    """Minutes: two hours, twice that with each attempt, 16 hours at most."""
    return 120 * 2 ** (growth_of(attempt) - 1)


@asked
def memory_of(w, attempt):
    """What paper.yaml says of the hungriest experiment, times the attempt; four times at most."""
    return max(e.memory_mb for e in experiments_of(w)) * growth_of(attempt)


def records_of(scale, paper, experiments=None):
    """As `grid.job_records`, by `jobs_of`, which reckons each experiment once; of all by default."""
    wanted = load_paper(paper).experiments if experiments is None else experiments
    jobs = (job for name in wanted for job in jobs_of(scale, paper, name).values())
    return list(dict.fromkeys(str(job.record(RESULTS)) for job in jobs))


def record_settings_of(w, experiments=None):
    """What a product's process is told of the configuration, which decides whose runs it reads: of
    their records, too many for a command line, a shell would take 128 KB."""
    wanted = load_paper(w.paper).experiments if experiments is None else experiments
    return settings_text(w.scale, w.paper, tuple(wanted))


def tables_of(scale, paper):
    return [f"results/{scale}/{paper}/tables/{name}.csv" for name in load_paper(paper).tables]


def entry_of(w, kind):
    """What paper.yaml says of a table or a figure."""
    return getattr(with_product(w.paper, kind, w.name), kind)[w.name]


def tables_for(w):
    names = entry_of(w, "figures").tables
    return [f"results/{w.scale}/{w.paper}/tables/{name}.csv" for name in names]


def figures_of(scale, paper):
    return [f"results/{scale}/{paper}/figures/{name}.svg" for name in load_paper(paper).figures]


def claims_of(scale, paper):
    return f"results/{scale}/{paper}/claims.csv"


def products_of(scale, paper):
    """Every file of a paper but its runs and their records."""
    return [f"results/{scale}/{paper}/{path}" for path in product_files(load_paper(paper))]


def report_of(scale):
    return f"results/{scale}/report.html"


def whole_of(scale):
    """Every file that a scale makes, each by its name.

    Of the report alone Snakemake would look no further back than what the report reads: a run that
    was deleted, or a picture, would never be made again.
    """
    made = [[*records_of(scale, paper), *products_of(scale, paper)] for paper in papers]
    return [*itertools.chain(*made), report_of(scale)]
