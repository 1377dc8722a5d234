"""Variational autoencoder with discrete latents: x → y → x, each arrow one linear map.

Source: Jang et al. 2017, section 4.2, figure 4 and table 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.task import Params, Task
from saigen.nets.affine import Weights, affine, initial_affine
from saigen.papers.gumbel_softmax.estimators import Layers
from saigen.papers.gumbel_softmax.evaluation import Evaluation
from saigen.papers.gumbel_softmax.latent import make_latent
from saigen.papers.gumbel_softmax.pixels import (
    bernoulli_loss,
    bernoulli_loss_of_many,
    coded,
    on_bits,
)
from saigen.papers.gumbel_softmax.schedules import temperature_at
from saigen.papers.gumbel_softmax.training import Trainer

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

PIXELS = 784


class Vae:
    """Encoder 784 → 200, decoder 200 → 784, and the logits of the prior, learned or uniform."""

    stochastic = ("encoder",)

    def __init__(self, params: Params) -> None:
        self.codes, self.learned_prior = params["codes"], params["learned_prior"]
        self.kl_in_signal = params["estimator"] == "sf" and params["signal"] == "elbo"
        self.latent = make_latent(params["latent"], params["units"], params["classes"])

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the initial weights of a seed; the prior starts uniform."""
        key, size = rng.key(seed), self.latent.size
        prior = {"prior": tf.zeros([size])} if self.learned_prior else {}
        return {
            **initial_affine(key, "encoder", PIXELS, size),
            **initial_affine(key, "decoder", size, PIXELS),
            **prior,
        }

    def encode(self, weights: Weights, images: tf.Tensor) -> tf.Tensor:
        """Return the logits of q(y | x) for images [batch, 784]."""
        return self.latent.from_flat(affine(weights, "encoder", coded(images, self.codes)))

    def decode(self, weights: Weights, codes: tf.Tensor) -> tf.Tensor:
        """Return the pixels' logits given codes: [..., 784]."""
        return affine(weights, "decoder", coded(self.latent.flat(codes), self.codes))

    def prior(self, weights: Weights) -> tf.Tensor:
        """Return the logits of p(y), in a layer's shape."""
        flat = weights["prior"] if self.learned_prior else tf.zeros([self.latent.size])
        return self.latent.from_flat(flat)

    def layers(self, weights: Weights, images: tf.Tensor) -> Layers:
        """Return the one stochastic layer for images [batch, 784] float32 in {0, 1}.

        f is −log p(x | y), and for SF the sampled −ELBO, −log p(x, y) + log q(y | x): variance
        normalisation divides its signal by √v ≈ 40, and a KL left outside would then weigh 40
        times as much as it should and switch the codes off. For MuProp both forms are one, since
        its linear baseline takes the KL out of the signal exactly.

        Departure: the paper does not say what f holds; this is NVIL's.
        """
        logits = self.encode(weights, images)

        def loss(codes: tf.Tensor) -> tf.Tensor:
            f = bernoulli_loss(self.decode(weights, codes), images)
            if not self.kl_in_signal:
                return f
            # log q brings no gradient of its own: its expectation is zero.
            log_q = self.latent.log_prob(tf.stop_gradient(logits), codes)
            return f + tf.reduce_sum(log_q - self.latent.log_prob(self.prior(weights), codes), -1)

        return Layers([self.latent], lambda index, codes: logits, loss)

    def penalty(self, weights: Weights, logits: list[tf.Tensor]) -> tf.Tensor:
        """Return KL(q(y | x) ‖ p(y)) of the discrete distributions: [batch] nats.

        The codes may be relaxed while the KL is not: what the paper trains is not a bound, what
        it reports is. Zero where the learning signal holds the KL already.
        """
        if self.kl_in_signal:
            return tf.zeros(tf.shape(logits[0])[:1])
        return self.latent.kl(logits[0], self.prior(weights))

    def log_bound(
        self, weights: Weights, images: tf.Tensor, key: rng.Key, samples: tf.Tensor
    ) -> tf.Tensor:
        """Return the m-sample bound log (1/m) Σᵢ p(x, yᵢ)/q(yᵢ | x), yᵢ ~ q hard: [batch] nats.

        Source: Burda et al. 2016; with m = 1000 it is the metric of table 1.
        """
        latent = self.latent
        logits, prior = self.encode(weights, images), self.prior(weights)
        codes = latent.sample(logits, key("codes"), samples)
        decoder = on_bits(weights, "decoder", self.codes)
        log_p = -bernoulli_loss_of_many(decoder, "decoder", latent.flat(codes), images)
        log_ratio = latent.log_ratio(prior, logits, codes)
        return tf.reduce_logsumexp(log_p + log_ratio, 0) - tf.math.log(tf.cast(samples, tf.float32))

    def relaxed_objective(
        self, weights: Weights, images: tf.Tensor, key: rng.Key, temperature: tf.Tensor
    ) -> tf.Tensor:
        """Return what Gumbel-Softmax trains on, −f − KL at relaxed codes: [batch] nats.

        Not a bound: relaxed codes carry more than discrete ones can.
        """
        logits = self.encode(weights, images)
        codes = self.latent.relaxed(logits, temperature, key("codes"))
        kl = self.latent.kl(logits, self.prior(weights))
        return -bernoulli_loss(self.decode(weights, codes), images) - kl


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one VAE. Metrics in nats, as Evaluation has them."""
    network = Vae(params)
    trainer = Trainer(params, network, dataset.images("train"))

    def bound(images: tf.Tensor, key: rng.Key, samples: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        return network.log_bound(trainer.weights_at(step), images, key, samples)

    def relaxed(images: tf.Tensor, key: rng.Key, samples: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        temperature = temperature_at(trainer.params, step)
        return network.relaxed_objective(trainer.weights, images, key, temperature)

    objectives = {"test_nll_one_sample": bound}
    if params["estimator"] in ("gumbel", "st_gumbel"):
        objectives["test_nll_relaxed"] = relaxed
    return trainer.task(Evaluation(params, dataset, bound, objectives))
