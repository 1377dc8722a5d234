"""DCGAN in training: rates by schedule and player, kernels of spectral norm 1, counts of β."""

from unittest.mock import patch

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine.rng import key
from saigen.metrics.drawn import latents
from saigen.nets.objectives import standard_generator
from saigen.paper import load_paper
from saigen.papers.cg_gan.training import LATENT, METRICS, Training

EXPERIMENT = load_paper("cg_gan").experiments["grid"]
# What both rates are multiplied with at step n, where they decay at every 10 steps: D's and G's.
FACTORS = {
    "constant": lambda n: (1.0, 1.0),
    "sqrt": lambda n: ((n + 1) ** -0.5, (n + 1) ** -0.5),
    "step": lambda n: (0.9 ** (n // 10), 0.9 ** (n // 10)),
    "step_released": lambda n: (0.81 ** (n // 10), 1.0),
}


def built(family="conjugate"):
    """Return a tiny GAN without its judge, with two convolutions between the first and the last."""
    draws = np.random.default_rng(0)
    images = draws.integers(0, 256, [12, 32, 32, 1], np.uint8)
    dataset = Dataset("noise", {"train_images": images}, "digest", {})
    params = {**EXPERIMENT.params, "family": family, "width": 2, "batch_size": 4}
    with patch("saigen.papers.cg_gan.training.Drawn"):
        return Training(params, dataset)


@pytest.fixture(scope="module")
def model():
    return built()


def begun(model, **settings):
    """Set the live settings and the first weights."""
    for name, variable in model.live.items():
        variable.assign({**EXPERIMENT.params, **settings}[name])
    for name, value in model.initial(0).items():
        model.variables[name].assign(value)


def weights(model, player):
    return {n: v.numpy() for n, v in model.variables.items() if n.startswith(f"{player}/")}


def stepped(model, **settings):
    """Return how far a first step moves each weight, by player, and the step's metrics."""
    begun(model, **settings)
    players = ("generator", "discriminator")
    before = {player: weights(model, player) for player in players}
    found = model.step(tf.range(4), key(0))
    after = {player: weights(model, player) for player in players}
    moves = {
        player: {name: after[player][name] - value for name, value in before[player].items()}
        for player in players
    }
    return moves, {name: float(value) for name, value in found.items()}


@pytest.mark.parametrize("schedule", FACTORS)
def test_each_player_has_its_own_rate_and_its_own_decay(model, schedule):
    begun(model, schedule=schedule, decay_every=10, d_rate=0.5, g_rate=0.125)
    for n in (0, 9, 10, 25):
        model._schedule(tf.constant(n))
        of_d, of_g = FACTORS[schedule](n)
        rates = [float(model._rates[player]) for player in "dg"]
        assert rates == pytest.approx([0.5 * of_d, 0.125 * of_g], rel=1e-5), n


def test_a_rate_moves_its_own_player_alone(model):
    moves, found = stepped(model, d_rate=1.0, g_rate=0.0)
    assert all(move.any() for move in moves["discriminator"].values())
    assert not any(move.any() for move in moves["generator"].values())
    assert set(found) == set(METRICS)
    moves, _ = stepped(model, d_rate=0.0, g_rate=100.0)
    assert not any(move.any() for move in moves["discriminator"].values())
    assert all(move.any() for move in moves["generator"].values())


def test_the_generator_descends_against_the_new_discriminator_on_the_same_latents(model):
    rate = 100.0  # so that rounding of the weights is nothing beside their moves
    settings = {"rule": "none", "d_rate": 1.0}
    stepped(model, g_rate=0.0, **settings)
    with tf.GradientTape() as tape:
        loss = standard_generator(model._scores(model._g(latents(key(0), 4, LATENT))))
    slopes = tape.gradient(loss, model._g.weights)
    moves, found = stepped(model, g_rate=rate, **settings)
    assert found["g_loss"] == pytest.approx(float(loss), rel=1e-5)
    for name, move in moves["generator"].items():
        expected = -rate * slopes[name].numpy()
        np.testing.assert_allclose(move, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


def test_the_middle_kernels_alone_have_spectral_norm_1(model):
    begun(model)
    assert set(model._norms._vectors) == {"down1/W", "down2/W"}
    images = tf.constant(np.random.default_rng(1).normal(size=[3, 32, 32, 1]), tf.float32)
    before = model._scores(images).numpy()
    # Without biases a score is in proportion to every kernel that is not normalised.
    for name, times in {"down0": 3.0, "down1": 1.0, "down2": 1.0, "out": 3.0}.items():
        kernel = model.variables[f"discriminator/{name}/W"]
        first = kernel.numpy()
        kernel.assign(3.0 * first)
        np.testing.assert_allclose(model._scores(images), times * before, rtol=1e-4)
        kernel.assign(first)


def test_a_log_counts_the_tensors_at_the_cap_and_those_below_0(model):
    model._optimisers["d"].raw.assign([0.5, 0.7, -0.1, 9.0])
    model._optimisers["g"].raw.assign(tf.linspace(-1.0, 0.4, len(model._g.weights)))
    counts = {**model._betas("d"), **model._betas("g")}
    negative = np.mean(np.linspace(-1.0, 0.4, len(model._g.weights)) < 0.0)
    assert {name: float(count) for name, count in counts.items()} == pytest.approx(
        {"d_capped": 0.75, "d_negative": 0.25, "g_capped": 0.0, "g_negative": negative}
    )


def test_adam_has_no_beta_to_count():
    _, found = stepped(built("adam"))
    names = ("d_capped", "d_negative", "g_capped", "g_negative")
    assert [found[name] for name in names] == [0.0] * 4
