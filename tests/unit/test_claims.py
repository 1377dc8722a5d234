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
from saigen.claims.finding import rounded
from saigen.errors import SaigenError

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
        told = "one number without scatter, judged as it is"
        assert claims.below(measured_with(-1.0, 0.0, 1)).why.endswith(told)
        assert told not in claims.below(measured_with(-1.0, 0.1, 1)).why

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

    @pytest.mark.parametrize("measure", ["difference", "ratio", "rate_difference"])
    def test_a_cell_is_not_compared_with_itself(self, measure):
        runs = panel(ours=[1.0, 5.0, 9.0], theirs=[2.0, 6.1, 9.9])
        measured = getattr(claims, measure)
        with pytest.raises(SaigenError, match="method `ours` would be compared with itself"):
            measured(runs, "nll", of="ours", against="ours", by="method")

    def test_cells_that_are_true_and_false_are_no_mask(self):
        runs = panel(ours=[1.0, 5.0, 9.0], theirs=[2.0, 6.1, 9.9])
        switched = runs.assign(method=runs["method"] == "ours")
        found = claims.difference(switched, "nll", of=True, against=False, by="method")
        assert found.value == difference(runs).value

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
        with pytest.raises(SaigenError, match="two or more levels of `size`"):
            claims.slope_of(runs[runs["size"] == runs["size"].min()], "steps", along="size")
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
        found = claims.below(difference(panel(ours=[1, 1.1, 1.2, 1], theirs=[1.5, 1.7, 1.6, LOST])))
        assert (found.verdict, found.low) == (REPLICATED, -math.inf)
        assert "theirs diverged in 1 of 4 runs" in found.why

    def test_our_own_diverged_run_forbids_being_better(self):
        found = claims.below(difference(panel(ours=[1, 1.1, 1, LOST], theirs=[9, 9.1, 9.2, 9])))
        assert (found.verdict, found.high) == (INCONCLUSIVE, math.inf)
        lost = claims.below(difference(panel(ours=[9, 9.1, 9, LOST], theirs=[1, 1.2, 1.1, 1])))
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

    def test_few_finite_pairs_need_to_point_one_way_six_times(self):
        five, six = ([LOST] * 3 + [2] * 2, [1] * 5), ([LOST] * 4 + [2] * 2, [1] * 6)
        for (theirs, ours), verdict in ((five, INCONCLUSIVE), (six, REPLICATED)):
            assert claims.below(difference(panel(ours=ours, theirs=theirs))).verdict == verdict

    @pytest.mark.parametrize("seeds", [3, 5])
    def test_chance_divergence_is_no_evidence(self, seeds):
        rng, verdicts = np.random.default_rng(15), []
        for _ in range(400):
            runs = noise(rng, {"ours": 0.0, "theirs": 0.0}, seeds)
            runs["nll"] = runs["nll"].mask(rng.random(len(runs)) < 0.3)
            verdicts.append(claims.below(difference(runs)).verdict)
        assert verdicts.count(REPLICATED) <= 400 * 0.045
        assert verdicts.count(NOT_REPLICATED) <= 400 * 0.045

    def test_a_status_column_marks_divergence_and_higher_may_be_better(self):
        runs = panel(ours=[0.9, 0.91, 0.92, 0.9], theirs=[0.5, 0.52, 0.51, 0.99])
        runs["status"] = ["finished"] * 7 + ["diverged"]
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
            ([FAILED, untested("no data")], NOT_REPLICATED, 3, 4),
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
        with pytest.raises(SaigenError, match="nothing"):
            claims.all_of([])


@pytest.mark.parametrize(
    ("interval", "shown"),
    [
        ((-1.3, -2.6, -0.018), ("−1.30", "−2.60", "−0.02")),
        ((-1.3, -2.6, -1e-9), ("−1.3000", "−2.6000", "0.0000")),  # three digits more, no further
        ((0.5, 0.0, 1.0), ("0.50", "0.00", "1.00")),
        ((170.0, 157.0, 183.0), ("170", "157", "183")),
    ],
)
def test_a_bound_that_is_not_0_is_not_shown_as_0(interval, shown):
    assert rounded(*interval) == shown


def test_a_finding_has_one_line_and_a_known_verdict():
    assert untested("two\nlines").why == "two lines"
    with pytest.raises(ValueError, match="no such verdict"):
        Finding(1, 0, 2, 3, "proved", "")


def test_nothing_here_imports_tensorflow():
    import subprocess
    import sys

    code = "import sys, saigen.claims, saigen.report; assert 'tensorflow' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
