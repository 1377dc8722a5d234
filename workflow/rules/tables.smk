# Tables, costs and verdicts: read from runs, written in seconds, without TensorFlow. What fails
# here would fail again: `retries: 0` stands against the many of a cluster's profile.


rule table:
    input:
        records=lambda w: records_of(w.scale, w.paper, entry_of(w, "tables").experiments),
    output:
        csv="results/{scale}/{paper}/tables/{name}.csv",
        markdown="results/{scale}/{paper}/tables/{name}.md",
        passport="results/{scale}/{paper}/tables/{name}.json",
    log:
        "results/{scale}/logs/{paper}/tables/{name}.log",
    wildcard_constraints:
        # `gather` writes that one.
        name=r"(?!costs\.)[a-z][a-z0-9_]*",
    retries: 0
    localrule: True
    params:
        # The frame's own part, and the paper's, which need not import it.
        frame=fingerprint("saigen.tables"),
        code=lambda w: fingerprint(f"saigen.papers.{w.paper}.tables"),
        entry=lambda w: entry_of(w, "tables").model_dump_json(),
        settings=lambda w: record_settings_of(w, entry_of(w, "tables").experiments),
        published=lambda w: published_of(w.paper),
    message:
        "{wildcards.paper}: table {wildcards.name} ({wildcards.scale})"
    shell:
        "saigen table {wildcards.paper} {wildcards.name} --scale {wildcards.scale}"
        " --settings {params.settings:q} --output {output.csv:q} > {log:q} 2>&1 || {{ cat {log:q} >&2; exit 1; }}"


rule gather:
    input:
        records=lambda w: records_of(w.scale, w.paper),
    output:
        costs="results/{scale}/{paper}/tables/costs.csv",
        provenance="results/{scale}/{paper}/provenance.json",
    log:
        "results/{scale}/logs/{paper}/gather.log",
    retries: 0
    localrule: True
    params:
        code=fingerprint("saigen.gather"),
        settings=lambda w: record_settings_of(w),
    message:
        "{wildcards.paper}: costs and provenance ({wildcards.scale})"
    shell:
        "saigen gather {wildcards.paper} --scale {wildcards.scale} --settings {params.settings:q}"
        " --costs {output.costs:q} --provenance {output.provenance:q} > {log:q} 2>&1 || {{ cat {log:q} >&2; exit 1; }}"


rule judge:
    input:
        tables=lambda w: tables_of(w.scale, w.paper),
    output:
        verdicts="results/{scale}/{paper}/claims.csv",
        passport="results/{scale}/{paper}/claims.json",
    log:
        "results/{scale}/logs/{paper}/claims.log",
    retries: 0
    localrule: True
    params:
        code=lambda w: fingerprint(f"saigen.papers.{w.paper}.claims"),
    message:
        "{wildcards.paper}: verdicts ({wildcards.scale})"
    shell:
        "saigen judge {wildcards.paper} --scale {wildcards.scale} --tables {input.tables:q}"
        " --output {output.verdicts:q} > {log:q} 2>&1 || {{ cat {log:q} >&2; exit 1; }}"
