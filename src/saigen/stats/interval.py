"""Intervals of a mean, of a paired difference, and of a share."""

from dataclasses import dataclass
from math import nan

import numpy as np
import scipy  # its stats are slow to import, and loaded on first use
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95
ALPHA = 1.0 - LEVEL


@dataclass(frozen=True)
class Interval:
    """A measured value, the interval it lies in, and how many runs or pairs say so.

    `low` and `high` are nan where nothing is known of the spread (one run). Either may be
    infinite: an interval open to the bad side is how a diverged run stays in the picture.
    `note` holds what must be told along with the figure.
    """

    value: float
    low: float
    high: float
    n: int
    note: str = ""


@dataclass(frozen=True)
class Comparison(Interval):
    """An interval of a difference, with the two-sided p-value of "there is none"."""

    p: float = nan


def _sample(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64).ravel()


def t_interval(values: ArrayLike, level: float = LEVEL) -> Interval:
    """Student's interval of the mean: the one to judge by, for it is honest at few seeds.

    Args:
      values: one number a run.
      level: coverage in (0, 1).

    Returns:
      The mean and its interval in the unit of `values`; bounds nan for n < 2; the mean and the
      bounds nan where a value is not finite. Equal values give an interval of no width.
    """
    comparison = paired_difference(values, np.zeros_like(_sample(values)), level)
    return Interval(comparison.value, comparison.low, comparison.high, comparison.n)


def paired_difference(a: ArrayLike, b: ArrayLike, level: float = LEVEL) -> Comparison:
    """Mean of a − b over pairs, with Student's interval and the paired t-test's p.

    Args:
      a, b: equally long, paired by position (same seed).

    Returns:
      As `t_interval`, and p: nan for n < 2 or a value that is not finite; where all differences
      are equal, 1 if they are 0 and 0 if they are not (the t-test's limits).

    Raises:
      ValueError: the lengths differ.
    """
    a, b = _sample(a), _sample(b)
    if a.size != b.size:
        raise ValueError(f"pairs need equal lengths, not {a.size} and {b.size}")
    difference = a - b
    n = difference.size
    if n == 0 or not np.isfinite(difference).all():
        return Comparison(nan, nan, nan, n)
    if n == 1:
        return Comparison(float(difference[0]), nan, nan, 1)
    mean = float(difference.mean())
    error = float(scipy.stats.sem(difference))
    # No spread is a limit that the test leaves as 0/0, though its answer is plain.
    if np.ptp(difference) == 0.0 or error == 0.0:
        mean = float(difference[0])
        return Comparison(mean, mean, mean, n, p=float(mean == 0.0))
    reach = float(scipy.stats.t.ppf((1.0 + level) / 2.0, n - 1)) * error
    p = 2.0 * float(scipy.stats.t.sf(abs(mean) / error, n - 1))
    return Comparison(mean, mean - reach, mean + reach, n, p=p)


def proportion(k: int, n: int, level: float = LEVEL) -> Interval:
    """Share of n cases, with Wilson's interval, which stays in [0, 1] and has width at 0 and n.

    Returns:
      k / n and its interval; all nan for n = 0.

    Raises:
      ValueError: k is not in 0..n.
    """
    if n == 0:
        return Interval(nan, nan, nan, 0)
    found = scipy.stats.binomtest(k, n).proportion_ci(level, method="wilson")
    return Interval(k / n, float(found.low), float(found.high), n)


def bootstrap_mean(
    values: ArrayLike, level: float = LEVEL, resamples: int = 9999, seed: int = 0
) -> Interval:
    """Seeded percentile bootstrap of the mean, for tables and figures.

    The draws come from Philox and the values are sorted first, so the result is a function of
    the set of values alone. At fewer than about ten seeds it is narrower than it should be:
    verdicts use `t_interval`.

    Returns:
      Bounds nan for n < 2; mean and bounds nan where a value is not finite.
    """
    values = np.sort(_sample(values))
    if values.size < 2 or not np.isfinite(values).all():
        return t_interval(values, level)
    if np.ptp(values) == 0.0:
        return t_interval(values, level)
    result = scipy.stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=resamples,
        confidence_level=level,
        method="percentile",
        rng=np.random.Generator(np.random.Philox(seed)),
    )
    low, high = result.confidence_interval
    return Interval(float(values.mean()), float(low), float(high), values.size)
