"""How claims read the table of measurements."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.claims import measured_with
from saigen.errors import SaigenError
from saigen.stats import ALPHA, Interval, t_interval

Tables = Mapping[str, pd.DataFrame]


def measured(tables: Tables, experiment: str, metric: str) -> pd.DataFrame:
    """Return the rows of one metric: of, seed, label, value; labels that are numbers as such.

    Raises:
      SaigenError: there are none at this scale.
    """
    table = tables["measurements"]
    rows = table[(table["experiment"] == experiment) & (table["metric"] == metric)].copy()
    if rows.empty:
        raise SaigenError(f"no measurements of {metric} in {experiment}")
    numbers = pd.to_numeric(rows["label"], errors="coerce")
    rows["label"] = numbers if numbers.notna().all() else rows["label"].fillna("").astype(str)
    return rows


def exact(value: float, n: int = 1, note: str = "") -> Interval:
    """Return a number that has no sampling error: computed, not drawn.

    Args:
      n: numbers that it was computed from.
    """
    return measured_with(value, 0.0, n, note)


def worst_of(values: pd.Series, end: str, what: str = "seeds") -> Interval:
    """Return the largest (`max`) or least (`min`) of drawn numbers: what holds of it holds of all.

    It speaks of these draws alone: its interval has no width. A value that is not known is the
    worst.

    Args:
      what: what each number belongs to, in the note.
    """
    found = float(values.max() if end == "max" else values.min())
    if values.isna().any():
        found = float("nan")
    return Interval(found, found, found, len(values), f"the worst of {len(values)} {what}")


def over_seeds(values: pd.Series) -> Interval:
    """Return the mean over seeds with Student's interval."""
    return t_interval(values.to_numpy())


def slope_of_mean(table: pd.DataFrame, resamples: int = 9999) -> Interval:
    """Return the slope over the columns of the logarithm of the mean over seeds.

    The mean comes first: theory is of an expectation, and a mean of logarithms lies below its
    logarithm (Jensen), the farther the deeper the network.

    Args:
      table: [seed, level] positive numbers; the columns are the levels.

    Returns:
      The slope, with a percentile bootstrap over seeds; bounds nan below ten seeds, where that is
      narrower than it should be.
    """
    levels = table.columns.to_numpy(dtype=float)
    weights = (levels - levels.mean()) / ((levels - levels.mean()) ** 2).sum()
    values, n = table.to_numpy(dtype=float), len(table)
    slope = float(np.log(values.mean(0)) @ weights)
    if n < 10:
        return Interval(slope, float("nan"), float("nan"), n)
    draws = np.random.Generator(np.random.Philox(0)).integers(0, n, size=(resamples, n))
    slopes = np.log(values[draws].mean(1)) @ weights
    low, high = np.quantile(slopes, [ALPHA / 2.0, 1.0 - ALPHA / 2.0])
    return Interval(slope, float(low), float(high), n)


def value_of(rows: pd.DataFrame, **cell: object) -> float:
    """Return the one value of a cell.

    Raises:
      SaigenError: the cell was not measured at this scale.
    """
    for column, level in cell.items():
        rows = rows[rows[column] == level]
    if len(rows) != 1:
        raise SaigenError(f"not one value of {cell}")
    return float(rows["value"].iloc[0])
