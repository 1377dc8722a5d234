"""How claims read the tables: distances in logarithms, so that no data set outweighs another.

What is measured is then the natural logarithm of a ratio, and the line of a claim says the ratio.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import exp

import numpy as np
import pandas as pd

from saigen.claims import difference
from saigen.claims.finding import remarks
from saigen.claims.measure import Keys
from saigen.stats import Comparison

Tables = Mapping[str, pd.DataFrame]

#: A pair is a cell of the grid: a set of images and two learning rates.
CELL = ("data", "d_rate", "g_rate")
#: Two methods alike: their distances differ by less, in logarithm about the same in per cent.
ALIKE = 0.1


def logarithm(runs: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the runs with the logarithm of a metric in its place."""
    return runs.assign(**{metric: np.log(runs[metric])})


def known(runs: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the runs, with a metric only where they did not diverge."""
    return runs.assign(**{metric: runs[metric].mask(runs["status"] == "diverged")})


def by_cell(runs: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return a row an optimiser and cell: the mean over its seeds, nan where one diverged.

    The seeds of a cell share what its learning rates do, so that they are one pair, not three.
    """
    cells = known(runs, metric).groupby(["optimiser", *CELL], sort=False)[metric]
    return cells.mean(skipna=False).reset_index()


def distances(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the logarithm of the distance by optimiser and cell."""
    return by_cell(logarithm(runs, "frechet"), "frechet")


def at_equal_rates(tables: Tables, of: str, against: str, data: str | None = None) -> Comparison:
    """Return the logarithm of a ratio of distances in the same cells: below 0, `of` is the lower.

    Args:
      data: which images; all by default.
    """
    runs = tables["grid"] if data is None else tables["grid"].query("data == @data")
    return log_ratio(distances(runs), "frechet", of=of, against=against, paired_on=CELL)


def over_grids(tables: Tables, metric: str, of: str, against: str) -> Comparison:
    """Return the logarithm of a ratio of what whole grids have; a pair is images and a seed."""
    runs = logarithm(tables["bests"], metric)
    return log_ratio(runs, metric, of=of, against=against, paired_on=("data", "seed"))


def log_ratio(
    logs: pd.DataFrame,
    metric: str,
    *,
    of: str,
    against: str,
    by: str = "optimiser",
    paired_on: Keys = "seed",
) -> Comparison:
    """Return the `difference` of logarithms, with a note that says which ratio it is."""
    found = difference(logs, metric, of=of, against=against, by=by, paired_on=paired_on)
    told = f"in logarithms: {exp(found.value):.3g} times"
    return replace(found, note=remarks(told, found.note))
