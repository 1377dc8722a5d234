"""Exact transport, modes, gradients over layers: the measures of figure 1 on known cases."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from saigen.papers.wgan_gp.gradient_norms import DeepCritic
from saigen.papers.wgan_gp.toy_networks import activations, critic
from saigen.papers.wgan_gp.transport import potential, wasserstein
from saigen.papers.wgan_gp.value_surfaces import NEIGHBOURS, ValueSurface, modes_resolved

TOY = {
    "objective": "wasserstein", "penalty": 10.0, "one_sided": False, "clip": 0.0,
    "critic_steps": 2, "optimiser": "adam", "learning_rate": 1e-3, "beta1": 0.5, "beta2": 0.9,
    "decay_steps": 0, "weight_decay": 0.0, "batch_size": 32, "generator_batch": 32,
    "points": 500, "width": 16, "depth": 3, "steps": 2, "log_every": 1, "evaluate_every": 0,
    "test_points": 150, "toy": "eight_gaussians", "inside": 0.0,
}  # fmt: skip


def test_a_shift_is_as_far_as_it_is_long():
    x = np.random.default_rng(0).standard_normal((40, 2))
    assert wasserstein(x, x + np.array([3.0, 4.0])) == pytest.approx(5.0)


@given(st.integers(0, 50))
def test_the_potential_is_1_lipschitz_and_attains_the_distance(seed):
    generator = np.random.default_rng(seed)
    x, y = generator.standard_normal((12, 2)), 2.0 * generator.standard_normal((12, 2)) + 1.0
    on_x, on_y = potential(x, y)
    assert on_x.mean() - on_y.mean() == pytest.approx(wasserstein(x, y), rel=1e-6)
    points, values = np.concatenate([x, y]), np.concatenate([on_x, on_y])
    rise = abs(values[:, None] - values[None])
    assert (rise <= cdist(points, points) + 1e-9).all()


def test_modes_are_those_above_their_neighbours_midpoints():
    centres, pairs = NEIGHBOURS["eight_gaussians"]
    assert len(centres) == 8 and len(pairs) == 16
    assert len(NEIGHBOURS["twenty_five_gaussians"][0]) == 25
    assert len(NEIGHBOURS["twenty_five_gaussians"][1]) == 2 * 40

    def peaks(points):
        return -cdist(points, centres).min(1)

    assert modes_resolved(peaks, "eight_gaussians") == 8
    assert modes_resolved(lambda points: -peaks(points), "eight_gaussians") == 0
    assert modes_resolved(lambda points: -cdist(points, centres[:1])[:, 0], "eight_gaussians") == 1


def test_a_surface_of_known_slope_is_measured_as_such():
    surface = ValueSurface({**TOY, "depth": 1})
    # One hidden layer that passes x₁ and −x₁, taken together as 2 x₁: slope 2 everywhere.
    surface.gan.critic.weights["critic/01/W"].assign(
        np.pad([[1.0, -1.0], [0.0, 0.0]], [(0, 0), (0, 14)])
    )
    surface.gan.critic.weights["critic/out/W"].assign(np.pad([[2.0], [-2.0]], [(0, 14), (0, 0)]))
    found = surface.evaluate(0, 0, True)
    assert found["slope_mean"] == pytest.approx(2.0) and found["slope_cv"] < 1e-5
    assert found["steepest"] == pytest.approx(2.0)
    assert found["normalised"] <= 1.0 and found["w1"] > 0.0


def test_the_fixed_generator_is_the_data_with_noise():
    from saigen.engine import rng

    surface = ValueSurface(TOY)
    noise = rng.normal(rng.key(0)("noise"), [32, 2])
    rows = tf.range(32)
    (fake,) = surface.gan._extra.inputs_for(rows, (noise,))
    real = surface.gan._real(rows, rng.key(0))
    np.testing.assert_allclose(fake - real, noise, atol=1e-5)


def test_layer_gradients_are_those_of_the_loss():
    deep = DeepCritic({**TOY, "depth": 2})
    for name, value in deep.gan.initial(0).items():
        deep.gan.variables[name].assign(value)
    real, fake = (tf.random.stateless_normal([10, 2], [seed, 0]) for seed in (0, 1))
    norms = deep.layer_norms(real, fake).numpy()
    assert norms.dtype == np.float64 and norms.shape == (3,)
    # ∂L/∂D is −1/10 for ten real points and 1/10 for ten samples.
    assert norms[-1] == pytest.approx((20 * 0.1**2) ** 0.5)
    out = deep.critic.weights["critic/out/W"].numpy()
    assert norms[-2] == pytest.approx(norms[-1] * np.linalg.norm(out), rel=1e-5)


def test_gradients_below_the_squares_of_float32_are_seen():
    deep = DeepCritic({**TOY, "depth": 12, "clip": 0.01, "penalty": 0.0, "inside": 0.02})
    for name, value in deep.gan.initial(0).items():
        deep.gan.variables[name].assign(value)
    found = deep.evaluate(0, 0, True)
    assert -40.0 < found["log10_norm/01"] < -20.0
    assert found["slope"] > 1.0 and found["straightness"] > 0.95
    # Uniform over the box: a twentieth of the weights, before any training.
    assert found["at_edge"] == found["at_edge_first"] == pytest.approx(0.05, abs=0.02)


def test_weights_begun_inside_the_box_are_inside():
    made = critic(16, 3, inside=0.02)
    for name, value in made.initial(0).items():
        assert float(tf.reduce_max(abs(value))) <= 0.0100001, name
        made.weights[name].assign(value)
    x = tf.ones([4, 2])
    assert len(activations(made.layers, x, 16, 3)) == 4
    np.testing.assert_allclose(activations(made.layers, x, 16, 3)[-1], made(x))
