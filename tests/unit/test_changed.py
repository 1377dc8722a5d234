"""Settings that a user changed are told wherever a number or a picture of them is shown."""

import json
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.changed import changed_notes, changed_settings
from saigen.claims import claim, judge, within
from saigen.config import Config
from saigen.errors import SaigenError
from saigen.figures import build_figure
from saigen.files import read_json
from saigen.grid import experiment_runs
from saigen.paper import Figure, Table, load_paper, paper_names
from saigen.records import Record
from saigen.scales import SCALES
from saigen.stats import Interval
from saigen.tables import build_table
from saigen.unfit import unfit

FACTORS = {"optimiser": ["sgd", "adam", "adagrad"], "learning_rate": [0.1, 0.01]}
CASES = [{"when": {"optimiser": "adam"}, "set": {"steps": 50}}]
TOY = {"params": {"steps": 100, "hard": True, "codes": "01"}, "factors": FACTORS, "cases": CASES}
TOY |= {"seeds": 3, "scales": {"smoke": {"steps": 5, "learning_rate": [0.1]}}}


def records_of(paper, scale, overrides=None, seeds=None, name="toy"):
    """The runs that a configuration asks for, as they are when they have ended."""
    config = Config(scale=scale, seeds=seeds, overrides={paper.name: {name: overrides or {}}})
    return [
        Record(
            Path(run.name),
            {
                "experiment": name, "variant": run.variant, "seed": run.seed, "steps": 1,
                "status": "finished", "params": json.loads(json.dumps(run.params)), "stamps": [],
                "datasets": {run.dataset: "0" * 64} if run.dataset else {},
            },
        )
        for run in experiment_runs(paper, name, config)
    ]  # fmt: skip


@pytest.mark.parametrize("scale", SCALES)
def test_what_every_paper_asks_for_is_no_change(scale):
    for paper in map(load_paper, paper_names()):
        for name in paper.experiments:
            assert changed_settings(paper, scale, records_of(paper, scale, name=name)) == {}


@pytest.mark.parametrize(
    ("overrides", "seeds", "told"),
    [
        ({}, None, ""),
        ({"steps": 100}, None, "steps 100 (100, 50)"),
        ({"steps": 7}, None, "steps 7 (100, 50)"),
        ({"hard": False}, None, "hard false (true)"),
        ({"codes": "10"}, None, "codes 10 (01)"),
        ({"dataset": "mine"}, None, "dataset mine (digits)"),
        ({"optimiser": ["adam"]}, None, "optimiser adam (sgd, adam, adagrad)"),
        ({"optimiser": ["sgd", "adagrad"]}, None, "optimiser sgd, adagrad (sgd, adam, adagrad)"),
        ({"learning_rate": [0.5]}, None, "learning_rate 0.5 (0.1, 0.01)"),
        ({"learning_rate": [0.5], "hard": False}, None,
         "hard false (true), learning_rate 0.5 (0.1, 0.01)"),
        ({"learning_rate": [0.01, 0.1]}, None, ""),
        ({"seeds": 1}, None, "seeds 1 (3)"),
        ({}, 5, "seeds 5 (3)"),
        ({"steps": 7, "seeds": 2}, None, "steps 7 (100, 50), seeds 2 (3)"),
        ({"learning_rate": [i / 10 for i in range(9)]}, None,
         "learning_rate 9 values (0.1, 0.01)"),
    ],
)  # fmt: skip
def test_a_change_is_told_beside_what_the_scale_has(overrides, seeds, told, toy_paper):
    toy = toy_paper(**TOY)
    found = changed_settings(toy, "paper", records_of(toy, "paper", overrides, seeds))
    assert found == ({"toy": told} if told else {})


def test_it_is_held_against_its_own_scale(toy_paper):
    toy = toy_paper(**TOY)
    smoke = records_of(toy, "smoke")
    assert changed_settings(toy, "smoke", smoke) == {}
    assert "steps 5 (100, 50)" in changed_settings(toy, "standard", smoke)["toy"]


@pytest.fixture
def drawn(toy_paper, tmp_path, monkeypatch):
    """Make a table and a figure of the toy under some overrides, and return their folder."""
    toy = toy_paper(**TOY).model_copy(
        update={
            "tables": {"ends": Table(what="", experiments=["toy"])},
            "figures": {"ends": Figure(caption="", tables=["ends"])},
        }
    )
    words = []

    def table(runs, published):
        return pd.DataFrame({"value": [1.0]})

    def figure(tables, samples):
        made = plt.figure()
        monkeypatch.setattr(made, "text", lambda x, y, text, **_: words.append(text))
        return made

    def function_of(paper, part, name):
        return {"tables": table, "figures": figure}[part]

    monkeypatch.setattr("saigen.tables.function_of", function_of)
    monkeypatch.setattr("saigen.figures.function_of", function_of)
    monkeypatch.setattr("saigen.figures.fingerprint", lambda module: "")
    monkeypatch.setattr("saigen.tables.tidy", lambda paper, records: {})

    def make(**overrides):
        records = records_of(toy, "quick", overrides)
        build_table(toy, "ends", "quick", records, tmp_path / "ends.csv")
        tables = {"ends": tmp_path / "ends.csv"}
        build_figure(toy, "ends", "quick", tables, [], tmp_path / "figures" / "ends.svg")
        return tmp_path, words

    return make


