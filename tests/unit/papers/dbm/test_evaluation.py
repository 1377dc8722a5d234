"""Evaluations of a machine: which of its samples a number is of, and what it is held against."""

import numpy as np
import pytest
import tensorflow as tf
from tiny_learners import IMAGES, exact_log_likelihood, learner

from saigen.papers.dbm import evaluation, sampling
from saigen.papers.dbm.evaluation import unique
from saigen.papers.dbm.partition import log_mean
from saigen.papers.dbm.pixels import Pixels


def test_likelihoods_by_annealing_are_those_of_the_enumeration():
    made = learner(init="orthogonal")
    parts = sampling.parts_of(made.machine())
    ask = sampling.compiled(tuple(made.sizes))
    seed, step = tf.constant(0), tf.constant(0)
    base = tf.zeros([4])
    log_w = ask.weights_of_z(parts, base, tf.constant(5000), tf.constant(50), seed, step)
    log_z, _ = log_mean(log_w.numpy())
    images = tf.constant(np.repeat(IMAGES, 100, 0))
    above = ask.weights_of_visible(parts, images, tf.constant(50), seed, step).numpy()
    # The mean of log w errs low by half its variance; here that is next to nothing.
    assert above.mean() - log_z == pytest.approx(exact_log_likelihood(made), abs=0.02)


def test_a_single_image_is_enough():
    """Halves of one chain are none and one; a fresh trace knows its shape."""
    made = learner(hidden=2, batch_size=1)
    ask, parts = sampling.compiled.__wrapped__(tuple(made.sizes)), sampling.parts_of(made.machine())
    image, draws = tf.constant(IMAGES[:1]), (tf.constant(0), tf.constant(0))
    state = ask.from_data(parts, image, *draws)
    assert ask.walked(parts, state, tf.constant(3), *draws)[0].shape == image.shape
    assert ask.reconstructed(parts, image, *draws).shape == image.shape
    assert np.isfinite(ask.weights_of_visible(parts, image, tf.constant(5), *draws)).all()
    known = tf.constant([1.0, 1.0, 0.0, 0.0])
    found = ask.completed(parts, known, image, tf.constant(1), *draws)
    np.testing.assert_array_equal(found[:, :2], image[:, :2])


@pytest.mark.parametrize("channels", [1, 3])
def test_inception_sees_three_channels_and_as_many_bits_as_the_machine(monkeypatch, channels):
    draws = np.random.default_rng(0)
    sets = {split: draws.integers(0, 256, [40, 4, 4, channels]).astype(np.uint8)
            for split in ("train", "test")}  # fmt: skip
    seen = []

    class Network:
        def __init__(self, path):
            assert path == "inception.npz"

        def __call__(self, images):
            seen.append(images)
            return images.reshape(len(images), -1)[:, :5], None

    class Images:
        images = staticmethod(lambda split: sets[split])

    monkeypatch.setattr(evaluation, "Inception", Network)
    pixels = Pixels(Images(), bits=2)
    distance = evaluation.Fidelity(pixels, "inception.npz")
    assert distance(pixels.units("test")) == pytest.approx(0.0, abs=1e-6)
    assert distance(pixels.units("train")) > 1.0
    assert all(images.shape[1:] == (4, 4, 3) for images in seen)
    assert set(np.unique(seen[0])) == {0.0, 85.0, 170.0, 255.0}


def test_a_machine_of_pixel_means_is_told_from_one_that_learns(monkeypatch):
    """Two clusters: fair coins are far from them, pixels at their means nearer, images nearest."""
    draws = np.random.default_rng(0)
    left = np.where(np.arange(8) < 4, 255, 0)

    def images(count):
        own = np.where(draws.random([count, 1]) < 0.7, left, 0).astype(np.uint8)
        return own.reshape(count, 2, 4, 1)

    sets = {"train": images(500), "test": images(500)}

    class Images:
        images = staticmethod(lambda split: sets[split])

        class Network:
            def __call__(self, images):
                return images.reshape(len(images), -1) / 255.0, None

    monkeypatch.setattr(evaluation.Classifier, "of", lambda dataset: dataset.Network())
    found = evaluation.Fidelity(Pixels(Images(), bits=1)).of_data(400, seed=0)
    assert found["floor"] < 0.02 < found["means"] < 0.7 * found["noise"]
    # Means and variances are right. Four pixels that are one: an eigenvalue of 0.84, against 0.21.
    by_hand = 4 * 0.21 + 4 * 0.21 - 2.0 * np.sqrt(0.84 * 0.21)
    assert found["means"] == pytest.approx(by_hand, rel=0.15)


def test_unique_counts_different_rows():
    assert unique(np.array([[0, 1], [0, 1], [1, 1]])) == 2
