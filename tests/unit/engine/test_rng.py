"""Every draw is a pure function of (seed, purpose, step)."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from saigen.engine import rng

seeds = st.integers(0, 2**31 - 1)
steps = st.integers(0, 2**31 - 1)
purposes = st.text(min_size=1, max_size=12)
keys = st.tuples(seeds, purposes, steps)


def stream(seed, purpose, step):
    return tuple(rng.key(seed, step)(purpose).numpy().tolist())


def draws(seed, purpose, step, count=8):
    return rng.normal(rng.key(seed, step)(purpose), [count]).numpy()


@given(keys)
def test_the_same_key_gives_the_same_draws(key):
    np.testing.assert_array_equal(draws(*key), draws(*key))


@given(seeds, seeds, steps, steps, purposes)
def test_another_seed_or_another_step_is_another_stream(seed, other, step, later, purpose):
    same = (seed, step) == (other, later)
    assert (stream(seed, purpose, step) == stream(other, purpose, later)) == same


def test_no_two_of_many_purposes_seeds_and_steps_share_a_stream():
    names = ["z", "noise", "x", "codes", "gumbel", "dropout", "epsilon", "labels", "data order"]
    names += [f"layer {index}" for index in range(20)] + [f"h{index}" for index in range(20)]
    found = {stream(seed, name, step) for seed in range(30) for name in names for step in (0, 1, 9)}
    assert len(found) == 30 * len(names) * 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0, "z", 0), (1, "z", 0)),
        ((0, "z", 0), (0, "z", 1)),
        ((0, "z", 0), (0, "x", 0)),
        ((0, "z", 1), (1, "z", 0)),
    ],
)
def test_draws_of_distinct_keys_are_uncorrelated(one, other):
    count = 20_000
    correlation = np.corrcoef(draws(*one, count=count), draws(*other, count=count))[0, 1]
    assert abs(correlation) < 5.0 / np.sqrt(count)


@tf.function(autograph=False)
def looped(seed, first, steps):
    """Draw [steps, 4] numbers in one compiled loop."""

    def body(offset, drawn):
        key = rng.Key(seed, first + offset)
        return offset + 1, drawn.write(offset, rng.normal(key("z"), [4]))

    empty = tf.TensorArray(tf.float32, steps, element_shape=[4])
    return tf.while_loop(lambda offset, _: offset < steps, body, (0, empty))[1].stack()


def test_draws_of_following_steps_are_uncorrelated():
    series = looped(tf.constant(3), tf.constant(0), tf.constant(5000)).numpy()[:, 0]
    assert abs(np.corrcoef(series[:-1], series[1:])[0, 1]) < 5.0 / np.sqrt(len(series))
    assert abs(series.mean()) < 5.0 / np.sqrt(len(series))


def test_draws_in_a_compiled_loop_are_those_drawn_one_by_one():
    wanted = np.stack([draws(5, "z", step, 4) for step in range(100, 110)])
    for first, steps in ((100, 10), (104, 6), (109, 1)):
        found = looped(tf.constant(5), tf.constant(first), tf.constant(steps)).numpy()
        np.testing.assert_array_equal(found, wanted[first - 100 :])


def test_moments_are_those_of_the_distribution():
    seed = rng.key(7, 3)("moments")
    uniform = rng.uniform(seed, [100_000]).numpy().astype(np.float64)
    assert uniform.min() >= 0.0
    assert uniform.max() < 1.0
    # Five standard errors of the mean and of the variance.
    assert uniform.mean() == pytest.approx(0.5, abs=5 * np.sqrt(1 / 12 / 1e5))
    assert uniform.var() == pytest.approx(1 / 12, abs=5 * np.sqrt(1 / 180 / 1e5))
    normal = rng.normal(seed, [100_000]).numpy().astype(np.float64)
    assert normal.mean() == pytest.approx(0.0, abs=5 * np.sqrt(1 / 1e5))
    assert normal.var() == pytest.approx(1.0, abs=5 * np.sqrt(2 / 1e5))
    assert (normal**4).mean() == pytest.approx(3.0, abs=5 * np.sqrt(96 / 1e5))


def test_the_streams_are_the_ones_they_always_were():
    """A change here makes every published number another one."""
    assert stream(0, "z", 0) == (1657960367, 0)
    assert stream(1, "z", 7) == (-52097506, 7)
    bits = rng.uniform(rng.key(1, 2)("z"), [3]).numpy().view(np.uint32)
    assert bits.tolist() == [1051384808, 1058880940, 1058675780]
    assert rng.generator(1, "data order", 2).permutation(10).tolist() == [
        0, 4, 9, 6, 2, 8, 5, 7, 3, 1,
    ]  # fmt: skip


@given(seeds, purposes, st.integers(0, 10**6))
def test_host_generators_are_pure_functions_too(seed, purpose, index):
    one, again, other = (
        rng.generator(seed, purpose, which).integers(2**63, size=4)
        for which in (index, index, index + 1)
    )
    assert one.tolist() == again.tolist() != other.tolist()
