"""AdaBelief against its equations in float64."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saigen.nets.adabelief import AdaBelief


def by_hand(steps, rate, beta1, beta2, epsilon):
    weight, mean, belief, found = np.ones(3), np.zeros(3), np.zeros(3), []
    longest = 2 / (1 - beta2) - 1
    for t, gradient in enumerate(steps.astype(np.float64), start=1):
        mean = beta1 * mean + (1 - beta1) * gradient
        belief = beta2 * belief + (1 - beta2) * (gradient - mean) ** 2 + epsilon
        forward = rate * mean / (1 - beta1**t)
        length = longest - 2 * t * beta2**t / (1 - beta2**t)
        if length >= 5:
            square = (length - 4) * (length - 2) * longest
            square /= (longest - 4) * (longest - 2) * length
            forward *= np.sqrt(square * (1 - beta2**t)) / (np.sqrt(belief) + epsilon)
        weight = weight - forward
        found.append(weight)
    return np.stack(found)


def taken(optimiser, weight, steps):
    step = tf.function(lambda gradient: optimiser.apply({"w": gradient}))
    found = []
    for gradient in steps:
        step(tf.constant(gradient))
        found.append(weight.numpy())
    return np.stack(found)


@given(
    arrays(np.float32, (9, 3), elements=st.floats(-3, 3, width=32)),
    st.sampled_from([0.0, 0.5, 0.9]),
    st.sampled_from([0.9, 0.999]),
)
@settings(max_examples=15)
def test_adabelief_is_its_equations(steps, beta1, beta2):
    # ε large enough that no float32 gradient lies under its own rounding.
    weight = tf.Variable(tf.ones(3))
    found = taken(AdaBelief({"w": weight}, 0.05, beta1, beta2, 1e-4), weight, steps)
    np.testing.assert_allclose(
        found, by_hand(steps, 0.05, beta1, beta2, 1e-4), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("epsilon", [1e-16, 1e-8])
def test_the_first_five_steps_are_plain_momentum_and_later_ones_are_rectified(epsilon):
    steps = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    weight = tf.Variable(tf.ones(3))
    found = taken(AdaBelief({"w": weight}, 0.01, 0.5, 0.999, epsilon), weight, steps)
    np.testing.assert_allclose(found, by_hand(steps, 0.01, 0.5, 0.999, epsilon), rtol=2e-3)
    mean, plain = np.zeros(3), np.ones(3)
    for t, gradient in enumerate(steps[:5], start=1):
        mean = 0.5 * mean + 0.5 * gradient
        plain = plain - 0.01 * mean / (1 - 0.5**t)
    np.testing.assert_allclose(found[4], plain, rtol=1e-5)
