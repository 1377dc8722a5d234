"""The laws that intervals and tests must obey, and their agreement with scipy and by hand."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats as reference

from saigen import stats

numbers = st.floats(-1e3, 1e3, allow_nan=False).map(lambda x: round(x, 3))
samples = st.lists(numbers, min_size=2, max_size=12)
INTERVALS = [stats.t_interval, lambda x: stats.bootstrap_mean(x, resamples=299)]
NAMES = ["student", "bootstrap"]


@pytest.mark.parametrize("interval", INTERVALS, ids=NAMES)
class TestIntervalOfTheMean:
    @given(values=samples)
    @settings(max_examples=40, deadline=None)
    def test_holds_the_mean_and_counts_the_runs(self, interval, values):
        found = interval(values)
        assert found.n == len(values)
        assert found.value == pytest.approx(np.mean(values), abs=1e-9)
        assert found.low <= found.value + 1e-9
        assert found.value <= found.high + 1e-9

    @given(values=samples, seed=st.integers(0, 99))
    @settings(max_examples=25, deadline=None)
    def test_does_not_depend_on_the_order_of_the_runs(self, interval, values, seed):
        shuffled = np.random.default_rng(seed).permutation(values)
        one, other = interval(values), interval(shuffled)
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=1e-9)

    @given(values=samples, shift=numbers, scale=st.floats(0.1, 10.0))
    @settings(max_examples=25, deadline=None)
    def test_moves_and_stretches_with_the_unit(self, interval, values, shift, scale):
        one, other = interval(values), interval(scale * np.array(values) + shift)
        expected = (scale * one.low + shift, scale * one.high + shift)
        assert (other.low, other.high) == pytest.approx(expected, rel=1e-6, abs=1e-6)

    @pytest.mark.parametrize("values", [[], [3.0]])
    def test_needs_two_runs(self, interval, values):
        found = interval(values)
        assert math.isnan(found.low)
        assert math.isnan(found.high)

    @pytest.mark.parametrize("bad", [math.nan, math.inf])
    def test_never_drops_a_value_that_is_not_finite(self, interval, bad):
        found = interval([1.0, 2.0, bad])
        assert found.n == 3
        assert all(map(math.isnan, (found.value, found.low, found.high)))

    def test_has_no_width_where_all_runs_agree(self, interval):
        found = interval([0.1, 0.1, 0.1])
        assert (found.value, found.low, found.high) == (0.1, 0.1, 0.1)


def test_t_interval_matches_scipy_and_covers_at_five_seeds():
    values = [58.5, 58.9, 59.3, 58.1, 58.7]
    expected = reference.ttest_1samp(values, 0.0).confidence_interval(0.95)
    found = stats.t_interval(values)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    draws = np.random.default_rng(1).normal(3.0, 2.0, size=(400, 5))
    covered = [(i := stats.t_interval(row)).low <= 3.0 <= i.high for row in draws]
    assert 0.92 < np.mean(covered) < 0.98


def test_bootstrap_matches_scipy_and_repeats_bit_for_bit():
    values = np.random.default_rng(2).normal(size=9)
    found = stats.bootstrap_mean(values, seed=5)
    rng = np.random.Generator(np.random.Philox(5))
    expected = reference.bootstrap((np.sort(values),), np.mean, method="percentile", rng=rng)
    assert (found.low, found.high) == tuple(map(float, expected.confidence_interval))
    assert found == stats.bootstrap_mean(values, seed=5)
    assert found != stats.bootstrap_mean(values, seed=6)


@given(pairs=st.lists(st.tuples(numbers, numbers), min_size=2, max_size=10))
@settings(max_examples=60, deadline=None)
def test_paired_difference_matches_scipy_and_turns_with_its_arguments(pairs):
    a, b = np.array(pairs).T
    found, turned = stats.paired_difference(a, b), stats.paired_difference(b, a)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    assert turned.p == pytest.approx(found.p)
    if np.ptp(a - b) > 1e-6:
        assert found.p == pytest.approx(reference.ttest_rel(a, b).pvalue, abs=1e-9)
        # The interval and the test are two readings of the same thing.
        assert (found.low > 0 or found.high < 0) == (found.p < 0.05)


def test_paired_difference_at_its_limits():
    assert stats.paired_difference([1, 2], [1, 2]).p == 1.0
    assert stats.paired_difference([2, 3], [1, 2]).p == 0.0
    assert math.isnan(stats.paired_difference([1], [2]).p)
    with pytest.raises(ValueError, match="equal lengths"):
        stats.paired_difference([1, 2], [1])


probabilities = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8)


@given(p=probabilities)
def test_holm_lies_between_the_raw_p_and_bonferroni_and_keeps_the_order(p):
    adjusted = stats.holm(p)
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= np.minimum(np.array(p) * len(p), 1.0) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0.0).all()


def test_proportion_is_wilsons_and_turns_with_its_cases():
    """Centre (k + z²/2) / (n + z²); known ends for none of n: 0 and z² / (n + z²)."""
    z2 = reference.norm.ppf(0.975) ** 2
    none = stats.proportion(0, 30)
    assert (none.value, none.low) == (0.0, 0.0) and none.high == pytest.approx(z2 / (30 + z2))
    some, others = stats.proportion(7, 30), stats.proportion(23, 30)
    assert (some.low + some.high) / 2 == pytest.approx((7 + z2 / 2) / (30 + z2))
    assert (others.low, others.high) == pytest.approx((1 - some.high, 1 - some.low))
    assert stats.proportion(0, 0).n == 0 and np.isnan(stats.proportion(0, 0).low)


def test_holm_by_hand_and_without_the_untested():
    assert stats.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert stats.holm([0.01, math.nan, 0.04]) == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)
    assert stats.holm([]).size == 0


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_mcnemar_interval_reads_as_its_p(only_a, only_b, both):
    n = only_a + only_b + both + 1
    found, turned = stats.mcnemar(only_a, only_b, n), stats.mcnemar(only_b, only_a, n)
    assert found.value == pytest.approx((only_a - only_b) / n)
    assert turned.p == pytest.approx(found.p)
    assert found.low <= found.value <= found.high
    assert (found.low > 0 or found.high < 0) == (found.p < 0.05)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 9), st.integers(0, 9))
def test_cochran_of_two_methods_is_mcnemar_uncorrected(only_a, only_b, both, neither):
    cells = [(1, 0)] * only_a + [(0, 1)] * only_b + [(1, 1)] * both + [(0, 0)] * (neither + 1)
    q, p = stats.cochran(cells)
    apart = only_a + only_b
    assert q == pytest.approx((only_a - only_b) ** 2 / apart if apart else 0.0)
    assert p == pytest.approx(reference.chi2.sf(q, 1))


def test_cochran_has_its_mean_over_all_orders_within_cases():
    """Where methods are alike, Q has mean k − 1, exactly, over all ways to deal a case's wins."""
    cases = [(1, 0, 0), (1, 1, 0), (1, 0, 0), (1, 1, 1)]
    orders = [sorted(set(itertools.permutations(case))) for case in cases]
    found = [stats.cochran(rows)[0] for rows in itertools.product(*orders)]
    assert np.mean(found) == pytest.approx(2.0)


