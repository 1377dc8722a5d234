"""The Fréchet distance against closed forms of Gaussians, and its moments against any batching."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.metrics.frechet import Accumulator, FewSamples, Moments, frechet_distance, moments


def gaussian(mean, covariance):
    return Moments(np.array(mean, float), np.array(covariance, float), 10**6)


def random_covariance(generator, size, rank=None):
    roots = generator.standard_normal((size, rank or size))
    return roots @ roots.T


def test_equal_gaussians_lie_nowhere_apart():
    covariance = random_covariance(np.random.default_rng(0), 5)
    here = gaussian(np.ones(5), covariance)
    assert frechet_distance(here, here) == pytest.approx(0.0, abs=1e-9 * np.trace(covariance))


def test_shifted_gaussians_lie_the_squared_shift_apart():
    covariance = random_covariance(np.random.default_rng(0), 3)
    a, b = gaussian([0, 0, 0], covariance), gaussian([1, 2, 2], covariance)
    assert frechet_distance(a, b) == pytest.approx(9.0, rel=1e-9)


def test_independent_features_add_the_squared_differences_of_their_deviations():
    # d² = Σ (σ − τ)² for diagonal covariances.
    a, b = gaussian([0, 0], np.diag([4.0, 9.0])), gaussian([0, 0], np.diag([1.0, 25.0]))
    assert frechet_distance(a, b) == pytest.approx((2 - 1) ** 2 + (3 - 5) ** 2)


def test_a_point_mass_lies_the_total_variance_away():
    covariance = random_covariance(np.random.default_rng(1), 4)
    a, b = gaussian(np.zeros(4), covariance), gaussian(np.zeros(4), np.zeros((4, 4)))
    assert frechet_distance(a, b) == pytest.approx(np.trace(covariance))


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 6))
def test_agrees_with_the_eigenvalues_of_the_product_and_is_symmetric(seed, rank_a, rank_b):
    generator = np.random.default_rng(seed)
    a = gaussian(generator.standard_normal(6), random_covariance(generator, 6, rank_a))
    b = gaussian(generator.standard_normal(6), random_covariance(generator, 6, rank_b))
    # tr (ΣₐΣᵦ)^½ is the sum of the roots of the product's eigenvalues, all real and at least 0.
    roots = np.sqrt(np.linalg.eigvals(a.covariance @ b.covariance).real.clip(0.0)).sum()
    spread = np.trace(a.covariance) + np.trace(b.covariance) - 2.0 * roots
    expected = ((a.mean - b.mean) ** 2).sum() + spread
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-5, abs=1e-4)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("batch", [1, 7, 100, 1000])
def test_the_size_of_batches_does_not_show(batch):
    # A common mean of 10⁴ would cost half the digits of sums of plain squares.
    features = np.random.default_rng(2).standard_normal((1000, 3)).astype(np.float32) + 1e4
    gathered = Accumulator()
    for start in range(0, len(features), batch):
        gathered.add(features[start : start + batch])
    found, exact = gathered.moments(), features.astype(np.float64)
    assert found.n == 1000
    np.testing.assert_allclose(found.mean, exact.mean(0), rtol=1e-14)
    np.testing.assert_allclose(found.covariance, np.cov(exact.T), rtol=1e-10)


def test_few_samples_are_told_of():
    features = np.random.default_rng(3).standard_normal((2047, 2))
    with pytest.warns(FewSamples, match="2047 samples"):
        frechet_distance(moments(features), gaussian([0, 0], np.eye(2)))
    features = np.random.default_rng(3).standard_normal((2048, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = frechet_distance(moments(features), gaussian([0, 0], np.eye(2)))
    assert 0.0 < found < 0.01


def test_one_sample_has_no_covariance():
    with pytest.raises(ValueError, match="two or more"):
        moments(np.zeros((1, 2)))
