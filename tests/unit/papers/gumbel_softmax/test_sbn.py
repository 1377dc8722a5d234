"""Structured prediction: the likelihood that table 1 reports, against enumeration of the codes."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from sbn_settings import SETTINGS
from scipy.special import log_softmax, logsumexp
from scipy.stats import bernoulli

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.papers.gumbel_softmax import sbn

IMAGES = (np.random.default_rng(1).random([2, 784]) < 0.3).astype(np.uint8)
BITS = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
# Two categorical variables of three classes.
ONE_HOTS = np.array([np.concatenate(pair) for pair in itertools.product(np.eye(3), repeat=2)])
STATES = {"bernoulli": BITS, "categorical": ONE_HOTS}
PARAMS = {
    **SETTINGS, "units": 3, "batch_size": 2,
    "curve_images": 1, "curve_samples": 1, "test_images": 2, "test_samples": 20_000,
}  # fmt: skip


def weights_of(network):
    """Weights under which every unit is undecided and every code says something of the pixels."""
    sizes = {"h1": [sbn.HALF, network.latent.size], "h2": [network.latent.size] * 2}
    sizes["x"] = [network.latent.size, sbn.HALF]
    scale = {"h1": 0.05, "h2": 1.0, "x": 0.3}
    drawn = {}
    for name, size in sizes.items():
        drawn[f"{name}/W"] = scale[name] * rng.normal(rng.key(0)(f"{name}/W"), size)
        drawn[f"{name}/b"] = scale[name] * rng.normal(rng.key(0)(f"{name}/b"), size[1:])
    return drawn


def exact(network, weights, images, kind, codes):
    """Return log Σ p(h₁ | x_up) p(h₂ | h₁) p(x_low | h₂) over all codes: [batch] nats."""
    w = {name: value.numpy().astype(np.float64) for name, value in weights.items()}
    states = STATES[kind]

    def affine(name, values):
        values = values if codes == "01" else 2.0 * values - 1.0
        return values @ w[f"{name}/W"] + w[f"{name}/b"]

    def log_p(logits):
        """Log-probability of every state: [..., state]."""
        if kind == "bernoulli":
            p = 1.0 / (1.0 + np.exp(-logits[..., np.newaxis, :]))
            return bernoulli.logpmf(states, p).sum(-1)
        by_class = log_softmax(logits.reshape(*logits.shape[:-1], 2, 3), -1)
        return by_class.reshape(logits.shape) @ states.T

    upper, lower = images[:, :392].astype(np.float64), images[:, 392:]
    p = 1.0 / (1.0 + np.exp(-affine("x", states)))
    pixels = bernoulli.logpmf(lower[:, np.newaxis], p).sum(-1)  # [image, h2]
    first, second = log_p(affine("h1", upper)), log_p(affine("h2", states))
    joint = first[:, :, np.newaxis] + second + pixels[:, np.newaxis]  # [image, h1, h2]
    return logsumexp(joint, axis=(1, 2))


@pytest.mark.parametrize("codes", ["01", "pm1"])
@pytest.mark.parametrize(("kind", "units", "classes"), [("bernoulli", 3, 2), ("categorical", 6, 3)])
def test_many_samples_give_the_exact_likelihood_and_one_gives_less(kind, units, classes, codes):
    params = {"codes": codes, "latent": kind, "units": units, "classes": classes}
    network = sbn.Sbn(params)
    weights, images = weights_of(network), tf.constant(IMAGES, tf.float32)
    wanted = exact(network, weights, IMAGES, kind, codes)
    assert abs(wanted[0] - wanted[1]) > 0.5
    found = network.log_likelihood(weights, images, rng.key(0), 20_000)
    np.testing.assert_allclose(found, wanted, atol=0.05)
    one = network.log_likelihood(weights, tf.repeat(images, 50, 0), rng.key(0), 1)
    assert np.mean(one) < wanted.mean() - 0.5


def test_the_test_number_of_a_training_is_the_mean_exact_negative_likelihood():
    arrays = {f"{split}_images": IMAGES for split in ("train", "valid", "test")}
    task = sbn.train(PARAMS, Dataset("toy", arrays, "d" * 64, {}))
    network = sbn.Sbn(PARAMS)
    weights = weights_of(network)
    for name, value in weights.items():
        task.variables[name].assign(value)
    wanted = -exact(network, weights, IMAGES, "bernoulli", "01").mean()
    assert task.evaluate(0, 0, True)["test_nll"] == pytest.approx(wanted, abs=0.05)
