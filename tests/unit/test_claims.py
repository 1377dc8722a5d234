"""Every judgement must be able to fail: planted truths, falsehoods and doubts, and pure noise."""

import math

import numpy as np
import pandas as pd
import pytest

from saigen import claims
from saigen.claims import (
    INCONCLUSIVE,
    NOT_REPLICATED,
    NOT_TESTED,
    REPLICATED,
    Finding,
    measured_with,
    untested,
)
from saigen.errors import SaigenError, UsageError

LOST = math.nan


def panel(**cells):
    """Tidy runs from `cell=[value of seed 0, of seed 1, …]`."""
    return pd.DataFrame(
        [
            {"method": cell, "seed": seed, "nll": value}
            for cell, values in cells.items()
            for seed, value in enumerate(values)
        ]
    )


def noise(rng, cells, seeds, spread=1.0):
    return panel(**{cell: rng.normal(m, spread, seeds) for cell, m in cells.items()})


def lowest(runs, **more):
    return claims.lowest(runs, "nll", of="ours", by="method", **more)


def difference(runs, **more):
    return claims.difference(runs, "nll", of="ours", against="theirs", by="method", **more)


class TestBounds:
    @pytest.mark.parametrize(
        ("value", "verdict"), [(-1.0, REPLICATED), (1.0, NOT_REPLICATED), (0.1, INCONCLUSIVE)]
    )
    def test_below_and_its_mirror(self, value, verdict):
        assert claims.below(measured_with(value, 0.2, 9)).verdict == verdict
        assert claims.above(measured_with(-value, 0.2, 9)).verdict == verdict

    def test_exactly_at_the_bound_is_not_beyond_it(self):
        assert claims.below(measured_with(0.0, 0.0, 1)).verdict == NOT_REPLICATED
        assert claims.above(measured_with(0.0, 0.0, 1)).verdict == NOT_REPLICATED

    @pytest.mark.parametrize(
        ("value", "verdict"),
        [(0.9, REPLICATED), (2.0, NOT_REPLICATED), (1.2, INCONCLUSIVE), (-3.0, NOT_REPLICATED)],
    )
    def test_within_is_an_equivalence(self, value, verdict):
        assert claims.within(measured_with(value, 0.05, 9), 0.2, around=1.0).verdict == verdict

    def test_a_wide_interval_is_no_equivalence(self):
        assert claims.within(measured_with(0.0, 5.0, 9), 0.2).verdict == INCONCLUSIVE
        with pytest.raises(ValueError, match="margin"):
            claims.within(measured_with(0.0, 5.0, 9), 0.0)

    def test_one_run_is_never_a_verdict_but_an_error_of_its_own_is(self):
        one = claims.below(difference(panel(ours=[1.0], theirs=[9.0])))
        assert (one.verdict, one.n, one.measured) == (INCONCLUSIVE, 1, -8.0)
        assert "one run" in one.why
        assert claims.below(measured_with(-8.0, 0.1, 1000)).verdict == REPLICATED

    def test_false_alarms_of_a_null_difference(self):
        rng, verdicts = np.random.default_rng(6), []
        for _ in range(400):
            verdicts.append(claims.below(difference(noise(rng, {"ours": 0, "theirs": 0}, 4))))
        wrong = [f.verdict for f in verdicts]
        assert wrong.count(REPLICATED) < 400 * 0.05
        assert wrong.count(NOT_REPLICATED) < 400 * 0.05


