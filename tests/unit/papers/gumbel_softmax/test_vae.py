"""The autoencoder: SF's learning signal, MuProp's indifference to the KL, the m-sample bound."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.nets.affine import affine, variables_like
from saigen.papers.gumbel_softmax import vae
from saigen.papers.gumbel_softmax.estimators import forward, muprop, score_function
from saigen.papers.gumbel_softmax.vae import Vae

UNITS = 4


@pytest.fixture
def network():
    def make(estimator, signal="elbo", learned_prior=True):
        params = {"codes": "01", "latent": "bernoulli", "units": UNITS, "classes": 2}
        params |= {"learned_prior": learned_prior, "estimator": estimator, "signal": signal}
        return Vae(params)

    return make


@pytest.fixture
def weights():
    sizes = {"encoder/W": [784, UNITS], "encoder/b": [UNITS], "prior": [UNITS]}
    sizes |= {"decoder/W": [UNITS, 784], "decoder/b": [784]}
    draws = {name: 0.05 * rng.normal(rng.key(0)(name), shape) for name, shape in sizes.items()}
    return variables_like(draws)


IMAGE = (np.random.default_rng(1).random([1, 784]) < 0.3).astype(np.float32)
STATES = np.array(list(itertools.product([0.0, 1.0], repeat=UNITS)), np.float32)


def gradients(weights, loss):
    with tf.GradientTape() as tape:
        value = loss()
    return tape.gradient(value, weights, unconnected_gradients="zero")


def negative_elbo(net, weights):
    """Σ_z q(z) (−log p(x | z)) + KL, exactly."""
    logits = net.encode(weights, IMAGE)
    log_q = tf.reduce_sum(net.latent.log_prob(logits, STATES), -1)
    f = vae.bernoulli_loss(net.decode(weights, STATES), IMAGE)
    return tf.reduce_sum(tf.exp(log_q) * f) + net.latent.kl(logits, net.prior(weights))[0]


def expected(net, weights, estimate):
    """Σ_z q(z) · (gradient of the surrogate and the penalty at z)."""
    total = {name: tf.zeros_like(value) for name, value in weights.items()}
    for z in STATES:

        def loss(z=z[np.newaxis]):
            layers = net.layers(weights, IMAGE)
            surrogate, logits = estimate(layers, lambda i, latent, l: tf.constant(z), centred)
            return surrogate + tf.reduce_mean(net.penalty(weights, logits))

        log_q = net.latent.log_prob(net.encode(weights, IMAGE), z[np.newaxis])
        found = gradients(weights, loss)
        q = tf.exp(tf.reduce_sum(log_q))
        total = {name: total[name] + q * found[name] for name in total}
    return total


def centred(index, signal):
    return signal - 100.0


@pytest.mark.parametrize(
    ("estimator", "signal", "estimate"),
    [
        ("sf", "elbo", score_function),
        ("sf", "reconstruction", score_function),
        ("muprop", "elbo", muprop),
    ],
)
def test_the_expected_gradient_is_that_of_the_exact_elbo(
    network, weights, estimator, signal, estimate
):
    net = network(estimator, signal)
    exact = gradients(weights, lambda: negative_elbo(net, weights))
    found = expected(net, weights, estimate)
    for name in weights:
        np.testing.assert_allclose(found[name], exact[name], rtol=5e-3, atol=2e-3, err_msg=name)


def test_muprop_is_the_same_with_the_kl_inside_its_signal_or_apart(network, weights):
    """What the docstring of Vae.layers says: the linear baseline takes the KL out exactly."""
    inside, apart = network("sf", "elbo"), network("muprop", "elbo")
    z = tf.constant(STATES[5:6])

    def of(net):
        def loss():
            layers = net.layers(weights, IMAGE)
            # A learning signal scaled as variance normalisation would.
            surrogate, logits = muprop(layers, lambda i, latent, l: z, lambda i, s: s / 40.0)
            return surrogate + tf.reduce_mean(net.penalty(weights, logits))

        return gradients(weights, loss)

    one, other = of(inside), of(apart)
    np.testing.assert_allclose(one["encoder/W"], other["encoder/W"], rtol=1e-3, atol=1e-4)


def test_scaling_the_signal_changes_what_sf_follows_unless_the_kl_is_inside(network, weights):
    """The reason for the departure: with the KL apart, the encoder's direction depends on √v."""

    def direction(signal, scale):
        net = network("sf", signal)
        found = expected_scaled(net, weights, scale)["encoder/W"]
        return found / tf.norm(found)

    def expected_scaled(net, weights, scale):
        def estimate(layers, sample, _):
            return score_function(layers, sample, lambda i, s: (s - 100.0) / scale)

        return expected(net, weights, estimate)

    agree = {
        signal: float(tf.reduce_sum(direction(signal, 1.0) * direction(signal, 40.0)))
        for signal in ("elbo", "reconstruction")
    }
    assert agree["elbo"] > 0.999
    assert agree["reconstruction"] < 0.9


