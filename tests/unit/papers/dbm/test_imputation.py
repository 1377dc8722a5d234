"""Masks, masked searches and their baselines."""

import numpy as np
import tensorflow as tf
from tiny_machines import machine_of, tiny

from saigen.engine import rng
from saigen.papers.dbm import enumeration
from saigen.papers.dbm.imputation import (
    error,
    masked_search,
    masks,
    mean_completion,
    nearest_completion,
)


def test_masks_hide_whole_pixels():
    for name, known in masks((8, 8, 3), 2).items():
        pixels = known.reshape(64, 6)
        assert (pixels == pixels[:, :1]).all(), name
        assert 0.2 < 1.0 - pixels[:, 0].mean() < 0.65, name
    top = masks((8, 8, 1), 1)["top"].reshape(8, 8)
    assert (top[:4] == 0.0).all() and (top[4:] == 1.0).all()


def test_known_pixels_stay_and_more_restarts_find_lower_energies():
    machine = machine_of(*tiny((6, 4, 3), scale=2.0))
    known = tf.constant([1.0, 1.0, 0.0, 0.0, 0.0, 1.0])
    visible = tf.cast(rng.uniform(rng.key(0)("v"), [30, 6]) < 0.5, tf.float32)
    one, energy = masked_search(machine, known, visible, 1, rng.key(0))
    many, lower = masked_search(machine, known, visible, 8, rng.key(0))
    for found in (one, many):
        np.testing.assert_array_equal((found - visible) * known, tf.zeros([30, 6]))
    assert np.all(lower <= energy) and np.any(lower < energy)


def test_enough_restarts_find_the_lowest_energy_there_is():
    weights, biases = tiny((4, 3, 2), scale=2.0)
    machine = machine_of(weights, biases)
    known = np.array([1.0, 0.0, 0.0, 0.0], np.float32)
    visible = np.array([[1.0, 0.0, 0.0, 0.0]], np.float32)
    _, lowest = masked_search(machine, tf.constant(known), tf.constant(visible), 60, rng.key(0))
    every = enumeration.states([4, 3, 2])
    energies = enumeration.energies(weights, biases, every)
    np.testing.assert_allclose(lowest[0], energies[every[0][:, 0] == 1.0].min(), rtol=1e-5)


def test_baselines():
    train = np.array([[1, 1, 1, 1], [0, 0, 0, 1], [0, 0, 1, 1]], np.uint8)
    visible = np.array([[1, 1, 0, 0]], np.uint8)
    known = np.array([1.0, 1.0, 0.0, 0.0])
    np.testing.assert_array_equal(nearest_completion(known, visible, train), [[1, 1, 1, 1]])
    np.testing.assert_array_equal(mean_completion(known, visible, train), [[1, 1, 1, 1]])
    wrong = error(known, nearest_completion(known, visible, train), visible, _as_pixels)
    assert wrong == 1.0
    assert error(known, visible, visible, _as_pixels) == 0.0


def _as_pixels(units):
    return np.asarray(units, float).reshape(len(units), 2, 2, 1)
