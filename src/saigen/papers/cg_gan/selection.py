"""What choosing the best of many trials does to a mean: the same rule at equal numbers of trials.

The published average is over the ten best configurations, of 25 for gradient descent and of 75 for
a rule of β, whose coefficient triples the trials. Were β of no effect, every configuration would
stand there three times, and the ten best would be the best three or four.
"""

from math import comb

import numpy as np

#: The ten best of 25, as published, for a grid of any size.
SHARE = 10 / 25


def kept(trials: int) -> int:
    """Return how many of so many trials are averaged: two fifths, at least one."""
    return max(1, round(SHARE * trials))


def best_mean(values: np.ndarray, k: int) -> float:
    """Return the mean of the k lowest; a diverged run is the last."""
    ordered = np.sort(np.where(np.isfinite(values), values, np.inf))
    return float(ordered[:k].mean())


def expected_best_mean(values: np.ndarray, trials: int, k: int) -> float:
    """Return what `best_mean` is on average over `trials` of the values, drawn without return.

    The j-th lowest of N drawn from n is the i-th lowest of all with the chance
    C(i − 1, j − 1) C(n − i, N − j) / C(n, N).

    Raises:
      ValueError: more trials than values, or k of fewer trials.
    """
    n = len(values)
    if not k <= trials <= n:
        raise ValueError(f"the best {k} of {trials} of {n} values")
    ordered = np.sort(np.where(np.isfinite(values), values, np.inf))
    chances = np.array(
        [
            sum(comb(i - 1, j - 1) * comb(n - i, trials - j) for j in range(1, k + 1))
            / (comb(n, trials) * k)
            for i in range(1, n + 1)
        ]
    )
    reached = chances > 0.0
    return float(ordered[reached] @ chances[reached])
