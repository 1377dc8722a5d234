"""Baselines of the score function: moving averages, and what an image lets expect."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.nets.affine import variables_like
from saigen.paper import load_paper
from saigen.papers.gumbel_softmax.baselines import ExpectedSignal, MovingAverages
from saigen.papers.gumbel_softmax.training import Trainer
from saigen.papers.gumbel_softmax.vae import Vae

IMAGES = (np.random.default_rng(0).random([40, 784]) < 0.3).astype(np.float32)


def test_moving_averages_are_of_the_steps_before():
    averages = MovingAverages(1, 0.8, normalise=False)
    first = averages.apply(0, tf.constant([2.0, 4.0]))
    np.testing.assert_allclose(first, [2.0, 4.0])
    np.testing.assert_allclose(averages.apply(0, tf.constant([2.0, 4.0])), [1.4, 3.4], rtol=1e-6)


def test_a_normalised_signal_is_divided_by_the_deviation_of_the_steps_before():
    averages, signal = MovingAverages(1, 0.8, normalise=True), tf.constant([0.0, 100.0])
    # The averages before each step: mean 0, 10, 18 and variance 0, 500, 900.
    np.testing.assert_allclose(averages.apply(0, signal), [0.0, 100.0])
    np.testing.assert_allclose(averages.apply(0, signal), np.array([-10, 90]) / 500**0.5, rtol=1e-5)
    np.testing.assert_allclose(averages.apply(0, signal), [-18 / 30, 82 / 30], rtol=1e-5)


def test_a_signal_that_varies_by_less_than_one_nat_is_centred_alone():
    averages, signal = MovingAverages(1, 0.8, normalise=True), tf.constant([2.0, 3.0])
    averages.apply(0, signal)
    np.testing.assert_allclose(averages.apply(0, signal), [1.5, 2.5], rtol=1e-6)


def two_gradients(estimator, normalise):
    """Return the encoder's gradient on a batch at first, then again, and √v in between."""
    params = load_paper("gumbel_softmax").experiments["vae"].params
    params = {**params, "latent": "bernoulli", "estimator": estimator, "units": 8}
    params["normalise"] = normalise
    trainer = Trainer(params, Vae(params), IMAGES.astype(np.uint8))
    trainer.weights["decoder/W"].assign(10.0 * trainer.weights["decoder/W"])  # signals that vary
    found = []
    for _ in range(2):
        deviation = float(trainer.variables["baseline/variance"][0]) ** 0.5
        with tf.GradientTape() as tape:
            loss = trainer.loss(tf.range(20), rng.key(3))
        found.append(tape.gradient(loss, trainer.weights["encoder/W"]).numpy())
    return *found, deviation


def test_sf_follows_a_signal_normalised_where_the_setting_says_so():
    first, second, deviation = two_gradients("sf", True)
    plain_first, plain_second, plain_deviation = two_gradients("sf", False)
    np.testing.assert_allclose(first, plain_first, rtol=1e-5)
    assert deviation == plain_deviation > 2.0
    np.testing.assert_allclose(second * deviation, plain_second, rtol=1e-3, atol=1e-3)


def test_muprop_follows_a_signal_normalised_where_the_setting_says_so():
    first, second, deviation = two_gradients("muprop", True)
    plain_first, plain_second, _ = two_gradients("muprop", False)
    np.testing.assert_allclose(first, plain_first, rtol=1e-5)
    assert deviation > 2.0
    assert np.abs(second - plain_second).max() > 0.1 * np.abs(plain_second).max()


def test_what_an_image_tells_of_its_signal_is_learnt_and_taken_away():
    averages, expected = MovingAverages(1, 0.8, normalise=False), ExpectedSignal(20, 0.8)
    weights = variables_like(expected.initial(0))
    signal = 30.0 * tf.sin(tf.range(40.0)) - 200.0  # of each image, the same at every step
    spread = []
    for _ in range(600):
        misses = []
        with tf.GradientTape() as tape:
            used = expected.before(averages.apply, weights, IMAGES, misses)(0, signal)
        for name, slope in tape.gradient(misses[0], weights).items():
            weights[name].assign_sub(0.05 * slope)
        spread.append(float(tf.math.reduce_std(used)))
    assert spread[0] == pytest.approx(21.0, abs=1.5)
    assert spread[-1] < 0.1 * spread[0]


def test_it_begins_without_a_say_and_is_no_part_of_the_loss():
    params = load_paper("gumbel_softmax").experiments["vae"].params
    params = {**params, "latent": "bernoulli", "estimator": "sf", "units": 8}
    after, losses = [], []
    for units in (0, 100):
        told = {**params, "baseline_units": units}
        trainer = Trainer(told, Vae(told), IMAGES.astype(np.uint8))
        for name, value in trainer.initial(3).items():
            trainer.variables[name].assign(value)
        losses.append(float(trainer.step(tf.range(20), rng.key(3))["loss"]))
        after.append({n: w.numpy() for n, w in trainer.weights.items()})
    assert losses[0] == losses[1]
    for name, weight in after[0].items():
        np.testing.assert_array_equal(weight, after[1][name])
    assert np.abs(after[1]["expected/out/W"]).max() > 0.0