class TestMeasures:
    def test_difference_pairs_seeds_whatever_the_order_of_rows(self):
        runs = panel(ours=[1.0, 5.0, 9.0], theirs=[2.0, 6.1, 9.9])
        found = difference(runs.sample(frac=1.0, random_state=1))
        assert found == difference(runs)
        assert found.value == pytest.approx(-1.0)
        assert claims.below(found).verdict == REPLICATED

    def test_difference_reads_long_tables_too(self):
        wide = panel(ours=[1.0, 5.0], theirs=[2.0, 6.1])
        long = wide.rename(columns={"nll": "value"}).assign(metric="nll")
        assert difference(long) == difference(wide)

    def test_difference_tells_of_pairs_that_lack_a_run(self):
        found = difference(panel(ours=[1.0, 5.0, 2.0], theirs=[2.0, 6.1]))
        assert found.n == 2
        assert "1 of 3 pairs lack a run" in found.note

    def test_ratio_is_the_geometric_mean(self):
        runs = panel(ours=[2.0, 8.0], theirs=[1.0, 2.0])
        found = claims.ratio(runs, "nll", of="ours", against="theirs", by="method")
        assert found.value == pytest.approx(math.sqrt(2.0 * 4.0))
        with pytest.raises(SaigenError, match="positive"):
            claims.ratio(
                panel(ours=[0.0], theirs=[1.0]), "nll", of="ours", against="theirs", by="method"
            )

    def test_slope_over_seeds_and_of_one_fit(self):
        rng, sizes = np.random.default_rng(7), [2, 4, 8, 16, 32]
        rows = [
            {"size": size, "seed": seed, "steps": size**0.4 * math.exp(rng.normal(0, 0.05))}
            for size in sizes
            for seed in range(4)
        ]
        runs = pd.DataFrame(rows)
        over_seeds = claims.slope_of(runs, "steps", along="size")
        assert over_seeds.n == 4
        assert claims.within(over_seeds, 0.1, around=0.4).verdict == REPLICATED
        one = claims.slope_of(runs.query("seed == 0"), "steps", along="size")
        assert one.n == 5
        assert claims.below(one, 1.0).verdict == REPLICATED
        runs.loc[3, "steps"] = math.inf
        lost = claims.below(claims.slope_of(runs, "steps", along="size"), 1.0)
        assert lost.verdict == INCONCLUSIVE
        assert "diverged in 1 of 4" in lost.why

    def test_rate_difference_is_mcnemar_over_cases(self):
        won = {"ours": [1] * 9 + [0] * 3, "theirs": [0] * 9 + [0, 0, 1]}
        found = claims.rate_difference(
            panel(**won), "nll", of="ours", against="theirs", by="method"
        )
        assert found.value == pytest.approx(8 / 12)
        assert found.p == pytest.approx(2 * 11 / 2**10)
        assert claims.above(found).verdict == REPLICATED
        booleans = panel(**{k: [bool(x) for x in v] for k, v in won.items()})
        assert found == claims.rate_difference(
            booleans, "nll", of="ours", against="theirs", by="method"
        )
        few = panel(ours=[1, 1, 1], theirs=[0, 0, 0])
        found = claims.rate_difference(few, "nll", of="ours", against="theirs", by="method")
        assert claims.above(found).verdict == INCONCLUSIVE

    def test_a_forgotten_factor_is_a_fault_of_the_test(self):
        twice = pd.concat([panel(ours=[1.0], theirs=[2.0])] * 2)
        with pytest.raises(ValueError, match="choose the other factors"):
            difference(twice)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"against": "thiers"}, "did you mean `theirs`"),
            ({"by": "metod"}, "did you mean `method`"),
            ({"paired_on": "sead"}, "did you mean `seed`"),
            ({"metric": "nil"}, "did you mean `nll`"),
        ],
    )
    def test_what_the_table_lacks_is_named(self, change, message):
        ask = {"metric": "nll", "of": "ours", "against": "theirs", "by": "method"} | change
        with pytest.raises(SaigenError, match=message):
            claims.difference(panel(ours=[1.0], theirs=[2.0]), **ask)


