"""Critical batch sizes over seeds: means of log₂ b*, and what is known of those off the grid."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from saigen.papers.critical_batch.fits import LARGE, SMALL, WITHIN
from saigen.stats import Interval, t_interval

#: Half a step of the grid of powers of two, in log₂: how well a bare point of it is known.
HALF_STEP = 0.5
#: What one critical size belongs to, but for its seed.
SWEEP = ["model", "setting", "reading", "aim"]


def mean_of_logs(logs: ArrayLike, bare: Sequence[int]) -> Interval:
    """Return the mean of log₂ sizes or of their ratios over seeds, with Student's interval.

    Where a seed's size is a bare point of the grid the interval is half a step wider on each side,
    and twice that where both sizes of a ratio are: equal points would otherwise give one without
    width.

    Args:
      logs: [seed].
      bare: [seed] how many of the sizes that went into it are bare points.
    """
    counts = np.asarray(bare, int)
    found, lost = t_interval(logs), int((counts > 0).sum())
    if not lost:
        return found
    wider = HALF_STEP * int(counts.max())
    told = "half a step" if wider == HALF_STEP else "a step"
    note = f"b* is a bare point of the grid in {lost} of {found.n} seeds: {told} on each side"
    return replace(found, low=found.low - wider, high=found.high + wider, note=note)


def fits_behind(fits: pd.DataFrame, setting: str, seed: int) -> pd.DataFrame:
    """Return the rows of `fits` that an estimate of a setting and seed stands beside.

    Those of the same seed, or of all seeds where it has none.
    """
    mine = fits[fits["setting"] == setting]
    same = mine[mine["seed"] == seed]
    return same if len(same) else mine


def made_by_smallest(fits: pd.DataFrame) -> pd.Series:
    """Say of each row of `fits` whether the smallest size alone makes its E1.

    It does where the line without the smallest size that reached the target has another b* by more
    than half a power of two, or none: far out on the axis of 1/b, one size then decides.
    """
    line, rest = (fits[name].where(fits[name] > 0.0) for name in ("line_critical", "line_rest"))
    return line.notna() & ~((np.log2(line) - np.log2(rest)).abs() <= HALF_STEP)


def critical_sizes(fits: pd.DataFrame) -> pd.DataFrame:
    """Return a row a model, setting, reading and target, from rows of `fits`.

    Returns:
      Columns `SWEEP`; seeds; n, those whose b* lies within the grid; critical, low and high, the
      mean over those of log₂ b* with `mean_of_logs`'s interval, transformed back; bare, how many of
      them are bare points of the grid; small_end and large_end, how many lie off the grid there;
      unknown, of how many neither end can be told.
    """
    rows = []
    for labels, part in fits.groupby(SWEEP, sort=False):
        inside = part[part["place"] == WITHIN]
        mean = mean_of_logs(np.log2(inside["critical"].astype(float)), inside["bare"].astype(int))
        ends = (part["place"] == SMALL).sum(), (part["place"] == LARGE).sum()
        rows.append(
            {
                **dict(zip(SWEEP, labels, strict=True)),
                "seeds": len(part),
                "n": len(inside),
                "critical": 2.0**mean.value,
                "low": 2.0**mean.low,
                "high": 2.0**mean.high,
                "bare": int(inside["bare"].sum()),
                "small_end": int(ends[0]),
                "large_end": int(ends[1]),
                "unknown": len(part) - len(inside) - int(sum(ends)),
            }
        )
    return pd.DataFrame(rows)
