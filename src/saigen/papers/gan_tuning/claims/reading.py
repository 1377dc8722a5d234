"""How the claims read tables."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from saigen.claims import difference
from saigen.claims.runs import measurements
from saigen.stats import LEVEL, Interval

Tables = Mapping[str, pd.DataFrame]

ARTICLE = "no numbers"


def levels(table: pd.DataFrame, column: str) -> tuple[float, float]:
    """Return the lowest and the highest level of a factor."""
    return table[column].min(), table[column].max()


def change(table: pd.DataFrame, metric: str, column: str, better: str = "lower"):
    """Return how a metric changes from the lowest to the highest level of a factor."""
    low, high = levels(table, column)
    return difference(table, metric, of=high, against=low, by=column, better=better)


def best_inside(table: pd.DataFrame, column: str) -> float:
    """Return the level with the lowest mean distance, the two ends left out.

    A level with a diverged run has no finite mean.
    """
    means = measurements(table, "frechet").groupby(column)["measured"].mean()
    return means.drop([*levels(table, column)]).idxmin()


def correlation(a: pd.Series, b: pd.Series) -> Interval:
    """Return Spearman's ρ with Fisher's interval: of atanh ρ, transformed back.

    The standard error of atanh ρ is 1.03 / √(n − 3) (Fieller, Hartley and Pearson 1957); infinite
    values rank last.
    """
    if len(a) < 5:
        return Interval(np.nan, np.nan, np.nan, len(a))
    rho = float(stats.spearmanr(a, b).statistic)
    reach = float(stats.norm.ppf((1.0 + LEVEL) / 2.0)) * 1.03 / (len(a) - 3) ** 0.5
    step = float(np.tanh(reach))  # tanh(x + y) of tanhs, since ρ may be 1
    low, high = ((rho + side) / (1.0 + rho * side) for side in (-step, step))
    return Interval(rho, low, high, len(a))
