"""The optimisers by their equations, and RMSProp against TensorFlow 1's own."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.nets.tf1_optimisers import Tf1Adam, Tf1RMSProp

GRADIENTS = [np.array([1e-4, -2.0]), np.array([1e-9, 0.5]), np.array([0.0, 3.0])]


def run(make, begin=(1.0, 2.0)):
    weight = tf.Variable(begin, dtype=tf.float32)
    optimiser = make({"w": weight}, tf.Variable(1e-2))
    for gradient in GRADIENTS:
        optimiser.apply({"w": tf.constant(gradient, tf.float32)})
    return weight.numpy(), optimiser


@pytest.mark.parametrize("beta1", [0.0, 0.5])
def test_adam_by_its_equation(beta1):
    found, optimiser = run(lambda weights, rate: Tf1Adam(weights, rate, beta1, 0.9))
    theta, m, v = np.array([1.0, 2.0]), np.zeros(2), np.zeros(2)
    for t, g in enumerate(GRADIENTS, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = 0.9 * v + 0.1 * g**2
        rate = 1e-2 * np.sqrt(1 - 0.9**t) / (1 - beta1**t)
        theta = theta - rate * m / (np.sqrt(v) + 1e-8)
    np.testing.assert_allclose(found, theta, rtol=1e-5)
    assert float(optimiser.counters["adam updates"]) == 3.0


def test_rmsprop_is_that_of_tensorflow_1():
    found, _ = run(Tf1RMSProp)
    theirs = tf.Variable([1.0, 2.0])
    optimiser = tf.compat.v1.train.RMSPropOptimizer(1e-2)
    for gradient in GRADIENTS:
        optimiser.apply_gradients([(tf.constant(gradient, tf.float32), theirs)])
    np.testing.assert_allclose(found, theirs.numpy(), rtol=1e-6)


def test_rmsprop_begins_at_one_and_keras_s_does_not():
    # A first gradient of 1e-4: 5e-5 · 1e-4 / √(0.9 + …) against 5e-5 · 1e-4 / √(1e-9 + 1e-7).
    steps = []
    for settings in ({}, {"start": 0.0, "epsilon": 1e-7}):
        weight = tf.Variable([0.0])
        Tf1RMSProp({"w": weight}, tf.Variable(5e-5), **settings).apply({"w": tf.constant([1e-4])})
        steps.append(abs(float(weight[0])))
    assert steps[0] == pytest.approx(5e-5 * 1e-4 / 0.9**0.5, rel=1e-3)
    assert steps[1] == pytest.approx(5e-5 * 1e-4 / (1e-9 + 1e-7) ** 0.5, rel=1e-3)


def test_slots_are_named_by_their_weights():
    _, adam = run(lambda weights, rate: Tf1Adam(weights, rate, 0.5, 0.9))
    assert set(adam.variables) == {"adam mean/w", "adam square/w"}
    _, rmsprop = run(Tf1RMSProp)
    assert set(rmsprop.variables) == {"rms square/w"} and not rmsprop.counters
