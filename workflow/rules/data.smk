# Datasets, found and checked. Which source carried one does not matter: its content is digested.


rule dataset:
    output:
        "results/data/{dataset}.npz",
    log:
        "results/logs/data/{dataset}.log",
    retries: 1
    localrule: True
    params:
        # Where a registered set is looked for changes no byte of it; your own folder is the set.
        own=lambda w: json.dumps(own_data_of(w.dataset)),
        # What the registry says of it, and the code that makes it; of a scored set
        # (`<set>_<side>px`) its classifier's too.
        code=lambda w: made_by(w.dataset),
        # One that was kept for it, put back by `saigen restore`.
        judge=lambda w: (
            content_of([path_of(w.dataset, RESULTS / "data")]) if parsed(w.dataset) else ""
        ),
        # (A param that reads `output` is one that Snakemake does not compare.)
        config=lambda w, output: json.dumps(settings.data.model_dump(exclude_defaults=True)),
    message:
        "fetch {wildcards.dataset}"
    shell:
        "saigen fetch {wildcards.dataset:q} --data {params.config:q} > {log:q} 2>&1"
        " || {{ cat {log:q} >&2; exit 1; }}"
