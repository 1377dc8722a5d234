"""Optimisers against their equations in float64, and in graph as in eager mode."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saigen.nets.optimisers import Adam, Momentum

gradients = arrays(np.float32, (5, 3), elements=st.floats(-3, 3, width=32))
rates = st.floats(0.015625, 0.5, width=32)


def taken(optimiser, weight, steps, graph=False):
    """Return the weight after each gradient of `steps`."""

    def step(gradient):
        optimiser.apply({"w": gradient})

    step = tf.function(step) if graph else step
    found = []
    for gradient in steps:
        step(tf.constant(gradient))
        found.append(weight.numpy())
    return np.stack(found)


def momentum_by_hand(steps, rate, momentum):
    weight, velocity, found = np.ones(3), np.zeros(3), []
    for gradient in steps.astype(np.float64):
        velocity = momentum * velocity - rate * gradient
        weight = weight + velocity
        found.append(weight)
    return np.stack(found)


def adam_by_hand(steps, rate, beta1, beta2, epsilon):
    weight, mean, square, found = np.ones(3), np.zeros(3), np.zeros(3), []
    for t, gradient in enumerate(steps.astype(np.float64), start=1):
        mean = beta1 * mean + (1 - beta1) * gradient
        square = beta2 * square + (1 - beta2) * gradient**2
        corrected = np.sqrt(square / (1 - beta2**t))
        weight = weight - rate * (mean / (1 - beta1**t)) / (corrected + epsilon)
        found.append(weight)
    return np.stack(found)


@given(gradients, rates, st.sampled_from([0.0, 0.5, 0.9]))
@settings(max_examples=20)
def test_momentum_is_its_equation(steps, rate, momentum):
    weight = tf.Variable(tf.ones(3))
    found = taken(Momentum({"w": weight}, rate, momentum), weight, steps)
    np.testing.assert_allclose(found, momentum_by_hand(steps, rate, momentum), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("epsilon", [1e-8, 0.1])
@given(gradients, rates, st.sampled_from([0.0, 0.5, 0.9]), st.sampled_from([0.9, 0.999]))
@settings(max_examples=20)
def test_adam_is_algorithm_1_with_its_epsilon_beside_the_corrected_root(
    epsilon, steps, rate, beta1, beta2
):
    # A gradient near ε would make the quotient depend on float32's last bits.
    steps = np.where(np.abs(steps) < 1e-3, 0.0, steps).astype(np.float32)
    weight = tf.Variable(tf.ones(3))
    found = taken(Adam({"w": weight}, rate, beta1, beta2, epsilon), weight, steps)
    wanted = adam_by_hand(steps, rate, beta1, beta2, epsilon)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "make", [lambda w, r: Momentum(w, r, 0.9), lambda w, r: Adam(w, r)], ids=["momentum", "adam"]
)
def test_the_rate_may_be_a_variable_and_a_graph_does_as_eager_mode_does(make):
    steps = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    found = []
    for graph in (False, True):
        weight, rate = tf.Variable(tf.ones(3)), tf.Variable(0.5, trainable=False)
        optimiser = make({"w": weight}, rate)
        rate.assign(0.125)
        found.append(taken(optimiser, weight, steps, graph))
        assert all(np.any(v.numpy()) for v in optimiser.variables.values())
    np.testing.assert_array_equal(*found)
    fixed = tf.Variable(tf.ones(3))
    np.testing.assert_allclose(found[0], taken(make({"w": fixed}, 0.125), fixed, steps), rtol=1e-6)