class TestDivergence:
    def test_a_rival_that_diverged_counts_for_us_and_is_told(self):
        found = claims.below(difference(panel(ours=[1, 1.1, 1.2], theirs=[1.5, 1.7, LOST])))
        assert (found.verdict, found.low) == (REPLICATED, -math.inf)
        assert "theirs diverged in 1 of 3 runs" in found.why

    def test_our_own_diverged_run_forbids_being_better(self):
        found = claims.below(difference(panel(ours=[1, 1.1, LOST], theirs=[9, 9.1, 9.2])))
        assert (found.verdict, found.high) == (INCONCLUSIVE, math.inf)
        lost = claims.below(difference(panel(ours=[9, 9.1, LOST], theirs=[1, 1.2, 1.1])))
        assert lost.verdict == NOT_REPLICATED

    def test_every_run_diverged_settles_it_from_three_seeds_on(self):
        assert (
            claims.below(difference(panel(ours=[1, 2, 3], theirs=[LOST] * 3))).verdict == REPLICATED
        )
        assert (
            claims.below(difference(panel(ours=[LOST] * 3, theirs=[1, 2, 3]))).verdict
            == NOT_REPLICATED
        )
        assert (
            claims.below(difference(panel(ours=[1, 2], theirs=[LOST] * 2))).verdict == INCONCLUSIVE
        )
        both = claims.below(difference(panel(ours=[LOST] * 3, theirs=[LOST] * 3)))
        assert both.verdict == INCONCLUSIVE

    def test_a_status_column_marks_divergence_and_higher_may_be_better(self):
        runs = panel(ours=[0.9, 0.91, 0.92], theirs=[0.5, 0.52, 0.99])
        runs["status"] = ["finished"] * 5 + ["diverged"]
        found = claims.above(difference(runs, better="higher"))
        assert (found.verdict, found.high) == (REPLICATED, math.inf)

    def test_a_mean_with_a_diverged_run_is_open_on_the_bad_side(self):
        runs = panel(ours=[0.95, 0.96, 0.955, LOST])
        mean = claims.mean_of(runs, "nll", better="higher")
        assert mean.low == -math.inf
        assert claims.above(mean, 0.9).verdict == INCONCLUSIVE
        assert claims.above(mean, 0.99).verdict == NOT_REPLICATED
        assert claims.above(claims.mean_of(runs.dropna(), "nll"), 0.9).verdict == REPLICATED

    @pytest.mark.parametrize("values", [[LOST], [LOST, LOST], [LOST, 1.0]])
    def test_a_mean_of_nothing_finite_is_inconclusive(self, values):
        found = claims.below(claims.mean_of(panel(ours=values), "nll"), 2.0)
        assert found.verdict == INCONCLUSIVE
        assert "diverged" in found.why

    def test_rankings_put_the_diverged_last(self):
        runs = panel(ours=[1, 1.1, 1.05], theirs=[2, 2.2, 2.1], sf=[LOST] * 3)
        found = lowest(runs)
        assert found.verdict == REPLICATED
        assert "sf diverged in 3 of 3 runs" in found.why
        order = claims.ordered(runs, "nll", by="method", published=["ours", "theirs", "sf"])
        assert order.verdict == REPLICATED


