# Saigen re-runs papers: data -> runs -> tables -> figures and claims -> report.
#
#   snakemake --cores all                               the scale and papers of config.yaml
#   snakemake --cores all --config scale=standard       another scale
#   snakemake --cores all figures                       redraw; only what does not stand is trained
#   snakemake --cores all data                          fetch and prepare, train nothing
#   snakemake --cores all gumbel_softmax                one paper
from snakemake.utils import min_version

min_version("9.19")


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/targets.smk"


# Here and not among the other targets: an included file cannot say what the default is.
rule all:
    default_target: True
    input:
        whole_of(settings.scale),


onstart:
    if settings.compute.device == "auto" and not submits and machine.lacks_cuda():
        print(
            "There is a GPU here, but TensorFlow's CUDA libraries are not: trainings take turns on"
        )
        print(
            "the CPU. `make gpu` installs them; `compute.device: cpu` in config.yaml lets trainings"
        )
        print("run side by side.")


onsuccess:
    for job in workflow.dag.finished_jobs:
        if job.rule.name == "replication_report":
            print(f"Open {job.output[0]}")


onerror:
    print("A rule failed: its log, named above, says why. What was trained is kept;")
    print(
        "the same command goes on from there. After a kill run `snakemake --unlock` first, and add"
    )
    print("`--rerun-incomplete` where it asks for that.")
