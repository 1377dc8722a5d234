"""Correlations that claims of the tuning guide read."""

import numpy as np
import pandas as pd
import pytest

from saigen.papers.gan_tuning.claims.reading import correlation, correlation_in_seeds


def test_the_correlation_in_seeds_is_the_mean_over_seeds():
    table = pd.DataFrame(
        {"seed": [0, 0, 0, 1, 1, 1], "a": [1, 2, 3, 1, 2, 3], "b": [1, 2, np.inf, 1, 3, 2]}
    )
    found = correlation_in_seeds(table, "a", "b")
    assert (found.value, found.n) == (
        pytest.approx(0.75),
        2,
    ) and -1.0 <= found.low < found.high <= 1.0
    missing = table.assign(a=table["a"].where(table.index > 0))
    assert np.isnan(correlation_in_seeds(missing, "a", "b").value)


def test_the_interval_of_a_correlation_stays_inside_and_is_fishers():
    a = pd.Series(np.arange(30.0))
    b = pd.Series(np.random.default_rng(0).permutation(30)).astype(float)
    found = correlation(a, b)
    half = (np.arctanh(found.high) - np.arctanh(found.low)) / 2.0
    assert half == pytest.approx(1.96 * 1.03 / 27**0.5, rel=1e-4)
    steep = correlation(a, a.where(a < 28, 56.0 - a))
    assert -1.0 <= steep.low < steep.value < steep.high <= 1.0
