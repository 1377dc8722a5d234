"""How the claims read tables."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from saigen.claims import difference
from saigen.claims.runs import chosen_by_others, measurements
from saigen.stats import LEVEL, Interval, t_interval

Tables = Mapping[str, pd.DataFrame]

ARTICLE = "no numbers"
INSIDE = "the best inside"


def levels(table: pd.DataFrame, column: str) -> tuple[float, float]:
    """Return the lowest and the highest level of a factor."""
    return table[column].min(), table[column].max()


def change(table: pd.DataFrame, metric: str, column: str, better: str = "lower"):
    """Return how a metric changes from the lowest to the highest level of a factor."""
    low, high = levels(table, column)
    return difference(table, metric, of=high, against=low, by=column, better=better)


def with_best_inside(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the runs at the two ends of a factor and those of `INSIDE`, told by a column `level`.

    Of every seed, `INSIDE` is its run at the level between the ends that has the lowest mean
    distance over the other seeds: a level chosen by the runs that test it would look better than
    it is. A level with a diverged run has no finite mean.
    """
    ends = table[column].isin(levels(table, column))
    inside = measurements(table[~ends], "frechet").pivot(
        index="seed", columns=column, values="measured"
    )
    best = table["seed"].map(chosen_by_others(inside))
    return pd.concat(
        [
            table[ends].assign(level=table.loc[ends, column].map("{:g}".format)),
            table[table[column] == best].assign(level=INSIDE),
        ]
    )


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


def correlation_in_seeds(table: pd.DataFrame, a: str, b: str) -> Interval:
    """Return the mean of each seed's Spearman's ρ of two columns, with Student's interval.

    Runs of one seed share their draws: they are no further samples. Infinite values rank last; a
    seed with a value missing, or all alike in a column, has no ρ, and leaves none for the mean.
    """
    rhos = [
        stats.spearmanr(cell[a], cell[b]).statistic
        if cell[[a, b]].notna().all(axis=None) and cell[[a, b]].nunique().min() > 1
        else np.nan
        for _, cell in table.groupby("seed")
    ]
    found = t_interval(rhos)
    # A ρ ends at ±1; nan stays nan.
    return replace(found, low=max(found.low, -1.0), high=min(found.high, 1.0))
