# Names for what people ask for: products, papers, scales.


rule data:
    input:
        data_of(settings.scale),


rule train_all:
    input:
        [path for paper in papers for path in records_of(settings.scale, paper)],


rule tables:
    input:
        [path for paper in papers for path in tables_of(settings.scale, paper)],


rule figures:
    input:
        [path for paper in papers for path in figures_of(settings.scale, paper)],


rule claims:
    input:
        [claims_of(settings.scale, paper) for paper in papers],


rule report:
    input:
        report_of(settings.scale),


for paper in papers:

    rule:
        name:
            paper
        input:
            records_of(settings.scale, paper),
            products_of(settings.scale, paper),


for scale in SCALES:

    rule:
        name:
            scale
        input:
            whole_of(scale),
