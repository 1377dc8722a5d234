"""Local minima, basins and long products, against closed forms and the tape."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.papers.optimisation_lecture import difficulties
from saigen.papers.optimisation_lecture.difficulties import basins, long_term, many_starts

NOISE = {"examples": 1000, "deviation": 6.0, "runs": 100, "moves": 600, "learning_rate": 0.02}


def slope(x):
    return 4.0 * x**3 - 4.0 * x + 0.4


def test_full_batches_stay_in_the_local_minimum_and_single_examples_leave_it():
    found, arrays = basins({**NOISE, "batch_sizes": [0, 1]}, 0)
    lowest, _, local = np.sort(np.roots([4.0, 0.0, -4.0, 0.4]))
    np.testing.assert_allclose(arrays["ends"][0], local, rtol=1e-6)
    assert found["escaped/0"] == 0.0 and found["escaped/1"] > 0.5
    assert found["escaped/1"] == np.mean(arrays["ends"][1] < 0.0)
    # Around the minimum that they reach, and not around another.
    left = arrays["ends"][1][arrays["ends"][1] < 0.0]
    assert np.median(left) == pytest.approx(lowest, abs=0.2)


@pytest.mark.parametrize("size", [1, 16])
def test_noise_is_without_bias_and_falls_with_the_root_of_the_batch(size):
    # Ten tilts alone: their mean would be seen, were it not taken away.
    params = {**NOISE, "examples": 10, "runs": 20_000, "moves": 1, "batch_sizes": [size]}
    ends = basins(params, 0)[1]["ends"][0]
    noise = (0.95 - ends) / params["learning_rate"] - slope(0.95)
    tilts = 6.0 * rng.generator(0, "tilts").normal(size=10)
    assert noise.std() == pytest.approx(tilts.std() / size**0.5, rel=0.03)
    assert abs(noise.mean()) < 4.0 * noise.std() / len(noise) ** 0.5


def test_no_step_leaves_for_good():
    params = {**NOISE, "deviation": 1e4, "moves": 3, "batch_sizes": [1]}
    ends = basins(params, 0)[1]["ends"][0]
    assert ends.min() == -3.0 and ends.max() == 3.0


def test_a_group_wins_where_one_of_its_starts_lies_in_the_global_basin(monkeypatch):
    # Rastrigin's function rises up to ±0.5026 along each axis, and falls into other minima beyond.
    starts = [[0.5, -0.5], [0.51, 0.1], [-3.0, 3.0], [-0.4, 0.0], [2.0, 0.0], [1.0, 1.0], [0, 0.7]]
    asked = []

    def uniform(low, high, size):
        asked.append((low, high, size))
        return np.array(starts)

    monkeypatch.setattr(
        difficulties.rng, "generator", lambda *given: SimpleNamespace(uniform=uniform)
    )
    found, _ = many_starts({"runs": 7, "moves": 1000, "groups": [1, 2, 3]}, 0)
    assert asked == [(-5.12, 5.12, (7, 2))]
    # Of 7 starts the last makes no whole group.
    assert found == {
        "success/1": pytest.approx(2 / 7), "success/2": pytest.approx(2 / 3), "success/3": 1.0,
    }  # fmt: skip


def test_gradients_through_time_are_the_tapes():
    size, lags, radius, seed = 6, [1, 2, 5], 1.5, 3
    found, _ = long_term({"factors": [0.5, 1.1], "units": size, "radii": [radius], "lags": lags}, 3)
    assert found["power/0.5"] == 0.5**50 and found["power/1.1"] == pytest.approx(1.1**50)
    draws = rng.generator(seed, "recurrent matrix")
    weights = draws.normal(size=(size, size))
    weights *= radius / np.abs(np.linalg.eigvals(weights)).max()
    states = [tf.constant(0.1 * draws.normal(size=size))]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(states[0])
        for _ in range(max(lags)):
            pushed = tf.linalg.matvec(weights, states[-1]) + 0.1 * draws.normal(size=size)
            states.append(tf.tanh(pushed))
        direction = draws.normal(size=size)
        score = tf.tensordot(states[-1], direction / np.linalg.norm(direction), 1)
    for lag in lags:
        through = tape.gradient(score, states[-1 - lag])
        assert found[f"tanh/{radius:g}/{lag}"] == pytest.approx(float(tf.norm(through)))
        plain = np.linalg.matrix_power(weights.T, lag) @ direction
        expected = np.linalg.norm(plain) / np.linalg.norm(direction)
        assert found[f"norm/{radius:g}/{lag}"] == pytest.approx(expected)
