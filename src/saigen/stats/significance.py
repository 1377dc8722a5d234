"""Several tests at once, and two methods that each succeed or fail on the same cases."""

from math import nan

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from saigen.stats.interval import LEVEL, Comparison


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm's step-down p-values: compare each to alpha, and no true null falls but with alpha.

    Args:
      p: raw p-values, in any order; nan (no test) stays nan and is not counted.

    Source: Holm 1979.
    """
    p = np.asarray(p, dtype=np.float64)
    adjusted = np.full_like(p, nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    scaled = p[order] * np.arange(order.size, 0, -1)
    # An easier hypothesis never ends with a larger p than a harder one.
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def cochran(won: ArrayLike) -> tuple[float, float]:
    """Cochran's Q: whether several methods succeed equally often on the same cases.

    Q = (k − 1)(k Σ C² − N²) / (k N − Σ R²), C the successes of a method, R of a case, N of all.

    Args:
      won: [case, method] booleans.

    Returns:
      Q, and its p by χ² with k − 1 degrees of freedom; (0, 1) where no case tells methods apart.

    Source: Cochran 1950; for two methods it is McNemar's χ² without correction.
    """
    won = np.asarray(won, dtype=np.float64)
    k, total = won.shape[1], won.sum()
    apart = k * total - (won.sum(1) ** 2).sum()
    if apart == 0.0:
        return 0.0, 1.0
    q = (k - 1) * (k * (won.sum(0) ** 2).sum() - total**2) / apart
    return float(q), float(scipy.stats.chi2.sf(q, k - 1))


def mcnemar(only_a: int, only_b: int, n: int, level: float = LEVEL) -> Comparison:
    """Exact McNemar test: of n cases, a alone succeeded in `only_a`, b alone in `only_b`.

    Returns:
      rate(a) − rate(b) in [−1, 1], and the two-sided exact p. The interval is Clopper-Pearson's
      for who wins a discordant case, scaled by their share: it leaves out 0 where p < 1 − level.
      Without a discordant case nothing is known of who wins: it spans all that n allows.

    Raises:
      ValueError: the counts do not fit n.

    Source: McNemar 1947; the exact form is a binomial test of the discordant cases.
    """
    discordant = only_a + only_b
    if min(only_a, only_b) < 0 or n < 1 or discordant > n:
        raise ValueError(f"{only_a} + {only_b} discordant cases do not fit {n} cases")
    if discordant == 0:
        # The share of discordant cases itself may be anything up to the rule's upper bound.
        reach = float(scipy.stats.binomtest(0, n).proportion_ci(level).high)
        return Comparison(0.0, -reach, reach, n, p=1.0)
    test = scipy.stats.binomtest(only_a, discordant)
    share, wins = discordant / n, test.proportion_ci(level)
    return Comparison(
        value=(only_a - only_b) / n,
        low=share * (2.0 * float(wins.low) - 1.0),
        high=share * (2.0 * float(wins.high) - 1.0),
        n=n,
        p=float(test.pvalue),
    )
