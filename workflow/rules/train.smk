# One rule trains every paper. A job is some runs in one process, of one experiment and of those
# that join it, so that starting TensorFlow is paid once; its record is what Snakemake knows it by. The runs lie beside
# it, published one by one as they end, so that a job that is killed loses none.


rule train:
    input:
        dataset=dataset_of,
        networks=networks_of,
    output:
        record="results/{scale}/{paper}/{experiment}/jobs/{job}.json",
    log:
        "results/{scale}/logs/{paper}/{experiment}/{job}.log",
    benchmark:
        "results/{scale}/benchmarks/{paper}/{experiment}/{job}.tsv"
    threads: threads_of
    resources:
        **on_cluster(),
        mem_mb=memory_of,
        runtime=runtime_of,
        gpu=gpus_of,
    params:
        settings=settings_of,
        dataset=dataset_option_of,
        runs=identity_of,
        code=codes_of,
    message:
        "{wildcards.paper}: train {wildcards.experiment}, job {wildcards.job} ({wildcards.scale})"
    shell:
        "saigen train {wildcards.paper} {wildcards.experiment} {wildcards.job}"
        " --settings {params.settings:q} {params.dataset} >> {log:q} 2>&1"
        " || {{ code=$?; tail -n 20 {log:q} >&2; exit $code; }}"
