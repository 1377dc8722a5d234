"""Best of many trials: against every draw."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.papers.cg_gan.selection import best_mean, expected_best_mean, kept


@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=7),
    st.integers(1, 7),
    st.integers(1, 7),
)
def test_the_expectation_is_the_mean_over_all_draws(values, trials, k):
    values = np.array(values)
    trials = min(trials, len(values))
    k = min(k, trials)
    draws = [best_mean(np.array(drawn), k) for drawn in combinations(values, trials)]
    assert expected_best_mean(values, trials, k) == pytest.approx(np.mean(draws), abs=1e-9)


def test_tripling_every_trial_lowers_the_best_k_and_equal_trials_do_not():
    values = np.linspace(30.0, 50.0, 25)
    tripled = np.repeat(values, 3)
    assert best_mean(tripled, 10) < best_mean(values, 10) - 2.5
    assert expected_best_mean(tripled, 25, 10) == pytest.approx(best_mean(values, 10), abs=1.0)


def test_a_diverged_run_is_the_last():
    assert best_mean(np.array([np.nan, 1.0, 2.0]), 2) == 1.5
    assert (kept(25), kept(9), kept(1)) == (10, 4, 1)
