"""Structured output prediction: the lower half of a digit from its upper half.

A sigmoid belief network, or its categorical twin: x_up → h₁ → h₂ → x_low, each arrow one linear
map, no deterministic layer between.

Source: Jang et al. 2017, section 4.1, figure 3 and table 1.
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
from saigen.papers.gumbel_softmax.training import Trainer

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

HALF = 392  # pixels in half a digit


class Sbn:
    """x_up → h₁ → h₂ → x_low, in `params["latent"]` variables of 200 numbers a layer."""

    stochastic = ("h1", "h2")

    def __init__(self, params: Params) -> None:
        self.codes = params["codes"]
        self.latent = make_latent(params["latent"], params["units"], params["classes"])

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the initial weights of a seed: 197,592 numbers at full size."""
        key, size = rng.key(seed), self.latent.size
        return {
            **initial_affine(key, "h1", HALF, size),
            **initial_affine(key, "h2", size, size),
            **initial_affine(key, "x", size, HALF),
        }

    def layers(self, weights: Weights, images: tf.Tensor) -> Layers:
        """Return the stochastic layers for images [batch, 784] float32 in {0, 1}."""
        upper, lower = images[:, :HALF], images[:, HALF:]
        latent = self.latent

        def logits(index: int, codes: tf.Tensor | None) -> tf.Tensor:
            inputs = upper if codes is None else latent.flat(codes)
            return latent.from_flat(affine(weights, f"h{index + 1}", coded(inputs, self.codes)))

        def loss(codes: tf.Tensor) -> tf.Tensor:
            return bernoulli_loss(self.pixels(weights, codes), lower)

        return Layers([latent, latent], logits, loss)

    def penalty(self, weights: Weights, logits: list[tf.Tensor]) -> tf.Tensor:
        """Return zeros: there is no prior to be near to."""
        return tf.zeros(tf.shape(logits[0])[:1])

    def pixels(self, weights: Weights, codes: tf.Tensor) -> tf.Tensor:
        """Return the logits of the lower half's pixels given h₂: [..., 392]."""
        return affine(weights, "x", coded(self.latent.flat(codes), self.codes))

    def log_likelihood(
        self, weights: Weights, images: tf.Tensor, key: rng.Key, samples: tf.Tensor
    ) -> tf.Tensor:
        """Return log (1/m) Σᵢ p(x_low | hᵢ), hᵢ ~ p(h | x_up) hard: [batch] nats.

        Departure: section 4.1 prints the mean outside the logarithm, which would make m
        irrelevant; only this form gives the published numbers.
        """
        upper, lower = images[:, :HALF], images[:, HALF:]
        latent = self.latent
        # x_up → h₁ needs its logits once; the samples are a leading axis from there on.
        logits = latent.from_flat(affine(weights, "h1", coded(upper, self.codes)))
        h1 = latent.flat(latent.sample(logits, key("h1"), samples))
        second, pixels = (on_bits(weights, name, self.codes) for name in ("h2", "x"))
        h2 = latent.sample(latent.from_flat(affine(second, "h2", h1)), key("h2"))
        log_p = -bernoulli_loss_of_many(pixels, "x", latent.flat(h2), lower)
        return tf.reduce_logsumexp(log_p, 0) - tf.math.log(tf.cast(samples, tf.float32))


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one SBN. Metrics in nats, as Evaluation has them."""
    network = Sbn(params)
    trainer = Trainer(params, network, dataset.images("train"))

    def log_likelihood(
        images: tf.Tensor, key: rng.Key, samples: tf.Tensor, step: tf.Tensor
    ) -> tf.Tensor:
        return network.log_likelihood(trainer.weights_at(step), images, key, samples)

    return trainer.task(Evaluation(params, dataset, log_likelihood))
