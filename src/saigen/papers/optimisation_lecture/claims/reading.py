"""How claims read the table of measurements."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import measured_with
from saigen.errors import SaigenError
from saigen.stats import Interval, t_interval

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
    """Return a number that has no sampling error: computed, not drawn."""
    return measured_with(value, 0.0, n, note)


def over_seeds(values: pd.Series) -> Interval:
    """Return the mean over seeds with Student's interval."""
    return t_interval(values.to_numpy())


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