def test_the_bound_tightens_to_the_exact_likelihood(network, weights):
    net = network("gumbel")
    prior = tf.reduce_sum(net.latent.log_prob(net.prior(weights), STATES), -1)
    _, codes, loss = forward(net.layers(weights, IMAGE), lambda i, l, x: tf.constant(STATES))
    exact = float(tf.reduce_logsumexp(prior - loss))
    key = rng.key(0)
    one = np.mean([float(net.log_bound(weights, IMAGE, rng.key(s), 1)[0]) for s in range(200)])
    many = float(net.log_bound(weights, IMAGE, key, 20_000)[0])
    assert one < exact
    assert many == pytest.approx(exact, abs=0.02)
    assert codes[0].shape == STATES.shape


@pytest.mark.parametrize("pixels", [784, 392, 7, 101])
def test_the_loss_of_pixels_is_their_cross_entropy(pixels):
    from saigen.papers.gumbel_softmax.pixels import bernoulli_loss

    logits = 20.0 * rng.normal(rng.key(4)("logits"), [3, 5, pixels])
    logits = tf.concat([logits, tf.fill([3, 1, pixels], 90.0), tf.zeros([3, 1, pixels])], 1)
    x = tf.cast(rng.uniform(rng.key(4)("x"), [7, pixels]) < 0.5, tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        found = bernoulli_loss(logits, x)
        each = tf.nn.sigmoid_cross_entropy_with_logits(tf.broadcast_to(x, logits.shape), logits)
        expected = tf.reduce_sum(each, -1)
        weighted = [tf.reduce_sum(loss * tf.cos(logits[..., 0])) for loss in (found, expected)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    ours, theirs = (tape.gradient(loss, logits) for loss in weighted)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=2e-4)


# One piece, a whole number of them, and a last one that is not full.
@pytest.mark.parametrize("samples", [3, 200, 203])
def test_the_fast_loss_equals_the_plain_one(samples):
    from saigen.papers.gumbel_softmax.pixels import bernoulli_loss, bernoulli_loss_of_many

    weights = {
        "map/W": 4.0 * rng.normal(rng.key(2)("W"), [20, 784]),
        "map/b": rng.normal(rng.key(2)("b"), [784]),
    }
    codes = tf.cast(rng.uniform(rng.key(2)("codes"), [samples, 5, 20]) < 0.7, tf.float32)
    x = tf.cast(rng.uniform(rng.key(2)("x"), [5, 784]) < 0.5, tf.float32)
    found = bernoulli_loss_of_many(weights, "map", codes, x)
    plain = bernoulli_loss(affine(weights, "map", codes), x)
    np.testing.assert_allclose(found, plain, rtol=1e-5)


@pytest.mark.parametrize("kind", ["01", "pm1"])
def test_a_map_on_bits_is_the_map_of_what_they_are_coded_as(kind):
    from saigen.papers.gumbel_softmax.pixels import coded, on_bits

    weights = {
        "map/W": rng.normal(rng.key(2)("W"), [20, 7]),
        "map/b": rng.normal(rng.key(2)("b"), [7]),
    }
    bits = tf.cast(rng.uniform(rng.key(2)("bits"), [3, 5, 20]) < 0.5, tf.float32)
    found = affine(on_bits(weights, "map", kind), "map", bits)
    np.testing.assert_allclose(found, affine(weights, "map", coded(bits, kind)), atol=1e-5)
