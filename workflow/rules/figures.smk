# Figures: from tables and sample arrays only. A redrawn figure retrains nothing.


rule figure:
    input:
        tables=tables_for,
        records=lambda w: records_of(w.scale, w.paper, entry_of(w, "figures").samples),
    output:
        svg=report(
            "results/{scale}/{paper}/figures/{name}.svg",
            caption="../report/figure.rst",
            category="{paper}",
            labels={"figure": "{name}", "scale": "{scale}"},
        ),
        png="results/{scale}/{paper}/figures/{name}.png",
        passport="results/{scale}/{paper}/figures/{name}.json",
    log:
        "results/{scale}/logs/{paper}/figures/{name}.log",
    retries: 0
    localrule: True
    params:
        # The frame's own part, and the paper's, which need not import it.
        frame=fingerprint("saigen.figures"),
        code=lambda w: fingerprint(f"saigen.papers.{w.paper}.figures"),
        caption=lambda w: entry_of(w, "figures").caption,
        where=lambda w: entry_of(w, "figures").where,
        settings=lambda w: record_settings_of(w, entry_of(w, "figures").samples),
        style=content_of([PACKAGE / "style.mplstyle"]),
    message:
        "{wildcards.paper}: draw {wildcards.name} ({wildcards.scale})"
    shell:
        "saigen figure {wildcards.paper} {wildcards.name} --scale {wildcards.scale}"
        " --settings {params.settings:q} --tables {input.tables:q} --output {output.svg:q} > {log:q} 2>&1"
        " || {{ cat {log:q} >&2; exit 1; }}"
