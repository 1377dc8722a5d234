"""Samples, means, log-probabilities and KL of discrete layers."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from saigen.engine import rng
from saigen.papers.gumbel_softmax.latent import Bernoulli, Categorical, make_latent


@given(seed=st.integers(0, 1000), shift=st.floats(-30, 30))
@settings(max_examples=20, deadline=None)
def test_a_categorical_sample_is_one_hot_however_extreme_the_logits(seed, shift):
    logits = rng.normal(rng.key(seed)("logits"), [4, 5, 6]) * 20.0 + shift
    z = Categorical(5, 6).sample(logits, rng.key(seed)("z"))
    np.testing.assert_array_equal(tf.reduce_sum(z, -1), np.ones([4, 5]))
    assert set(np.unique(z)) <= {0.0, 1.0}


def test_categorical_counts_follow_the_probabilities():
    logits = tf.constant([[-2.8, -1.7, -1.6, -3.2, -2.2, -0.9, -4.0]])
    z = Categorical(1, 7).sample(logits, rng.key(0)("z"), 100_000)
    counts = z.numpy().sum((0, 1))
    p = scipy.special.softmax(logits.numpy()[0].astype(np.float64))
    assert scipy.stats.chisquare(counts, p * counts.sum()).pvalue > 1e-3


def test_counted_samples_have_a_leading_axis():
    assert Bernoulli(3).sample(tf.zeros([2, 3]), rng.key(0)("z"), 5).shape == [5, 2, 3]
    assert Categorical(3, 4).sample(tf.zeros([2, 3, 4]), rng.key(0)("z"), 5).shape == [5, 2, 3, 4]


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0, 10.0])
def test_the_largest_entry_of_a_relaxed_sample_follows_the_categorical_law(temperature):
    latent = Categorical(1, 7)
    logits = tf.constant([[-2.8, -1.7, -1.6, -3.2, -2.2, -0.9, -4.0]])
    tiled = tf.tile(logits[tf.newaxis], [100_000, 1, 1])
    y = latent.relaxed(tiled, tf.constant(temperature), rng.key(5)("y"))
    np.testing.assert_allclose(tf.reduce_sum(y, -1), np.ones([100_000, 1]), atol=1e-4)
    counts = latent.harden(y).numpy().sum((0, 1))
    p = scipy.special.softmax(logits.numpy()[0].astype(np.float64))
    assert scipy.stats.chisquare(counts, p * counts.sum()).pvalue > 1e-3


@pytest.mark.parametrize("kind", ["bernoulli", "categorical"])
def test_kl_is_the_expected_log_ratio(kind):
    latent = make_latent(kind, 6, 3)
    q = latent.from_flat(tf.linspace(-1.0, 1.0, latent.size))
    p = latent.from_flat(tf.linspace(0.5, -0.7, latent.size))
    z = latent.sample(q, rng.key(0)("z"), 200_000)
    ratio = tf.reduce_sum(latent.log_prob(q, z) - latent.log_prob(p, z), -1)
    np.testing.assert_allclose(latent.log_ratio(q, p, z), ratio, atol=1e-5)
    ratio = ratio.numpy().astype(np.float64)
    assert abs(ratio.mean() - float(latent.kl(q, p))) < 4.5 * ratio.std() / len(ratio) ** 0.5
    assert float(latent.kl(q, q)) == pytest.approx(0.0, abs=1e-6)
