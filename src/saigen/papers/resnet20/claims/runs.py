"""The numbers that claims are about."""

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


def at_last_step(
    curves: pd.DataFrame, one: str, other: str, metric: str, suffixes: tuple[str, str]
) -> pd.DataFrame:
    """Return `one` beside `other` where that was last evaluated, a row an optimiser and seed.

    Args:
      curves: the table of that name.
      one, other: experiments; the second's last step with a `metric` decides.
      suffixes: of the columns of each.
    """
    theirs = curves[(curves["experiment"] == other) & curves[metric].notna()]
    step = theirs["step"].max()
    ours = curves[(curves["experiment"] == one) & (curves["step"] == step)]
    theirs = theirs[theirs["step"] == step]
    return ours.merge(theirs, on=["optimiser", "seed"], suffixes=suffixes)