class TestLowest:
    def test_true_false_and_doubtful(self):
        rng = np.random.default_rng(8)
        true = lowest(noise(rng, {"ours": 59.0, "a": 61.0, "b": 63.0}, 5, 0.2))
        assert true.verdict == REPLICATED
        assert true.measured == pytest.approx(-2.0, abs=0.4)
        assert true.why.startswith("ours − a = −")
        false = lowest(noise(rng, {"ours": 63.0, "a": 61.0, "b": 70.0}, 5, 0.2))
        assert false.verdict == NOT_REPLICATED
        assert false.measured > 0 < false.low
        assert "beaten by a" in false.why
        doubt = lowest(noise(rng, {"ours": 59.0, "a": 59.01, "b": 63.0}, 5, 0.2))
        assert doubt.verdict == INCONCLUSIVE

    def test_highest_is_its_mirror(self):
        rng = np.random.default_rng(9)
        runs = noise(rng, {"ours": 0.9, "a": 0.8, "b": 0.7}, 4, 0.01)
        found = claims.highest(runs, "nll", of="ours", by="method")
        assert found.verdict == REPLICATED
        assert 0 < found.low < found.measured < found.high
        assert lowest(runs).verdict == NOT_REPLICATED

    def test_holm_shields_the_claim_from_many_rivals(self):
        # One rival of eight is ahead with p just under 5%: by chance alone one in three would be.
        gaps = np.array([0.2, 0.5, 0.9, 1.2, 0.3])
        even = np.array([1.0, -1.0, 0.5, -0.5, 0.1])
        runs = panel(ours=[0.0] * 5, best=-gaps, **{f"r{k}": even for k in range(7)})
        assert lowest(runs, correct="none").verdict == NOT_REPLICATED
        assert lowest(runs).verdict == INCONCLUSIVE

    @pytest.mark.parametrize("rivals", [1, 3])
    def test_pure_noise_is_confirmed_or_refuted_in_one_of_forty_at_most(self, rivals):
        rng, trials = np.random.default_rng(10), 600
        cells = {"ours": 0.0} | {f"r{k}": 0.0 for k in range(rivals)}
        verdicts = [lowest(noise(rng, cells, 5)).verdict for _ in range(trials)]
        # 2.5% and two and a half standard errors of the simulation.
        limit = trials * 0.025 + 2.5 * math.sqrt(trials * 0.025 * 0.975)
        assert verdicts.count(REPLICATED) <= limit
        assert verdicts.count(NOT_REPLICATED) <= limit * (1 if rivals == 1 else 2)

    def test_one_seed_and_no_rival(self):
        assert lowest(panel(ours=[1.0], a=[2.0])).verdict == INCONCLUSIVE
        with pytest.raises(SaigenError, match="no rival"):
            lowest(panel(ours=[1.0, 2.0]))
        with pytest.raises(SaigenError, match="no runs of method `ours`"):
            lowest(panel(a=[1.0, 2.0], b=[1.0, 2.0]))


PUBLISHED = {"gs": 59.0, "stgs": 59.7, "slope": 61.1, "st": 61.8, "muprop": 63.0}


class TestOrders:
    def order(self, cells, seeds=4, spread=0.1):
        runs = noise(np.random.default_rng(11), cells, seeds, spread)
        return claims.ordered(runs, "nll", by="method", published=PUBLISHED)

    def test_true_false_and_doubtful(self):
        assert self.order(PUBLISHED).verdict == REPLICATED
        turned = dict(zip(PUBLISHED, reversed(PUBLISHED.values()), strict=True))
        found = self.order(turned)
        assert (found.verdict, found.measured) == (NOT_REPLICATED, pytest.approx(-1.0))
        assert found.why.endswith("measured order muprop < st < slope < stgs < gs")
        assert self.order(PUBLISHED, spread=3.0).verdict == INCONCLUSIVE
        assert self.order(PUBLISHED, seeds=1).verdict == INCONCLUSIVE

    @pytest.mark.parametrize("seeds", [2, 3, 5])
    def test_noise_seldom_falls_into_the_published_order(self, seeds):
        rng, cells = np.random.default_rng(12), dict.fromkeys(["a", "b", "c"], 0.0)
        found = [
            claims.ordered(noise(rng, cells, seeds), "nll", by="method", published=list(cells))
            for _ in range(200)
        ]
        assert sum(f.verdict == REPLICATED for f in found) <= 200 * 0.06

    def test_two_cells_are_no_order(self):
        with pytest.raises(ValueError, match="three or more"):
            claims.ordered(panel(a=[1], b=[2]), "nll", by="method", published=["a", "b"])

    def trend(self, slope, direction="falls", seeds=4, spread=0.2):
        rng = np.random.default_rng(13)
        runs = pd.DataFrame(
            {"batch": b, "seed": s, "steps": slope * math.log2(b) + rng.normal(0, spread)}
            for b in (16, 2, 4, 8)
            for s in range(seeds)
        )
        return claims.trend(runs, "steps", along="batch", direction=direction)

    def test_trend_true_false_and_doubtful(self):
        assert self.trend(-1.0).verdict == REPLICATED
        assert self.trend(1.0).verdict == NOT_REPLICATED
        assert self.trend(1.0, "rises").verdict == REPLICATED
        assert self.trend(0.0).verdict == INCONCLUSIVE
        assert self.trend(-1.0, seeds=1).verdict == INCONCLUSIVE

    def test_a_trend_of_noise_is_seldom_seen(self):
        rng, hits = np.random.default_rng(14), 0
        for _ in range(200):
            rows = [(b, s, rng.normal()) for b in (1, 2, 4, 8) for s in range(3)]
            runs = pd.DataFrame(rows, columns=["batch", "seed", "steps"])
            found = claims.trend(runs, "steps", along="batch", direction="falls")
            hits += found.verdict == REPLICATED
        assert hits <= 200 * 0.05


