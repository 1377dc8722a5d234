"""Structured output prediction: the lower half of a digit from its upper half.

A sigmoid belief network, or its categorical twin: x_up → h₁ → h₂ → x_low, each arrow one linear
map, no deterministic layer between.

Source: Jang et al. 2017, section 4.1, figure 3 and table 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.task import Task
from saigen.nets.affine import affine, initial_affine, variables_like
from saigen.papers.gumbel_softmax.estimators import Layers
from saigen.papers.gumbel_softmax.evaluation import Evaluation
from saigen.papers.gumbel_softmax.latent import make_latent
from saigen.papers.gumbel_softmax.training import (
    Params,
    Trainer,
    bernoulli_loss,
    bernoulli_loss_of_many,
    coded,
)

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

HALF = 392  # pixels in half a digit


class Sbn:
    """x_up → h₁ → h₂ → x_low, in `params["latent"]` variables of 200 numbers a layer."""

    depth = 2

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

    def layers(self, weights: Any, images: tf.Tensor) -> Layers:
        """Return the stochastic layers for images [batch, 784] float32 in {0, 1}."""
        upper, lower = images[:, :HALF], images[:, HALF:]
        latent = self.latent

        def logits(index: int, codes: tf.Tensor | None) -> tf.Tensor:
            inputs = upper if codes is None else latent.flat(codes)
            return latent.from_flat(affine(weights, f"h{index + 1}", coded(inputs, self.codes)))

        def loss(codes: tf.Tensor) -> tf.Tensor:
            return bernoulli_loss(self.pixels(weights, codes), lower)

        return Layers([latent, latent], logits, loss)

    def pixels(self, weights: Any, codes: tf.Tensor) -> tf.Tensor:
        """Return the logits of the lower half's pixels given h₂: [..., 392]."""
        return affine(weights, "x", coded(self.latent.flat(codes), self.codes))

    def log_likelihood(
        self, weights: Any, images: tf.Tensor, key: rng.Key, samples: int
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
        logits = latent.from_flat(affine(weights, "h2", coded(h1, self.codes)))
        h2 = latent.sample(logits, key("h2"))
        log_p = -bernoulli_loss_of_many(self.pixels(weights, h2), lower)
        return tf.reduce_logsumexp(log_p, 0) - math.log(samples)


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one SBN. Metrics in nats, as Evaluation has them."""
    network = Sbn(params)
    weights = variables_like(network.initial(0))
    images = tf.constant(dataset.images("train").reshape(-1, 2 * HALF))

    def layers_of(batch: tf.Tensor) -> Layers:
        return network.layers(weights, tf.cast(tf.gather(images, batch), tf.float32))

    trainer = Trainer(params, weights, layers_of, network.depth)
    evaluation = Evaluation(
        params, dataset, lambda x, key, m: network.log_likelihood(weights, x, key, m)
    )
    return Task(
        variables=trainer.variables,
        initial=lambda seed: trainer.initial(network.initial(seed)),
        step=trainer.step,
        metrics=trainer.metrics,
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=images.shape[0],
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=evaluation,
        live=trainer.live,
    )
