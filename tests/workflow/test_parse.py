"""The workflow parses, plans at every scale, and answers a mistake with one readable line."""

import re
import resource
import statistics
import subprocess
import sys

import pytest
from pace import piece_of_python

from saigen.paper import RESERVED, load_paper
from saigen.scales import SCALES

# The software is locked by requirements.lock, with hashes, and the same for every rule: an
# environment for each rule would be seven copies of one list.
ACCEPTED = {"Specify a conda environment or container for each rule."}


def test_the_linter_finds_nothing_but_that_there_is_no_conda(finished):
    # (As text: `--lint json` of Snakemake 9.27 prints nothing.)
    found = subprocess.run(
        [sys.executable, "-m", "snakemake", "--lint"],
        cwd=finished.root,
        env=finished.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    lints = set(re.findall(r"^    \* (.+):$", found.stdout, re.MULTILINE))
    assert lints == ACCEPTED, found.stdout


@pytest.mark.parametrize("scale", SCALES)
def test_all_papers_plan_in_seconds_at_every_scale(finished, scale):
    """Ten seconds where they were counted first; machines differ by more than twice.

    Hence in pieces of Python, timed beside it: planning the paper scale takes 60 to 95 of them.
    """
    pieces = [piece_of_python()]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = finished.snakemake("-n", "--quiet", "rules", settings=("papers=all", f"scale={scale}"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    pieces.append(piece_of_python())
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent / statistics.mean(pieces) < 150
    # The default target is `all`, and everything is there to be made.
    for rule in ("all", "train", "table", "figure", "judge", "gather", "replication_report"):
        assert f"\n{rule} " in said


def test_the_network_of_published_scores_is_fetched_where_runs_are_judged_by_it(finished):
    plans = {
        scale: finished.snakemake("-n", settings=("papers=wgan_gp", f"scale={scale}"))
        for scale in ("standard", "paper")
    }
    assert "results/data/inception.npz" in plans["paper"]
    assert "inception" not in plans["standard"]


def test_a_dry_run_speaks_of_no_exception(finished):
    assert "xception" not in finished.snakemake("-n", settings=("papers=all", "scale=quick"))


def test_papers_scales_and_products_are_targets(finished):
    listed = finished.snakemake("--list-target-rules", settings=("papers=all",)).split()
    wanted = {"all", "data", "train_all", "tables", "figures", "claims", "report", *SCALES}
    assert wanted | {"tiny", "gumbel_softmax"} <= set(listed)


def test_a_paper_can_have_no_name_of_a_rule(finished):
    listed = finished.snakemake("--list-rules", settings=("papers=[tiny]",)).splitlines()
    rules = {line for line in listed if re.fullmatch("[a-z_]+", line)} - {"tiny"}
    assert {"train", "replication_report"} <= rules
    assert rules | {"logs", "benchmarks"} == RESERVED


MISTAKES = {
    "scale=quik": "`scale: quik`",
    "papers=gumbel_sofmax": "did you mean `gumbel_softmax`?",
    "scales=quick": "did you mean `scale`?",
    "overrides={gumbel_softmax: {vae: {stepz: 3}}}": "did you mean `steps`?",
    "data={image_folders: {a;b: x}}": "`a;b` is not a name",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_one_readable_line(finished, mistake):
    said = finished.snakemake("-n", settings=(mistake,), fails=True)
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if line.startswith("config.yaml: ")]
    assert len(lines) == 1 and MISTAKES[mistake] in lines[0], said


def test_a_mistake_in_the_yaml_is_told_with_its_line(finished):
    with finished.changed(finished.root / "config.yaml", "scale: quick", "scale: [quick"):
        said = finished.snakemake("-n", fails=True)
    assert "Traceback" not in said and re.search(
        r"config\.yaml: not valid YAML: .*line \d+", said, re.S
    )


TARGETS = {
    "smoke/tiny/tables/eror.csv": "`eror` is not one of tiny's tables; did you mean `errors`?",
    "smoke/tiny/figures/figure2.svg": "`figure2` is not one of tiny's figures; did you mean",
    "smoke/tiny/rate/jobs/000.json": "`rate` is not an experiment of tiny; did you mean `rates`?",
}


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_that_nothing_makes_is_told_with_what_there_is(finished, target):
    said = finished.snakemake("-n", f"results/{target}", fails=True)
    assert "KeyError" not in said and TARGETS[target] in said


TOY = """
include: "workflow/rules/common.smk"

rule all:
    default_target: True
    input: ["toy/0", "toy/1"]

rule toy:
    output: "toy/{number}"
    resources: RESOURCE
    shell: "mkdir -p toy; date +%s.%N > {output}; sleep 1; date +%s.%N >> {output}"
"""


#: Two jobs that take the one GPU, and two that each ask more memory than there is.
GPU, MEMORY = "gpu=1", "mem_mb=10**9"


@pytest.mark.parametrize(
    ("resource", "option", "together"),
    [
        (GPU, (), False),
        (GPU, ("--resources", "gpu=2"), True),
        (MEMORY, (), False),
        (MEMORY, ("--resources", "mem_mb=2000000000"), True),
    ],
)
def test_there_is_one_gpu_and_the_machines_memory_unless_told_otherwise(
    finished, resource, option, together
):
    toy = finished.root / "toy.smk"
    toy.write_text(TOY.replace("RESOURCE", resource), encoding="utf-8")
    finished.snakemake("--snakefile", "toy.smk", "--cores", "2", "--forceall", *option)
    spans = [
        [float(moment) for moment in (finished.root / "toy" / number).read_text().split()]
        for number in "01"
    ]
    (_, first_end), (second_start, _) = sorted(spans)
    assert (second_start < first_end) == together


def test_attempts_ask_for_more_up_to_the_fourth(finished):
    asks = "print('asked', [(growth_of(a), runtime_of(None, a)) for a in (1, 2, 3, 4, 5, 11)])\n"
    (finished.root / "asks.smk").write_text(TOY.replace("RESOURCE", GPU) + asks, encoding="utf-8")
    said = finished.snakemake("--snakefile", "asks.smk", "-n")
    most = "(4, 960)"
    assert f"asked [(1, 120), (2, 240), (3, 480), {most}, {most}, {most}]" in said


SAYS = """
from types import SimpleNamespace
if workflow.is_main_process:
    for experiment in ("class_speed", "vae"):
        w = SimpleNamespace(paper="gumbel_softmax", experiment=experiment, scale="quick", job="000")
        asked = memory_of(w, 1), memory_of(w, 3), threads_of(w), sorted(on_cluster())
        print("asked", experiment, *asked, "mem_mb" in dict(workflow.resource_settings.resources))
"""


@pytest.mark.parametrize(
    ("options", "cluster", "share"),
    [
        (("--cores", "3"), [], True),
        # What says where scratch files go says nothing of a cluster.
        (("--cores", "3", "--default-resources", "tmpdir='/tmp'"), [], True),
        (("--cores", "3", "--jobs", "5"), ["slurm_extra"], False),
        (
            ("--cores", "3", "--jobs", "5", "--default-resources", "gpu_partition=g"),
            ["slurm_extra", "slurm_partition"],
            False,
        ),
    ],
)
def test_a_job_asks_for_what_its_experiment_needs(finished, options, cluster, share):
    """All cores for one that measures seconds; of a scheduler, only where jobs are submitted."""
    (finished.root / "says.smk").write_text(TOY.replace("RESOURCE", GPU) + SAYS, encoding="utf-8")
    said = finished.snakemake("--snakefile", "says.smk", "-n", *options)
    vae, speed = (load_paper("gumbel_softmax").experiments[name] for name in ("vae", "class_speed"))
    assert speed.timing and not vae.timing
    for name, experiment, threads in (("class_speed", speed, 3), ("vae", vae, 1)):
        memory = experiment.memory_mb, 3 * experiment.memory_mb
        assert f"asked {name} {memory[0]} {memory[1]} {threads} {cluster} {share}" in said


def test_the_slurm_profile_plans_where_there_is_no_slurm(finished):
    """Needs the executor's plugin, as `make cluster` installs it, and no Slurm."""
    pytest.importorskip("snakemake_executor_plugin_slurm")
    profile = ("--profile", "workflow/profiles/slurm", "--forceall")
    assert finished.plan(*profile)["train"] == 1