class TestConjunction:
    HELD, FAILED = Finding(1, 0, 2, 5, REPLICATED, "a"), Finding(3, 2, 4, 4, NOT_REPLICATED, "b")
    OPEN = Finding(5, -1, 9, 3, INCONCLUSIVE, "c")

    @pytest.mark.parametrize(
        ("parts", "verdict", "measured", "n"),
        [
            ([HELD, HELD], REPLICATED, 1, 5),
            ([HELD, OPEN], INCONCLUSIVE, 5, 3),
            ([OPEN, HELD, FAILED], NOT_REPLICATED, 3, 3),
            ([OPEN, untested("no data")], NOT_TESTED, math.nan, 0),
            ([FAILED, untested("no data")], NOT_REPLICATED, 3, 0),
        ],
    )
    def test_the_weakest_part_decides(self, parts, verdict, measured, n):
        found = claims.all_of(parts)
        assert found.verdict == verdict
        assert found.measured == pytest.approx(measured, nan_ok=True)
        assert found.n == n

    def test_parts_may_be_named(self):
        found = claims.all_of({"MNIST": self.HELD, "CIFAR-10": self.FAILED})
        assert found.why == "1 of 2 parts hold; CIFAR-10: b"
        with pytest.raises(ValueError, match="nothing"):
            claims.all_of([])


def planted(name="C1", needs="standard", tables=("runs",), test=None):
    decorate = claims.claim(
        name, says="x < y", where="Table 1", published="59", needs=needs, tables=tables
    )
    return decorate(test or (lambda t: lowest(t["runs"])))


GOOD = panel(ours=[1.0, 1.1, 1.2], a=[2.0, 2.2, 2.1])


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
        with pytest.raises(KeyError, match="undeclared"):
            claims.judge([planted(test=lambda t: t["undeclared"])], {"runs": GOOD}, "paper")
        with pytest.raises(ValueError, match="two claims"):
            claims.judge([planted(), planted()], {"runs": GOOD}, "paper")
        with pytest.raises(ValueError, match="did you mean `quick`"):
            planted(needs="quik")
        with pytest.raises(UsageError, match="did you mean `smoke`"):
            claims.judge([], {}, "smok")

    def test_a_module_gives_its_claims_in_the_order_they_were_written(self):
        import types

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


def test_a_finding_has_one_line_and_a_known_verdict():
    assert untested("two\nlines").why == "two lines"
    with pytest.raises(ValueError, match="no such verdict"):
        Finding(1, 0, 2, 3, "proved", "")


def test_nothing_here_imports_tensorflow():
    import subprocess
    import sys

    code = "import sys, saigen.claims, saigen.report; assert 'tensorflow' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
