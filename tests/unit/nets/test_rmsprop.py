"""RMSProp against TensorFlow 1's own, and against the first step of Keras's."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.nets.rmsprop import RMSProp

GRADIENTS = [np.array([1e-4, -2.0]), np.array([1e-9, 0.5]), np.array([0.0, 3.0])]


def test_it_is_that_of_tensorflow_1():
    ours, theirs = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0])
    optimiser = RMSProp({"w": ours}, tf.Variable(1e-2))
    reference = tf.compat.v1.train.RMSPropOptimizer(1e-2)
    for gradient in GRADIENTS:
        optimiser.apply({"w": tf.constant(gradient, tf.float32)})
        reference.apply_gradients([(tf.constant(gradient, tf.float32), theirs)])
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


def test_what_a_checkpoint_keeps_is_enough_to_go_on():
    # The kernel's momentum slot is not kept: a fresh one must take the same next step.
    first = tf.Variable([1.0, 2.0])
    optimiser = RMSProp({"w": first}, 1e-2)
    for gradient in GRADIENTS[:2]:
        optimiser.apply({"w": tf.constant(gradient, tf.float32)})
    second = tf.Variable(first.numpy())
    resumed = RMSProp({"w": second}, 1e-2)
    for name, slot in optimiser.variables.items():
        resumed.variables[name].assign(slot)
    for each in (optimiser, resumed):
        each.apply({"w": tf.constant(GRADIENTS[2], tf.float32)})
    assert (first.numpy() == second.numpy()).all()


@pytest.mark.parametrize(
    "settings, under_root",
    [({}, 0.9 + 1e-9), ({"start": 0.0, "epsilon": 1e-7}, 1e-9 + 1e-7)],
)
def test_the_first_step_of_a_small_gradient(settings, under_root):
    weight = tf.Variable([0.0])
    RMSProp({"w": weight}, 5e-5, **settings).apply({"w": tf.constant([1e-4])})
    assert abs(float(weight[0])) == pytest.approx(5e-5 * 1e-4 / under_root**0.5, rel=1e-3)
