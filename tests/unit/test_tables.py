"""What runs ended with: no run vanishes, and no earlier value stands in for an end."""

import math

import pandas as pd
import pytest

from saigen import claims
from saigen.tables import aggregate, final, final_by_label

STEPS = 100


def run(method, seed, *rows, status="finished"):
    """Tidy rows of one run from `(step, metric, value)`."""
    labels = {"method": method, "seed": seed, "status": status}
    return [labels | dict(zip(("step", "metric", "value"), row, strict=True)) for row in rows]


def finished(method, seed, nll):
    return run(method, seed, (50, "nll", nll + 9.0), (STEPS, "nll", nll), (STEPS, "loss", 1.0))


def lost(method, seed, *earlier):
    return run(method, seed, *earlier, (70, "loss", math.nan), status="diverged")


@pytest.fixture
def runs():
    """Method a is better in each pair, and diverges in two of four: once evaluated, once not."""
    rows = [*finished("a", 0, 1.0), *finished("a", 1, 1.1)]
    rows += [*lost("a", 2, (50, "nll", 0.5)), *lost("a", 3)]
    for seed in range(4):
        rows += finished("b", seed, 2.0 + 0.1 * seed)
    return pd.DataFrame(rows)


class TestFinal:
    def test_every_run_has_a_row_and_the_diverged_have_no_numbers(self, runs):
        found = final(runs, ["nll"])
        assert list(found.columns) == ["method", "seed", "status", "nll"]
        assert len(found) == 8
        assert found["nll"].isna().tolist() == [False, False, True, True, *[False] * 4]
        assert (found["status"] == "diverged").equals(found["nll"].isna())

    def test_a_metric_that_no_run_reached_has_its_column(self, runs):
        found = final(runs[runs["status"] == "diverged"], ["nll", "test_nll"])
        assert found[["nll", "test_nll"]].isna().all(axis=None)
        assert len(found) == 2

    def test_a_value_along_the_way_is_no_end(self):
        rows = run("a", 0, (50, "nll", 3.0), (STEPS, "loss", 1.0))
        assert final(pd.DataFrame(rows))["nll"].isna().all()

    def test_nan_at_the_end_is_not_what_was_before(self):
        rows = run("a", 0, (50, "nll", 3.0), (STEPS, "nll", math.nan), (STEPS, "loss", 1.0))
        found = final(pd.DataFrame(rows))
        assert found["nll"].isna().all()
        assert found["loss"].tolist() == [1.0]

    def test_the_last_row_is_the_last_step_in_whatever_order(self, runs):
        shuffled = runs.sample(frac=1.0, random_state=0)
        one, other = final(shuffled), final(runs)
        one = one.sort_values(["method", "seed"], ignore_index=True)[other.columns]
        pd.testing.assert_frame_equal(one, other)

    def test_an_empty_setting_is_a_setting(self, runs):
        found = final(runs.assign(temperature=runs["method"].map({"a": 0.5})), ["nll"])
        assert found["method"].value_counts().to_dict() == {"a": 4, "b": 4}
        assert found.loc[found["method"] == "b", "nll"].notna().all()


def test_divergence_is_not_averaged_away(runs):
    found = aggregate(final(runs, ["nll"]), ["method"], "nll").set_index("method")
    assert found["n"].to_dict() == {"a": 4, "b": 4}
    assert found.loc["a", ["mean", "low", "high"]].isna().all()
    assert found.loc["a", "values"] == "1 1.1 nan nan"
    assert found.loc["b", "mean"] == pytest.approx(2.15)


def test_a_diverged_run_counts_whatever_its_value(runs):
    along = runs[(runs["metric"] == "nll") & (runs["step"] == 50)].drop(columns="metric")
    found = aggregate(along, ["method"], "value").set_index("method")
    assert found.loc["a", "n"] == 3
    assert math.isnan(found.loc["a", "mean"])


def test_what_diverges_in_half_of_its_runs_is_not_better(runs):
    gap = claims.difference(final(runs, ["nll"]), "nll", of="a", against="b", by="method")
    assert gap.n == 4
    assert claims.below(gap).verdict == claims.INCONCLUSIVE
    assert "a diverged in 2 of 4 runs" in gap.note


class TestFinalByLabel:
    def test_labels_become_columns_and_numbers_where_they_are(self):
        rows = run("a", 0, (STEPS, "bias/gs/10", 1.0), (STEPS, "bias/st/2", 2.0), (STEPS, "l", 0.0))
        found = final_by_label(pd.DataFrame(rows), ["estimator", "count"])
        assert found[["estimator", "count", "bias"]].to_numpy().tolist() == [
            ["gs", 10, 1.0],
            ["st", 2, 2.0],
        ]

    def test_a_run_without_any_has_a_row_a_label(self):
        rows = run("a", 0, (STEPS, "bias/gs", 1.0), (STEPS, "bias/st", 2.0)) + lost("a", 1)
        found = final_by_label(pd.DataFrame(rows), ["estimator"])
        assert found["seed"].value_counts().to_dict() == {0: 2, 1: 2}
        assert found[found["seed"] == 1]["bias"].isna().all()

    def test_a_value_along_the_way_is_no_end(self):
        rows = run("a", 0, (50, "bias/gs", 3.0), (STEPS, "loss", 1.0))
        assert final_by_label(pd.DataFrame(rows), ["estimator"])["bias"].isna().all()
