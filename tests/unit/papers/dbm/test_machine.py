"""Energy, conditionals and gradients against enumeration and automatic differentiation."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from tiny_machines import every_state, law, machine_of, tiny

from saigen.papers.dbm import enumeration
from saigen.papers.dbm.machine import Machine, statistics, uncentred, with_expected_odd

SIZES = [(3, 2), (3, 2, 3), (2, 3, 2, 2), (2, 2, 2, 2, 2)]


@pytest.mark.parametrize("sizes", SIZES)
def test_energy_is_that_of_the_enumeration(sizes):
    weights, biases = tiny(sizes)
    found = machine_of(weights, biases).energy(every_state(sizes))
    expected = enumeration.energies(weights, biases, enumeration.states(sizes))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES)
def test_logits_are_the_conditionals_log_odds(sizes):
    weights, biases = tiny(sizes)
    every = every_state(sizes)
    machine = machine_of(weights, biases)
    for layer in range(len(sizes)):
        for unit in range(sizes[layer]):
            on, off = [
                [
                    tf.concat([x[:, :unit], tf.fill([len(x), 1], value), x[:, unit + 1 :]], 1)
                    if l == layer
                    else x
                    for l, x in enumerate(every)
                ]
                for value in (1.0, 0.0)
            ]
            odds = machine.energy(off) - machine.energy(on)
            np.testing.assert_allclose(machine.logits(layer, every)[:, unit], odds, atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES)
def test_marginal_energy_sums_the_odd_layers_out(sizes):
    weights, biases = tiny(sizes)
    every = enumeration.states(sizes)
    p = law(weights, biases)
    even = np.concatenate(every[::2], 1)
    marginal = machine_of(weights, biases).marginal_energy(every_state(sizes))
    for row in range(0, len(even), 7):
        total = p[(even == even[row]).all(1)].sum()
        expected = np.log(total) + enumeration.log_z(weights, biases)
        np.testing.assert_allclose(-marginal[row], expected, atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_clamped_machine_is_the_posterior(sizes):
    weights, biases = tiny(sizes)
    machine, every = machine_of(weights, biases), every_state(sizes)
    hidden = machine.given(every[0]).energy(every[1:])
    own = tf.linalg.matvec(every[0], machine.biases[0])
    np.testing.assert_allclose(hidden - own, machine.energy(every), atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES)
def test_local_gradients_equal_automatic_differentiation(sizes):
    weights, biases = tiny(sizes)
    centres = [
        tf.constant(0.1 + 0.8 * np.random.default_rng(1).random(n), tf.float32) for n in sizes
    ]
    w = [tf.Variable(x, dtype=tf.float32) for x in weights]
    b = [tf.Variable(x, dtype=tf.float32) for x in biases]
    every = every_state(sizes)

    def centred_energy():
        x = [s - c for s, c in zip(every, centres, strict=True)]
        own = tf.add_n([tf.linalg.matvec(s, bias) for s, bias in zip(x, b, strict=True)])
        met = tf.add_n([tf.reduce_sum((x[l] @ w[l]) * x[l + 1], -1) for l in range(len(w))])
        return -own - met

    with tf.GradientTape() as tape:
        total = -tf.reduce_sum(centred_energy())
    bonds, units = statistics(every, centres)
    for found, exact in zip([*bonds, *units], tape.gradient(total, [*w, *b]), strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-5, atol=1e-4)
    # The plain machine differs from the centred one by a constant energy alone.
    gap = uncentred(w, b, centres).energy(every) - centred_energy()
    np.testing.assert_allclose(gap - gap[0], np.zeros(len(gap)), atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES)
def test_expected_odd_layers_give_the_marginal_energys_gradient(sizes):
    weights, biases = tiny(sizes)
    machine = machine_of(weights, biases)
    every = every_state(sizes)
    variables = [*machine.weights, *machine.biases]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        # Made again under the tape, which then sees how the transposed weights come about.
        machine = Machine(machine.weights, machine.biases)
        total = -tf.reduce_sum(machine.marginal_energy(every))
    bonds, units = statistics(with_expected_odd(machine, every), [tf.zeros([n]) for n in sizes])
    for found, exact in zip([*bonds, *units], tape.gradient(total, variables), strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-3)


@given(st.integers(0, 10_000), st.floats(0.1, 3.0))
def test_enumerated_means_are_the_gradient_of_log_z(seed, scale):
    weights, biases = tiny((2, 2, 2), scale, seed)
    means = enumeration.pair_means(weights, biases)
    step = 1e-5
    for place, unit in ((8, 0), (10, 0), (12, 1)):  # units follow the 4 + 4 bonds
        shifted = [b.copy() for b in biases]
        shifted[(place - 8) // 2][unit] += step
        slope = (enumeration.log_z(weights, shifted) - enumeration.log_z(weights, biases)) / step
        np.testing.assert_allclose(means[place + unit], slope, atol=1e-4)


def test_enumerated_likelihoods_sum_to_one():
    weights, biases = tiny((3, 2, 2))
    visible = enumeration.states([3])[0]
    total = np.exp(enumeration.log_likelihoods(weights, biases, visible)).sum()
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


def test_a_machine_without_bonds_has_logistic_means():
    weights, biases = [np.zeros((2, 2))], [np.array([0.3, -1.0]), np.array([2.0, 0.0])]
    np.testing.assert_allclose(
        enumeration.pair_means(weights, biases)[4:], expit(np.concatenate(biases)), rtol=1e-12
    )
