# The replication report: one self-contained page, verdicts first.


rule replication_report:
    input:
        lambda w: [path for paper in papers for path in products_of(w.scale, paper)],
    output:
        "results/{scale}/report.html",
    log:
        "results/{scale}/logs/report.log",
    retries: 0
    localrule: True
    params:
        papers=list(papers),
        code=fingerprint("saigen.report.build"),
        words=[words_of(paper) for paper in papers],
        page=content_of([*PACKAGE.glob("report/*.j2"), *PACKAGE.glob("report/*.css")]),
    message:
        "write {output}"
    shell:
        "saigen report {params.papers:q} --scale {wildcards.scale} --output {output:q}"
        " > {log:q} 2>&1 || {{ cat {log:q} >&2; exit 1; }}"
