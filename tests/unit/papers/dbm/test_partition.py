"""Annealed importance sampling against enumeration."""

import numpy as np
import pytest
import tensorflow as tf
from tiny_machines import machine_of, tiny

from saigen.engine import rng
from saigen.papers.dbm import enumeration
from saigen.papers.dbm.partition import annealed_log_weights, log_mean, mean_field


@pytest.mark.parametrize("sizes", [(4, 3), (4, 3, 4), (3, 3, 3, 3)])
@pytest.mark.parametrize("temperatures", [1, 100])
def test_the_mean_weight_is_the_partition_function(sizes, temperatures):
    weights, biases = tiny(sizes)
    base = [tf.fill([n], 0.3) for n in sizes]
    log_w = annealed_log_weights(
        machine_of(weights, biases), base, 20_000, temperatures, rng.key(0)("ais")
    )
    found, error = log_mean(log_w.numpy())
    assert abs(found - enumeration.log_z(weights, biases)) < 4.0 * error + 1e-4
    assert error < (0.1 if temperatures == 1 else 0.01)


def test_with_a_base_that_is_the_machine_every_weight_is_z():
    biases = [np.array([0.4, -1.0]), np.array([0.2])]
    machine = machine_of([np.zeros((2, 1))], biases)
    log_w = annealed_log_weights(machine, machine.biases, 10, 7, rng.key(0)("ais"))
    exact = enumeration.log_z([np.zeros((2, 1))], biases)
    np.testing.assert_allclose(log_w, np.full(10, exact), rtol=1e-6)


def test_likelihoods_from_the_posteriors_partition_function():
    """log p(v) = b·v + log Z(v) − log Z, each Z by annealing from mean field."""
    sizes = (4, 3, 3)
    weights, biases = tiny(sizes)
    machine = machine_of(weights, biases)
    visible = enumeration.states([4])[0][[0, 5, 15]]
    rows = tf.constant(np.repeat(visible, 4000, 0), tf.float32)
    posterior = machine.given(rows)
    base = mean_field(posterior, len(rows))
    log_w = annealed_log_weights(posterior, base, len(rows), 30, rng.key(0)("ais")).numpy()
    own = visible @ biases[0]
    for index, part in enumerate(log_w.reshape(3, -1)):
        found, error = log_mean(part)
        found += own[index] - enumeration.log_z(weights, biases)
        exact = enumeration.log_likelihoods(weights, biases, visible)[index]
        assert abs(found - exact) < 4.0 * error + 1e-4


def test_mean_field_is_exact_where_nothing_interacts():
    biases = [np.array([0.4, -1.0]), np.array([0.2])]
    machine = machine_of([np.zeros((2, 1))], biases)
    for found, exact in zip(mean_field(machine, 1), biases, strict=True):
        np.testing.assert_allclose(found[0], exact, rtol=1e-6)


def test_log_mean_of_equal_weights_has_no_error():
    assert log_mean(np.full(5, 700.0)) == (pytest.approx(700.0), 0.0)
