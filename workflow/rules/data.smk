# Datasets, found and checked. Which source carried one does not matter: its content is digested.


rule dataset:
    output:
        "results/data/{dataset}.npz",
    log:
        "results/logs/data/{dataset}.log",
    retries: 1
    localrule: True
    params:
        config=json.dumps(settings.data.model_dump(exclude_defaults=True)),
    message:
        "fetch {wildcards.dataset}"
    shell:
        "saigen fetch {wildcards.dataset:q} --data {params.config:q} > {log:q} 2>&1"
        " || {{ cat {log:q} >&2; exit 1; }}"
