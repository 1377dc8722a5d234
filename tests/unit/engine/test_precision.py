"""bfloat16 rounds the factors of products to eight bits, and nothing else."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from saigen import machine
from saigen.engine import precision, rng
from saigen.nets.gradient_penalty import gradient_penalty
from saigen.nets.layers import Network


@pytest.fixture
def chosen():
    yield precision.use
    precision.use("float32")


def draws(name, *shape):
    return rng.normal(rng.key(0)(name), list(shape))


#: Operation, shapes of its factors, its other arguments.
OPERATIONS = {
    "matmul": (tf.matmul, [32, 64], [64, 16], ()),
    "conv2d": (tf.nn.conv2d, [4, 8, 8, 6], [3, 3, 6, 5], (2, "SAME")),
    "conv1d": (tf.nn.conv1d, [4, 9, 6], [5, 6, 5], (1, "SAME")),
    "conv2d_transpose": (
        tf.nn.conv2d_transpose,
        [4, 8, 8, 6],
        [5, 5, 3, 6],
        ([4, 16, 16, 3], 2, "SAME"),
    ),
}


def case(name):
    operation, x, w, rest = OPERATIONS[name]
    return operation, draws("x", *x), draws("w", *w), rest


@pytest.mark.skipif(not machine.multiplies_bfloat16(), reason="parts of sums are rounded here")
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_factors_are_rounded_and_the_sum_is_not(chosen, name):
    operation, x, w, rest = case(name)
    exact = operation(x, w, *rest)
    chosen("bfloat16")
    found = precision.product(operation, x, w, *rest)
    assert found.dtype == tf.float32
    # What exact arithmetic makes of rounded factors, itself rounded once to eight bits.
    rounded = [tf.cast(tf.cast(each, tf.bfloat16), tf.float32) for each in (x, w)]
    wanted = operation(*rounded, *rest).numpy()
    np.testing.assert_allclose(found, wanted, rtol=2**-8, atol=2**-9 * np.abs(wanted).max())
    assert not np.allclose(found, exact, rtol=2**-12), "nothing was rounded"


@pytest.mark.skipif(not machine.multiplies_bfloat16(), reason="parts of sums are rounded here")
@pytest.mark.parametrize(
    ("x", "w", "wanted"),
    [
        ([1.0 + 2**-9, -1.0], [1.0, 1.0], 0.0),
        ([1.0, -1.0], [1.0 + 2**-9, 1.0], 0.0),
        # 257 would be 256 in eight bits.
        ([256.0, 1.0, -256.0], [1.0, 1.0, 1.0], 1.0),
    ],
)
def test_both_factors_are_rounded_and_no_part_of_the_sum(chosen, x, w, wanted):
    chosen("bfloat16")
    found = precision.product(tf.matmul, tf.constant([x]), tf.constant(w)[:, tf.newaxis])
    assert found.numpy().item() == wanted


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("kind", ["float32", "tf32"])
def test_the_others_leave_every_bit_on_a_cpu(chosen, name, kind):
    operation, x, w, rest = case(name)
    chosen(kind)
    with tf.device("CPU"):
        same = precision.product(operation, x, w, *rest) == operation(x, w, *rest)
    assert tf.reduce_all(same)


def test_a_penalty_under_bfloat16_is_float32_and_near_the_other(chosen):
    def critic(layers, x):
        x = tf.nn.leaky_relu(layers.conv("in", x, 8, stride=2))
        return layers.dense("out", tf.reshape(x, [-1, 4 * 4 * 8]), 1)[:, 0]

    network = Network("critic", critic, [8, 8, 3])
    for name, value in network.initial(0).items():
        network.weights[name].assign(value)
    real, fake = draws("r", 16, 8, 8, 3), draws("f", 16, 8, 8, 3)
    epsilon = tf.linspace(0.0, 0.9, 16)

    def penalty():
        with tf.GradientTape() as tape:
            found = gradient_penalty(network, real, fake, epsilon)
        return found, tape.gradient(found, network.weights["critic/in/W"])

    exact, exact_slope = penalty()
    chosen("bfloat16")
    found, slope = penalty()
    assert (found.dtype, slope.dtype) == (tf.float32, tf.float32)
    np.testing.assert_allclose(found, exact, rtol=0.02)
    error = tf.norm(slope - exact_slope) / tf.norm(exact_slope)
    assert 0 < error < 0.05


@pytest.mark.parametrize(
    ("asked", "stamped"), [("float32", "float32"), ("bfloat16", "bfloat16"), ("tf32", "float32")]
)
def test_a_cpu_says_which_precision_it_has(asked, stamped):
    setting = f"device.set_up(precision={asked!r}, device='cpu')"
    script = f"from saigen.engine import device; print({setting}['precision'])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == stamped
