"""The cliff and the descents on it, against finite differences, TensorFlow and the reference."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import optimize

from saigen.papers.optimisation_lecture import cliff


def test_the_cliffs_gradient_is_its_finite_difference():
    point = np.array([5.1, -2.5])
    _, by_w, by_b = cliff.recurrent_loss(*point)
    near = optimize.approx_fprime(point, lambda p: cliff.recurrent_loss(*p)[0], 1e-7)
    np.testing.assert_allclose([by_w, by_b], near, rtol=1e-4)


def test_the_cliff_is_as_steep_as_the_reference():
    params = {"grid": 401, "thresholds": [0.1, 1.0], "moves": 400, "learning_rate": 0.05}
    found, arrays = cliff.surface(params, 0)
    np.testing.assert_allclose(found["slope/median"], 0.081, rtol=0.02)
    np.testing.assert_allclose(found["slope/max"], 9.8e3, rtol=0.02)
    # The cliff multiplies rounding by its slope, so that this one differs between libraries.
    np.testing.assert_allclose(found["largest_step/none/0"], 426.0, rtol=0.05)
    np.testing.assert_allclose(found["largest_step/global norm/1"], 0.05, rtol=1e-6)
    np.testing.assert_allclose(found["lowest/global norm/0.1"], 1.5e-4, rtol=0.05)
    # It sees a lower loss than without clipping, and yet swings at a higher one in the end.
    assert found["end/global norm/0.1"] > found["end/none/0"] > found["lowest/global norm/0.1"]
    # For the point was thrown to where σ = 1 and nothing slopes: (1 − 0.7)².
    assert found["end/none/0"] == pytest.approx(0.09)
    np.testing.assert_array_equal(arrays["path/none/0"][0], cliff.DRAWN)


def test_the_norms_clip_is_tensorflows_for_every_start():
    gradient = np.array([[3.0, 0.0, 0.3], [-4.0, 0.0, 0.4]])
    for threshold in (1.0, 10.0):
        clipped = cliff.clip_by_norm(gradient, threshold)
        for start in range(3):
            wanted = tf.clip_by_global_norm([tf.constant(gradient[:, start])], threshold)[0][0]
            np.testing.assert_allclose(clipped[:, start], wanted)


def test_starts_descend_as_they_would_alone():
    starts = np.array([[5.0, 6.0, 4.5], [-2.3, -2.1, -3.1]])
    together = cliff.descend(starts, "global norm", 0.1, 0.05, 20)
    alone = cliff.descend(starts[:, 1:2], "global norm", 0.1, 0.05, 20)
    assert together.path.shape == (20, 2, 3)
    np.testing.assert_allclose(together.path[:, :, 1:2], alone.path)
    np.testing.assert_allclose(together.loss[:, 1:2], alone.loss)
    steps = np.linalg.norm(np.diff(together.path, axis=0), axis=1)
    assert np.all(steps.max(0) <= together.longest + 1e-12)
    assert together.longest.max() <= 0.05 * 0.1 + 1e-12


def test_only_clipping_by_element_turns_gradients():
    params = {"thresholds": [0.1], "moves": 30, "learning_rate": 0.05, "runs": 50}
    found, _ = cliff.many(params, 0)
    assert found["turned/global norm/0.1"] < 1e-5 and found["turned/none/0"] < 1e-5
    assert found["turned/element-wise/0.1"] > 1.0
    assert found["reach/global norm/0.1"] == pytest.approx(1.0)
    assert 1.0 < found["reach/element-wise/0.1"] <= 2**0.5 + 1e-9
    assert found["thrown/global norm/0.1"] == 0.0
    other, _ = cliff.many(params, 1)
    assert other["lowest/none/0"] != found["lowest/none/0"]
