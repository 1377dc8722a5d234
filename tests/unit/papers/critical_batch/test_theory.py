"""The closed forms against a search, the bound and each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from saigen.papers.critical_batch.estimators import by_hyperparameters, moments_of, relative
from saigen.papers.critical_batch.theory import Constants, Law, NoiseScale, relative_cost

positive = st.floats(0.1, 100.0)


@given(positive, positive)
def test_the_critical_batch_size_is_where_the_cost_is_least(floor, wall):
    law = Law(floor, wall)
    found = optimize.minimize_scalar(
        lambda excess: float(law.cost(wall * (1.0 + np.exp(excess)))), bounds=(-5, 5),
        method="bounded",
    )  # fmt: skip
    assert wall * (1.0 + np.exp(found.x)) == pytest.approx(law.critical, rel=1e-3)
    assert found.fun == pytest.approx(law.least_cost, rel=1e-6)
    assert float(law.steps(law.critical)) == pytest.approx(2.0 * floor)


@given(positive, positive, st.floats(0.51, 50.0))
def test_relative_cost_is_that_of_any_law(floor, wall, multiple):
    law = Law(floor, wall)
    expected = float(law.cost(multiple * law.critical)) / law.least_cost
    assert float(relative_cost(multiple)) == pytest.approx(expected, rel=1e-6)


def test_at_the_wall_and_below_nothing_arrives():
    assert np.isinf(Law(10.0, 4.0).steps([1.0, 4.0])).all()
    assert np.isinf(relative_cost([0.25, 0.5])).all()


def test_the_law_is_where_the_bound_meets_the_target():
    constants = Constants(1e-3, 0.5, 0.5, 0.1, 2.0, bound=0.3, weights=50, distance=0.01, most=1.0)
    target = constants.c + 0.7
    law = constants.law(target)
    for batch in (1.5 * law.wall, 4.0 * law.wall, 1000.0 * law.wall):
        steps = float(law.steps(batch))
        assert constants.bound_after(steps, batch) == pytest.approx(target)
    with pytest.raises(ValueError, match="C ="):
        constants.law(constants.c)


def test_the_hyperparameters_bound_the_critical_batch_size_from_below():
    constants = Constants(1e-3, 0.5, 0.5, 0.1, 2.0, bound=0.3, weights=50, distance=0.01)
    moments = moments_of(1, 2, *_sums(variance=2.0, squared=constants.c + 0.7))
    bound = by_hyperparameters(1e-3, 0.5, 0.5, 0.1, moments)
    assert bound == pytest.approx(2.0 * constants.b / (constants.c + 0.7))
    assert bound <= constants.law(constants.c + 0.7).critical


def _sums(variance, squared):
    """Σ‖g‖² and ‖Σg‖² of two gradients with these moments."""
    of_sum = 4.0 * (squared + variance / 2.0)
    return variance + of_sum / 2.0, of_sum


def test_moments_of_gradients_are_unbiased():
    rng = np.random.default_rng(0)
    full, variance, batch, found = np.array([1.0, -2.0, 0.5]), 0.3, 4, []
    for _ in range(4000):
        g = full + rng.normal(size=(6, 3)) * np.sqrt(variance / batch)
        found.append(moments_of(batch, 6, float((g**2).sum()), float((g.sum(0) ** 2).sum())))
    assert np.mean([m.variance for m in found]) == pytest.approx(3 * variance, rel=0.02)
    assert np.mean([m.squared for m in found]) == pytest.approx(full @ full, rel=0.01)


def test_halving_a_rate_halves_the_estimate_and_momentum_multiplies_it_by_eight():
    assert relative(1e-4, 0.5, 0.5, 0.1) / relative(2e-4, 0.5, 0.5, 0.1) == pytest.approx(0.5)
    assert relative(1e-4, 0.5, 0.5, 0.1) / relative(1e-4, 0.0, 0.0, 0.1) == pytest.approx(8.0)
    assert np.isinf(relative(1e-4, 0.5, 0.5, 0.0))


def test_the_rival_has_no_minimum_within():
    batch = 2.0 ** np.arange(1, 12)
    assert (np.diff(NoiseScale(10.0, 64.0).steps(batch) * batch) > 0).all()
