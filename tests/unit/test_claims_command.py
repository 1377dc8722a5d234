"""`saigen claims`: verdicts in a terminal."""

import csv
import os

import pytest

from saigen.claims import COLUMNS
from saigen.claims import VERDICTS as JUDGED
from saigen.cli import main
from saigen.config import load_config
from saigen.files import write_json
from saigen.grid import experiment_jobs
from saigen.paper import load_paper
from saigen.verdicts import COLUMNS as READ
from saigen.verdicts import VERDICTS, spelled

PAPER = "gumbel_softmax"
ROWS = [
    {"id": "A1", "claim": "ours is best", "where": "Table 1", "published": "58.5",
     "measured": 59.123456, "low": 58.2, "high": 60.1, "n": 5,
     "verdict": "replicated", "why": "below 61"},
    {"id": "B2", "claim": "it [is] faster", "where": "Figure 5", "published": "2x", "measured": "",
     "low": "", "high": "", "n": 0, "verdict": "not tested", "why": "needs the standard scale"},
]  # fmt: skip


@pytest.fixture
def verdicts(tmp_path):
    path = tmp_path / "smoke" / PAPER / "claims.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def claims(results, *more):
    common = ["--scale", "smoke", "--papers", PAPER, "--results", str(results)]
    return main(["claims", *common, *more])


def test_verdicts_and_columns_are_those_of_the_judge():
    assert set(VERDICTS) == set(JUDGED)
    assert READ == COLUMNS


def test_a_table_and_counts(tmp_path, verdicts, capsys):
    assert claims(tmp_path) == 0
    said = capsys.readouterr().out
    assert "2 claims: 1 replicated, 1 not tested" in said
    assert "59.12" in said and "58.2 to 60.1" in said and "it [is] faster" in said
    assert "Older than" not in said and "\x1b" not in said


def test_some_verdicts_only_but_all_are_counted(tmp_path, verdicts, capsys):
    assert claims(tmp_path, "--verdict", "not-tested") == 0
    said = capsys.readouterr().out
    assert "B2" in said and "A1" not in said and "2 claims" in said


def test_an_unknown_verdict_is_a_usage_error(tmp_path, verdicts, capsys):
    assert claims(tmp_path, "--verdict", "replicatd") == 2
    assert "did you mean `replicated`?" in capsys.readouterr().err
    assert spelled("NOT_replicated") == "not replicated"


def test_none_yet_names_the_command_that_makes_them(tmp_path, capsys):
    assert claims(tmp_path) == 1
    said = capsys.readouterr().out
    assert f"snakemake --cores all --config scale=smoke papers={PAPER} -- claims" in said


def without(column):
    return lambda text: text.replace(f"{column},", "", 1).replace(f",{column}", "", 1)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda text: "", "no columns id, claim, where,"),
        (without("id"), "no columns id)"),
        (without("why"), "no columns why)"),
        (lambda text: text[: len(text) // 2], "a row has more or fewer values than there are"),
        (lambda text: text + "1,2,3,4,5,6,7,8,9,10,11,12\n", "a row has more or fewer values"),
        (lambda text: text + '"A2', "unexpected end of data"),
        (lambda text: text + "\udc80", "'utf-8' codec can't decode"),
    ],
)
def test_damaged_verdicts_are_told(tmp_path, verdicts, capsys, harm, told):
    harmed = harm(verdicts.read_text())
    verdicts.write_bytes(harmed.encode(errors="surrogateescape"))
    assert claims(tmp_path) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"saigen: {verdicts}: cannot be read ({told}")
    assert "); delete it, and the `snakemake` command" in said and said.count("\n") == 1


def test_verdicts_that_are_not_those_of_their_passport_are_told(tmp_path, verdicts, capsys):
    write_json(verdicts.with_suffix(".json"), {"digest": "of another"})
    assert claims(tmp_path) == 1
    assert "claims.csv: cut or edited since claims.json was written" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["record", "table"])
def test_older_than_runs_or_tables_is_said(tmp_path, verdicts, capsys, what):
    config = load_config({"scale": "smoke"})
    paper = load_paper(PAPER)
    job = experiment_jobs(paper, next(iter(paper.experiments)), config)[0]
    table = verdicts.parent / "tables" / f"{next(iter(paper.tables))}.csv"
    newer = job.record(tmp_path) if what == "record" else table
    newer.parent.mkdir(parents=True)
    newer.write_text("{}")
    later = verdicts.stat().st_mtime + 10
    os.utime(newer, (later, later))
    assert claims(tmp_path) == 0
    said = capsys.readouterr().out
    assert ("Older than runs" if what == "record" else "Older than their tables") in said
