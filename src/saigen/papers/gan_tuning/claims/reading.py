"""How the claims read tables."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from saigen.claims import difference, measured_with

Tables = Mapping[str, pd.DataFrame]

ARTICLE = "no numbers"


def levels(table: pd.DataFrame, column: str) -> tuple[float, float]:
    """Return the lowest and the highest level of a factor."""
    return table[column].min(), table[column].max()


def change(table: pd.DataFrame, metric: str, column: str, better: str = "lower"):
    """Return how a metric changes from the lowest to the highest level of a factor."""
    low, high = levels(table, column)
    return difference(table, metric, of=high, against=low, by=column, better=better)


def correlation(a: pd.Series, b: pd.Series):
    """Return Spearman's ρ with Fisher's standard error 1.03 / √(n − 3)."""
    if len(a) < 5:
        return measured_with(np.nan, np.nan, len(a))
    rho = float(stats.spearmanr(a, b).statistic)
    return measured_with(rho, 1.03 / (len(a) - 3) ** 0.5, len(a))