def test_mcnemar_gives_the_figures_known_for_the_200_architectures():
    assert stats.mcnemar(8, 0, 200).p == pytest.approx(2 * 0.5**8)
    assert stats.mcnemar(6, 0, 200).p == pytest.approx(0.03125)
    assert stats.mcnemar(147, 0, 200).p == pytest.approx(1e-44, rel=0.2)
    with pytest.raises(ValueError, match="do not fit"):
        stats.mcnemar(3, 2, 4)


@given(st.permutations(list(range(6))))
def test_kendall_tau_is_one_in_order_and_turns_with_the_order(order):
    assert stats.kendall_tau(order, order) == pytest.approx(1.0)
    assert stats.kendall_tau(order, [-x for x in order]) == pytest.approx(-1.0)
    tau = stats.kendall_tau(range(6), order)
    assert tau == pytest.approx(reference.kendalltau(range(6), order).statistic)


def test_kendall_tau_ranks_infinity_last_and_refuses_nan():
    assert stats.kendall_tau([1, 2, 3], [0.1, 5.0, math.inf]) == pytest.approx(1.0)
    assert stats.kendall_tau([1, 2, 3], [4.0, 4.0, 4.0]) == 0.0
    with pytest.raises(ValueError, match="nan"):
        stats.kendall_tau([1, 2], [1, math.nan])


def test_page_trend_matches_scipy_and_mirrors():
    rows = np.random.default_rng(4).normal(size=(4, 5)) + np.arange(5)
    rises, falls = stats.page_trend(rows)
    assert rises == pytest.approx(reference.page_trend_test(rows).pvalue)
    assert stats.page_trend(-rows) == pytest.approx((falls, rises))
    assert rises < 0.01 < 0.99 < falls
    rows[:, -1] = math.inf
    assert stats.page_trend(rows)[0] < 0.01
    with pytest.raises(ValueError, match="2 or more seeds"):
        stats.page_trend(rows[:1])


@given(exponent=st.floats(-2.0, 2.0), factor=st.floats(0.1, 10.0))
@example(exponent=1e-16, factor=6.0)
def test_loglog_slope_finds_the_exponent_of_a_power_law(exponent, factor):
    x = np.array([4.0, 8.0, 16.0, 64.0])
    found = stats.loglog_slope(x, factor * x**exponent)
    assert found.value == pytest.approx(exponent, abs=1e-9)
    assert found.low - 1e-6 <= exponent <= found.high + 1e-6


def test_loglog_slope_says_what_it_cannot_know():
    assert math.isnan(stats.loglog_slope([1, 2], [1, 2]).low)
    assert math.isnan(stats.loglog_slope([1, 2, 4], [1, math.inf, 4]).value)
    with pytest.raises(ValueError, match="positive x"):
        stats.loglog_slope([0, 1], [1, 2])
    x, rng = np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.random.default_rng(5)
    noisy = [stats.loglog_slope(x, x * np.exp(rng.normal(0, 0.2, 5))) for _ in range(200)]
    assert 0.90 < np.mean([i.low <= 1.0 <= i.high for i in noisy]) < 0.99
