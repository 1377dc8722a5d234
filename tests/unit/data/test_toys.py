"""Moments and modes of the toy distributions, against their closed forms."""

import numpy as np
import pytest

from saigen.data.toys import TOYS, eight_gaussians, swiss_roll, twenty_five_gaussians

N = 40_000


def generator(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_is_a_pure_function_of_its_generator(name):
    points = TOYS[name](generator(), 100)
    assert points.shape == (100, 2) and points.dtype == np.float32
    np.testing.assert_array_equal(points, TOYS[name](generator(), 100))
    assert not np.array_equal(points, TOYS[name](generator(1), 100))


def test_eight_gaussians_lie_on_a_circle():
    points = eight_gaussians(generator(), N).astype(float)
    radius = np.hypot(*points.T)
    assert radius.mean() == pytest.approx(2 / 1.414, abs=1e-3)
    assert radius.std() == pytest.approx(0.02 / 1.414, rel=0.03)
    mode = np.round(np.arctan2(points[:, 1], points[:, 0]) / (np.pi / 4)).astype(int) % 8
    counts = np.bincount(mode, minlength=8)
    assert np.abs(counts - N / 8).max() < 5 * np.sqrt(N / 8)


def test_twenty_five_gaussians_lie_on_a_grid():
    points = twenty_five_gaussians(generator(), N).astype(float) * 2.828
    cell = np.round(points / 2)
    assert np.abs(cell).max() == 2
    assert (points - 2 * cell).std() == pytest.approx(0.05, rel=0.03)
    _, counts = np.unique(cell, axis=0, return_counts=True)
    assert len(counts) == 25
    assert np.abs(counts - N / 25).max() < 5 * np.sqrt(N / 25)


def test_swiss_roll_has_the_spirals_second_moment():
    points = swiss_roll(generator(), N).astype(float) * 7.5
    # E|p|² = E t² + 2·0.25², with t uniform on [1.5π, 4.5π): E t² = 9.75 π².
    assert (points**2).sum(axis=1).mean() == pytest.approx(9.75 * np.pi**2 + 0.125, rel=0.01)
    radius = np.hypot(*points.T)
    assert 1.5 * np.pi - 1.5 < radius.min() and radius.max() < 4.5 * np.pi + 1.5
