"""Measured effects: each reads a tidy table and returns a value with its interval."""

from collections.abc import Sequence
from math import exp, inf, log, nan

import numpy as np
import pandas as pd
import scipy

from saigen.claims.finding import remarks
from saigen.claims.runs import compare, matrix, measurements
from saigen.errors import SaigenError
from saigen.stats import LEVEL, Comparison, Interval, loglog_slope, mcnemar, t_interval

Keys = str | Sequence[str]


def difference(
    runs: pd.DataFrame,
    metric: str,
    *,
    of: object,
    against: object,
    by: str,
    paired_on: Keys = "seed",
    better: str = "lower",
) -> Comparison:
    """Paired difference of two cells, `of` − `against`, in the unit of the metric.

    Args:
      runs: one row a cell and seed (see `runs.measurements` for the two layouts).
      by: the column that holds `of` and `against`.
      better: which end is good; a diverged run stands at the other.
    """
    table, note = matrix(runs, metric, by, paired_on, [of, against], better)
    worse = inf if better == "lower" else -inf
    return compare(table[of].to_numpy(), table[against].to_numpy(), worse, note)


def ratio(
    runs: pd.DataFrame,
    metric: str,
    *,
    of: object,
    against: object,
    by: str,
    paired_on: Keys = "seed",
    better: str = "lower",
) -> Comparison:
    """Paired ratio of two cells, `of` / `against`: the geometric mean over pairs, no unit.

    Raises:
      SaigenError: a finite value is not positive, so that it has no ratio.
    """
    table, note = matrix(runs, metric, by, paired_on, [of, against], better)
    values = table.to_numpy()
    if (values[np.isfinite(values)] <= 0.0).any():
        raise SaigenError(f"a ratio of `{metric}` needs positive values")
    # The logarithm keeps a diverged run where it stood: only its sign as an infinity matters.
    logs = np.where(np.isfinite(values), np.log(np.abs(values)), values)
    worse = inf if better == "lower" else -inf
    gap = compare(logs[:, 0], logs[:, 1], worse, note)
    return Comparison(_exp(gap.value), _exp(gap.low), _exp(gap.high), gap.n, note, gap.p)


def _exp(x: float) -> float:
    return inf if x > log(np.finfo(float).max) else exp(x)


def mean_of(runs: pd.DataFrame, metric: str, *, better: str = "lower") -> Interval:
    """Mean of one cell over its seeds, with Student's interval.

    Diverged runs count as the worst finite one, and open the interval on the bad side.

    Args:
      runs: the rows of one cell, one a seed.
    """
    values = measurements(runs, metric, better)["measured"].to_numpy()
    finite = values[np.isfinite(values)]
    lost = values.size - finite.size
    if not lost:
        return t_interval(values)
    worse = inf if better == "lower" else -inf
    note = f"{lost} of {values.size} runs diverged"
    if values.size < 2:
        return Interval(worse, nan, nan, 1, note)
    if finite.size < 2:
        return Interval(worse if finite.size == 0 else nan, -inf, inf, values.size, note)
    floor = finite.max() if better == "lower" else finite.min()
    known = t_interval(np.where(np.isfinite(values), values, floor))
    low, high = (known.low, inf) if better == "lower" else (-inf, known.high)
    return Interval(known.value, low, high, values.size, note)


def slope_of(runs: pd.DataFrame, metric: str, *, along: str, paired_on: Keys = "seed") -> Interval:
    """Exponent b of metric ∝ along^b: the log-log slope of each seed, averaged over seeds.

    With one seed the interval is that of the least-squares fit, and n its number of runs: the
    scatter about the line is an error of its own. A diverged run leaves its seed's slope, and
    with it the result, undefined.

    Raises:
      SaigenError: it was run at one level only.
    """
    table, note = matrix(runs, metric, along, paired_on)
    if table.shape[1] < 2:
        raise SaigenError(f"a slope needs two or more levels of `{along}`")
    fits = [loglog_slope(table.columns.to_numpy(dtype=float), row) for row in table.to_numpy()]
    if len(fits) == 1:
        return Interval(fits[0].value, fits[0].low, fits[0].high, fits[0].n, note)
    mean = t_interval([fit.value for fit in fits])
    return Interval(mean.value, mean.low, mean.high, mean.n, note)


def rate_difference(
    runs: pd.DataFrame,
    success: str,
    *,
    of: object,
    against: object,
    by: str,
    paired_on: Keys = "seed",
) -> Comparison:
    """How much more often `of` succeeds than `against` on the same cases: exact McNemar.

    Judge it with `above(…, 0)`: the interval leaves out 0 just where the exact p is below 5%.

    Args:
      success: a column of booleans (or 0/1); a diverged run is a failure.
      paired_on: what makes a case: a seed, an architecture, or several columns.
    """
    table, note = matrix(runs, success, by, paired_on, [of, against], better="higher")
    won = table.to_numpy() > 0.0
    only_a, only_b = (int((won @ [1, -1] == side).sum()) for side in (1, -1))
    test = mcnemar(only_a, only_b, len(table))
    told = f"{of} alone {only_a}, {against} alone {only_b}, both {int(won.all(axis=1).sum())}"
    return Comparison(test.value, test.low, test.high, test.n, remarks(told, note), test.p)


def measured_with(value: float, stderr: float, n: int, note: str = "") -> Interval:
    """A quantity with a sampling error of its own, or none: not a mean over seeds.

    Args:
      value: what was measured.
      stderr: its standard error, in the same unit; 0 for a deterministic quantity.
      n: draws, cases or checks behind it.

    Returns:
      value ± 1.96 stderr, which a verdict may rest on even when a single run gave it. Without
      a standard error the value stands alone, and the note says so.
    """
    if stderr < 0.0:
        raise ValueError(f"a standard error is not negative: {stderr}")
    reach = float(scipy.stats.norm.ppf((1.0 + LEVEL) / 2.0)) * stderr
    told = "" if stderr else "one number without scatter, judged as it is"
    return Interval(value, value - reach, value + reach, n, remarks(told, note))
