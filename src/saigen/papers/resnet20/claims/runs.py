"""The final numbers that claims are about."""

from collections.abc import Mapping

import pandas as pd

from saigen.errors import SaigenError

Tables = Mapping[str, pd.DataFrame]


def runs_of(tables: Tables, experiment: str, **cells: object) -> pd.DataFrame:
    """Return the rows of one experiment's table of final numbers that have these cells."""
    rows = tables["final"]
    rows = rows[rows["experiment"] == experiment]
    for column, level in cells.items():
        rows = rows[rows[column] == level]
    if rows.empty:
        raise SaigenError(f"no runs of {experiment} at this scale")
    return rows
