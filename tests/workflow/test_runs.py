"""From nothing to a report with one command."""

import csv
import json

from saigen.files import read_json


def test_the_template_runs_from_nothing_to_a_report(first_run):
    results = first_run.root / "results/smoke"
    report = (results / "report.html").read_text(encoding="utf-8")
    assert "Softmax regression, as an example" in report
    made = {str(p.relative_to(results)) for p in (results / "tiny").rglob("*") if p.is_file()}
    assert {
        "tiny/tables/errors.csv",
        "tiny/tables/errors.md",
        "tiny/tables/errors.json",
        "tiny/tables/curves.csv",
        "tiny/tables/costs.csv",
        "tiny/figures/figure1.svg",
        "tiny/figures/figure1.png",
        "tiny/figures/figure1.json",
        "tiny/claims.csv",
        "tiny/provenance.json",
        "tiny/rates/jobs/000.json",
    } <= made
    runs = {name for name in made if name.endswith("run.json")}
    assert len(runs) == 4 and not any(name.startswith("tiny/work") for name in made)


def test_the_products_hold_something(first_run):
    tiny = first_run.root / "results/smoke/tiny"
    with (tiny / "tables/errors.csv").open(encoding="utf-8") as text:
        assert {row["learning_rate"] for row in csv.DictReader(text)} == {"0.5", "0.05"}
    with (tiny / "claims.csv").open(encoding="utf-8") as text:
        assert len(list(csv.DictReader(text))) == 1
    assert read_json(tiny / "provenance.json")
    assert "<svg" in (tiny / "figures/figure1.svg").read_text(encoding="utf-8")


def test_the_end_says_what_to_open(first_run):
    said = (first_run.root / "said.txt").read_text(encoding="utf-8")
    assert "Open results/smoke/report.html" in said


def test_the_commands_and_the_run_agree_on_what_is_on_disk(first_run):
    record = read_json(first_run.root / "results/smoke/tiny/rates/jobs/000.json")
    for entry in record["runs"]:
        facts = read_json(first_run.root / "results/smoke/tiny" / entry["run"] / "run.json")
        assert entry["status"] == facts["status"] == "finished", json.dumps(facts)


def test_other_names_for_what_is_there_have_nothing_to_do_either(finished):
    targets = ("tiny", "smoke", "tables", "figures", "claims", "report", "train_all")
    assert finished.plan(*targets) == {}
