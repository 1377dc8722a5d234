"""Registering, gating by scale, and writing verdicts down."""

import sys
import types

import pandas as pd
import pytest

from saigen import claims
from saigen.claims import NOT_TESTED, REPLICATED
from saigen.errors import SaigenError, UsageError

GOOD = pd.DataFrame(
    {
        "method": ["ours"] * 3 + ["a"] * 3,
        "seed": [0, 1, 2] * 2,
        "nll": [1.0, 1.1, 1.2, 2.0, 2.2, 2.1],
    }
)


def lowest(runs):
    return claims.lowest(runs, "nll", of="ours", by="method")


def planted(name="C1", needs="standard", tables=("runs",), test=None):
    decorate = claims.claim(
        name, says="x < y", where="Table 1", published="59", needs=needs, tables=tables
    )
    return decorate(test or (lambda t: lowest(t["runs"])))


class TestJudge:
    def test_columns_and_a_verdict(self):
        frame = claims.judge([planted()], {"runs": GOOD}, "standard")
        assert tuple(frame.columns) == claims.COLUMNS
        row = frame.iloc[0]
        assert (row.id, row.claim, row.n, row.verdict) == ("C1", "x < y", 3, REPLICATED)

    def test_below_the_scale_it_is_not_tested_but_keeps_what_was_measured(self):
        row = claims.judge([planted()], {"runs": GOOD}, "quick").iloc[0]
        assert row.verdict == NOT_TESTED
        assert row.measured < 0
        assert row.n == 3
        reads = "needs the standard scale; at quick the test would read replicated: ours − a"
        assert row.why.startswith(reads)

    @pytest.mark.parametrize(
        ("scale", "tested"),
        [("smoke", False), ("quick", False), ("standard", True), ("paper", True)],
    )
    def test_the_gate_opens_at_the_needed_scale(self, scale, tested):
        verdict = claims.judge([planted()], {"runs": GOOD}, scale).iloc[0].verdict
        assert (verdict != NOT_TESTED) == tested

    @pytest.mark.parametrize(
        ("tables", "why"),
        [
            ({}, "table runs is not there"),
            ({"runs": GOOD.head(0)}, "table runs has no rows"),
            ({"runs": GOOD.query("method == 'a'")}, "no runs of method `ours`"),
        ],
    )
    def test_lacking_data_is_not_tested_with_the_reason(self, tables, why):
        row = claims.judge([planted()], tables, "paper").iloc[0]
        assert (row.verdict, row.n) == (NOT_TESTED, 0)
        assert why in row.why

    def test_faults_of_the_test_are_raised(self):
        with pytest.raises(KeyError, match="column"):
            claims.judge([planted(test=lambda t: t["runs"]["column"])], {"runs": GOOD}, "paper")
        with pytest.raises(UsageError, match="did you mean `smoke`"):
            claims.judge([], {}, "smok")

    def test_faults_of_its_declaration_are_told_with_the_file(self):
        file = r"test_claims_judge\.py: "
        told = "claim C1 reads table `run`, which is not among its `tables`; did you mean `runs`"
        with pytest.raises(SaigenError, match=file + told):
            claims.judge([planted(test=lambda t: t["run"])], {"runs": GOOD}, "paper")
        with pytest.raises(SaigenError, match=file + "two claims are called C1; rename one"):
            claims.judge([planted(), planted()], {"runs": GOOD}, "paper")
        with pytest.raises(SaigenError, match=file + "claim C1: `needs: quik` is not a scale; did"):
            planted(needs="quik")

    def test_a_table_that_no_paper_yaml_has_is_told(self, monkeypatch):
        module = types.SimpleNamespace(CLAIMS=[planted(tables=["runs"])])
        monkeypatch.setitem(sys.modules, "planted_claims", module)
        assert claims.claims_in("planted_claims", ["runs", "other"]) == module.CLAIMS
        told = (
            r"py: claim C1: `tables` names `runs`, which paper\.yaml does not; did you mean `run`"
        )
        with pytest.raises(SaigenError, match=told):
            claims.claims_in("planted_claims", ["run", "other"])

    def test_a_module_gives_its_claims_in_the_order_they_were_written(self):
        module = types.ModuleType("paper")
        vars(module).update(second=planted("B"), helper=len, first=planted("A"))
        assert [c.id for c in claims.claims_of(module)] == ["B", "A"]
        assert claims.judge(module, {"runs": GOOD}, "paper").id.tolist() == ["B", "A"]

    def test_written_verdicts_read_back(self, tmp_path):
        frame = claims.judge([planted(), planted("C2", tables=["gone"])], {"runs": GOOD}, "quick")
        claims.write(frame, tmp_path / "deep" / "claims.csv")
        back = pd.read_csv(tmp_path / "deep" / "claims.csv", dtype={"published": str})
        pd.testing.assert_frame_equal(back, frame, check_dtype=False)
        assert not list((tmp_path / "deep").glob(".*"))

    def test_no_claims_are_an_empty_frame(self):
        assert tuple(claims.judge([], {}, "quick").columns) == claims.COLUMNS
