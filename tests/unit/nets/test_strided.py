"""Fast strided convolutions are the library's, with their gradients and the gradients of these."""

from functools import partial

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.nets import strided


def drawn(name, shape):
    return rng.normal(rng.key(3)(name), shape)


def library_up(maps, kernel):
    height, width = maps.shape[1:3]
    shape = [maps.shape[0], 2 * height, 2 * width, kernel.shape[2]]
    return tf.nn.conv2d_transpose(maps, kernel, shape, 2, "SAME")


def library_down(images, kernel):
    return tf.nn.conv2d(images, kernel, 2, "SAME")


def derivatives(operation, x, kernel):
    """The value, its gradients, and the gradients of a penalty on the gradient in x."""
    with tf.GradientTape() as outer:
        outer.watch([x, kernel])
        with tf.GradientTape() as inner:
            inner.watch([x, kernel])
            value = operation(x, kernel)
            score = tf.reduce_sum(tf.sin(value))
        by_x, by_kernel = inner.gradient(score, [x, kernel])
        penalty = tf.reduce_sum(by_x**2) + tf.reduce_sum(by_kernel**3)
    return [value, by_x, by_kernel, *outer.gradient(penalty, [x, kernel])]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("size", strided.SIZES)
@pytest.mark.parametrize(
    ("fast", "library", "shape"),
    [
        (strided.down, library_down, [2, 8, 6, 3]),
        (strided.up, library_up, [2, 4, 3, 5]),
    ],
)
def test_values_gradients_and_gradients_of_gradients(fast, library, shape, size, compiled):
    x, kernel = drawn("x", shape), drawn("kernel", [size, size, 3, 5])

    def run(operation):
        function = partial(derivatives, operation)
        return (tf.function(function) if compiled else function)(x, kernel)

    for found, expected in zip(run(fast), run(library), strict=True):
        scale = float(tf.reduce_max(tf.abs(expected)))
        np.testing.assert_allclose(found, expected, atol=2e-6 * scale)


def test_what_it_serves_for():
    assert strided.suits(5, 32, 32, 3) and strided.suits(4, 16, 16, 1)
    assert not strided.suits(3, 32, 32, 3)  # another border
    assert not strided.suits(5, 7, 7, 1)  # an odd side
    assert not strided.suits(5, None, None, 3)
    assert not strided.suits(5, 32, 32, 64)
