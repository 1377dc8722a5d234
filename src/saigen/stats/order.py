"""Orders and trends: rank agreement, monotone trend over seeds, slope of a power law."""

from dataclasses import replace
from math import nan

import numpy as np
import scipy
from numpy.typing import ArrayLike

from saigen.stats.interval import LEVEL, Interval, t_interval


def kendall_tau(x: ArrayLike, y: ArrayLike) -> float:
    """Kendall's tau-b of two rankings, in [−1, 1]; 0 where one of them has no order at all.

    Infinite values rank last (or first); nan is refused.

    Raises:
      ValueError: a value is nan, or the lengths differ.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if np.isnan(x).any() or np.isnan(y).any():
        raise ValueError("a rank needs a number: nan has none")
    tau = scipy.stats.kendalltau(x, y).statistic
    return 0.0 if np.isnan(tau) else float(tau)


def page_trend(rows: ArrayLike) -> tuple[float, float]:
    """Page's test for a monotone trend across ordered levels, each seed seen at every level.

    Args:
      rows: [seed, level], levels in the order of the factor, at least 3 of them and 2 seeds.

    Returns:
      (p of "rises", p of "falls"), each one-sided. Infinite values rank last (or first).

    Source: Page 1963, through scipy.stats.page_trend_test.
    """
    rows = np.asarray(rows, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] < 2 or rows.shape[1] < 3:
        raise ValueError(f"a trend needs [2 or more seeds, 3 or more levels], not {rows.shape}")
    # Ranks are what the test uses; giving them keeps its arithmetic clear of infinities.
    ranks = scipy.stats.rankdata(rows, axis=1)
    rises = scipy.stats.page_trend_test(ranks, ranked=True).pvalue
    falls = scipy.stats.page_trend_test(rows.shape[1] + 1 - ranks, ranked=True).pvalue
    return float(rises), float(falls)


def mean_tau(taus: ArrayLike) -> Interval:
    """Student's interval of a mean of Kendall's taus, which ends where a tau does, at ±1."""
    found = t_interval(taus)
    # nan stays nan.
    return replace(found, low=max(found.low, -1.0), high=min(found.high, 1.0))


def loglog_slope(x: ArrayLike, y: ArrayLike, level: float = LEVEL) -> Interval:
    """Exponent b of y ∝ x^b: the least-squares slope in log-log, with its interval.

    Returns:
      The slope (no unit), its Student interval from the residuals (n − 2 degrees of freedom;
      nan below three points), and the number of points. All nan where a y is not positive and
      finite: a diverged point has no logarithm, and is not left out.

    Raises:
      ValueError: an x is not positive and finite, or fewer than two x differ.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not (np.isfinite(x) & (x > 0)).all() or np.unique(x).size < 2:
        raise ValueError("a log-log slope needs two or more different positive x")
    if not (np.isfinite(y) & (y > 0)).all():
        return Interval(nan, nan, nan, x.size)
    fit = scipy.stats.linregress(np.log(x), np.log(y))
    # A line that is flat, to rounding, has no residuals; the fit's own error is 0/0 there.
    slope, error = float(fit.slope), float(np.nan_to_num(fit.stderr))
    if x.size < 3:
        return Interval(slope, nan, nan, x.size)
    reach = float(scipy.stats.t.ppf((1.0 + level) / 2.0, x.size - 2) * error)
    return Interval(slope, slope - reach, slope + reach, x.size)
