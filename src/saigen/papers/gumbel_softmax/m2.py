"""Kingma's model M2: bounds on log p(x, y) and log p(x), and the objective of both.

A class y, uniform a priori, and a style z, standard normal, make an image x. All bounds are in
nats an image.

Source: Jang et al. 2017, section 4.3; Kingma et al. 2014.
"""

import math

import tensorflow as tf
import tensorflow_probability as tfp

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.nets.affine import Weights
from saigen.papers.gumbel_softmax.conv_vae import PIXELS, ConvVae
from saigen.papers.gumbel_softmax.estimators import path_sampler
from saigen.papers.gumbel_softmax.latent import Categorical
from saigen.papers.gumbel_softmax.pixels import bernoulli_loss

tfd = tfp.distributions

METHODS = ("marginal", "gumbel", "st_gumbel")


class M2:
    """The bounds of one network and one way to treat the unknown class.

    Args:
      network: q(y | x), q(z | x, y) and p(x | y, z).
      method: `marginal` sums over the classes, `gumbel` and `st_gumbel` sample one.
    """

    def __init__(self, network: ConvVae, method: str) -> None:
        self.network, self.method = network, method
        self._class = Categorical(1, network.classes)

    def labelled_bound(
        self, weights: Weights, x: tf.Tensor, y: tf.Tensor, noise: tf.Tensor
    ) -> tf.Tensor:
        """Return −L(x, y) = log p(x | y, z) + log p(y) − KL(q(z | x, y) ‖ p(z)): [..., batch].

        Args:
          weights: the network's.
          x: [batch, 28, 28, 1] in {0, 1}.
          y: [..., batch or 1, classes], one-hot or on the simplex.
          noise: [..., batch, style] standard normal; z = mean + deviation · noise.

        Source: section 4.3; equation 8 prints KL(q ‖ p(y) p(z)), log p(y) stands alone here.
        """
        mean, log_deviation = self.network.style_of(weights, x, y)
        deviation = tf.exp(log_deviation)
        kl = tfd.kl_divergence(tfd.Normal(mean, deviation), tfd.Normal(0.0, 1.0))
        pixels = self.network.pixel_logits(weights, y, mean + deviation * noise)
        log_p = -bernoulli_loss(pixels, tf.reshape(x, [-1, PIXELS]))
        return log_p - math.log(self.network.classes) - tf.reduce_sum(kl, -1)

    def marginal_bound(self, weights: Weights, x: tf.Tensor, key: Key) -> tf.Tensor:
        """Return −U(x) = Σ_y q(y | x) (−L(x, y)) + H(q(y | x)): [batch]; a fresh z for each y.

        Source: equation 9.
        """
        classes = self.network.classes
        every = tf.eye(classes)[:, tf.newaxis, :]
        noise = rng.normal(key("style"), [classes, tf.shape(x)[0], self.network.style])
        bounds = self.labelled_bound(weights, x, every, noise)
        q = tfd.OneHotCategorical(logits=self.network.class_logits(weights, x))
        return tf.einsum("kb,bk->b", bounds, q.probs_parameter()) + q.entropy()

    def sampled_bound(
        self, weights: Weights, x: tf.Tensor, key: Key, temperature: tf.Tensor
    ) -> tf.Tensor:
        """Return −L(x, y) + H(q(y | x)) at one Gumbel-Softmax sample y of q(y | x): [batch].

        Not a bound while y is relaxed.

        Source: equation 9 with its expectation over y replaced by a sample, section 4.3.
        """
        logits = self.network.class_logits(weights, x)
        sample = path_sampler(self.method, temperature, tf.constant(1.0))
        y = sample(self._class, logits[:, tf.newaxis, :], key("class"))[:, 0, :]
        noise = rng.normal(key("style"), [tf.shape(x)[0], self.network.style])
        entropy = tfd.OneHotCategorical(logits=logits).entropy()
        return self.labelled_bound(weights, x, y, noise) + entropy

    def unlabelled_bound(
        self, weights: Weights, x: tf.Tensor, key: Key, temperature: tf.Tensor
    ) -> tf.Tensor:
        """Return what the method trains on for images without a label: [batch]."""
        if self.method == "marginal":
            return self.marginal_bound(weights, x, key)
        return self.sampled_bound(weights, x, key, temperature)

    def label_log_prob(self, weights: Weights, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Return log q(y | x) of one-hot labels y [batch, classes]: [batch]."""
        return tfd.OneHotCategorical(logits=self.network.class_logits(weights, x)).log_prob(y)

    def objective(
        self,
        weights: Weights,
        unlabelled: tf.Tensor,
        labelled: tf.Tensor,
        y: tf.Tensor,
        key: Key,
        temperature: tf.Tensor,
        alpha: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """Return J = E_L[−L(x, y)] + E_U[−U(x)] + α E_L[log q(y | x)] and its three terms.

        Args:
          weights: the network's.
          unlabelled, labelled: [batch, 28, 28, 1] in {0, 1}; the batches may differ in size.
          y: [labelled batch, classes] one-hot.
          key: where this step's draws come from.
          temperature: τ of the relaxed class.
          alpha: α, weight of the classifier's own term.
        """
        noise = rng.normal(key("labelled style"), [tf.shape(labelled)[0], self.network.style])
        terms = {
            "labelled_bound": self.labelled_bound(weights, labelled, y, noise),
            "unlabelled_bound": self.unlabelled_bound(weights, unlabelled, key, temperature),
            "label_log_prob": self.label_log_prob(weights, labelled, y),
        }
        means = {name: tf.reduce_mean(term) for name, term in terms.items()}
        bounds = means["labelled_bound"] + means["unlabelled_bound"]
        return {"objective": bounds + alpha * means["label_log_prob"], **means}


def binarised(grey: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Return images as float32 in {0, 1}, each pixel on with probability value / 255."""
    draws = rng.uniform(seed, tf.shape(grey))
    return tf.cast(draws < tf.cast(grey, tf.float32) / 255.0, tf.float32)