def test_tables_and_figures_tell_it(drawn):
    folder, words = drawn(codes="10")
    table, figure = read_json(folder / "ends.json"), read_json(folder / "figures" / "ends.json")
    assert table["changed"] == figure["changed"] == {"toy": "codes 10 (01)"}
    assert table["notes"][0] == (
        "Changed settings of toy, in brackets the scale's own: codes 10 (01)"
    )
    assert words == ["scale: quick, changed settings of toy"]


def test_nothing_is_told_where_nothing_was_changed(drawn):
    folder, words = drawn()
    table = read_json(folder / "ends.json")
    assert table["changed"] == {} and not changed_notes(table["changed"])
    assert words == ["scale: quick"]


def test_the_line_of_a_claim_on_changed_runs_says_so():
    @claim("A", says="a", where="", published="", tables=["one"])
    def one(tables):
        return within(Interval(1.0, 1.0, 1.0, 1), 0.1, 1.0)

    @claim("B", says="b", where="", published="", tables=["two"])
    def two(tables):
        return within(Interval(1.0, 1.0, 1.0, 1), 0.1, 1.0)

    tables = {name: pd.DataFrame({"value": [1.0]}) for name in ("one", "two")}
    changed = {"one": {"lab": "seeds 1 (3)", "he": "steps 7 (8)"}, "two": {}}
    why = judge([one, two], tables, "paper", changed).set_index("id")["why"]
    assert why["A"].endswith("; its tables hold runs of changed settings: he, lab")
    assert "changed" not in why["B"]
    assert judge([one], tables, "paper")["why"].str.contains("changed").sum() == 0


def test_what_does_not_fit_changed_runs_is_told_and_the_rest_made(drawn, monkeypatch):
    def stumble(*_):
        raise KeyError(0.99)

    folder, _ = drawn(codes="10")
    (folder / "figures" / "ends.svg").unlink()
    monkeypatch.setattr("saigen.figures.function_of", lambda *_: stumble)
    drawn(codes="10")
    assert (folder / "figures" / "ends.svg").is_file()
    with pytest.raises(KeyError):
        drawn()
    monkeypatch.setattr("saigen.tables.function_of", lambda *_: stumble)
    drawn(codes="10")
    made = pd.read_csv(folder / "ends.csv")["not made"].item()
    assert made == "does not fit runs of changed settings (KeyError: 0.99)"
    with pytest.raises(KeyError):
        drawn()


def test_a_table_without_columns_is_a_fault(drawn, monkeypatch):
    monkeypatch.setattr("saigen.tables.function_of", lambda *_: lambda *_: pd.DataFrame())
    with pytest.raises(SaigenError, match=r"papers/toy/tables\.py: `ends` returned no columns"):
        drawn()


def test_a_claim_that_does_not_fit_changed_runs_is_not_tested():
    @claim("A", says="a", where="", published="", tables=["one"])
    def one(tables):
        return tables["one"].set_index("value").loc[0.99]

    tables = {"one": pd.DataFrame({"value": [1.0]})}
    row = judge([one], tables, "paper", {"one": {"lab": "seeds 1 (3)"}}).iloc[0]
    assert (row["verdict"], row["why"]) == (
        "not tested",
        "the test does not fit runs of changed settings (KeyError: 0.99); its tables hold runs of "
        "changed settings: lab",
    )
    with pytest.raises(KeyError):
        judge([one], tables, "paper", {"one": {}})


def test_a_claim_on_other_rows_of_its_table_is_told_nothing():
    def read(name):
        def test(tables):
            rows = tables["one"]
            value = rows[rows["experiment"] == name]["value"].sum()
            return within(Interval(value, value, value, 1), 0.1, 1.0)

        return claim(name, says="", where="", published="", tables=["one"])(test)

    tables = {"one": pd.DataFrame({"experiment": ["lab", "he"], "value": [1.0, 1.0]})}
    changed = {"one": {"lab": "seeds 1 (3)"}}
    found = judge([read("lab"), read("he")], tables, "paper", changed).set_index("id")
    assert found["verdict"].tolist() == ["replicated", "replicated"]
    told = found["why"].str.contains("its tables hold runs of changed settings: lab")
    assert told.to_dict() == {"lab": True, "he": False}


def test_a_product_that_does_not_fit_names_no_path_of_this_machine():
    try:
        raise SaigenError("/home/me/tables.py, line 3: asks for a column") from KeyError("sgd")
    except SaigenError as problem:
        assert unfit(problem) == "does not fit runs of changed settings (KeyError: 'sgd')"
