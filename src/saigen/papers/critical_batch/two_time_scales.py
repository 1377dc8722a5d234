"""The two time-scale update rule: one step of D at its rate, then one of G at its own.

Source: Heusel et al. 2017; the algorithm of Sato & Iiduka 2023 as their released code runs it.
Departure: the theory takes both gradients at (θ_n, w_n); the released code, and this, takes that
of G after the step of D. `gradients` takes both at one point, as the theory does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params
from saigen.nets.adabelief import AdaBelief
from saigen.nets.gradient_penalty import gradient_penalty
from saigen.nets.layers import Network
from saigen.nets.optimisers import Adam, Gradients
from saigen.nets.rmsprop import RMSProp
from saigen.nets.slots import slots_of
from saigen.papers.critical_batch.losses import GAMES
from saigen.papers.critical_batch.networks import LATENT, Pair

#: β₂ of Adam and AdaBelief, and RMSProp's decay.
BETA2, DECAY = 0.999, 0.99

Optimiser = Adam | AdaBelief | RMSProp


@dataclass(frozen=True)
class Batch:
    """What one step sees: `real` [batch, side, side, channel] in [−1, 1], `labels` of those,
    `z` [batch, latent] and `drawn`, the labels of the fakes."""

    real: tf.Tensor
    labels: tf.Tensor
    z: tf.Tensor
    drawn: tf.Tensor


class TwoTimeScales:
    """A pair in training.

    Args:
      params: `game`, `penalty` (λ), `penalty_times` (how often λ multiplies), `optimiser`, `beta1`,
        `discriminator_rate`, `generator_rate`.
      pair: the networks.
      read: rows [batch] → images in [−1, 1] and their labels.
      classes: how many labels there are.
    """

    metrics = ("discriminator_loss", "generator_loss", "discriminator_norm", "generator_norm")

    def __init__(
        self,
        params: Params,
        pair: Pair,
        read: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]],
        classes: int,
    ) -> None:
        self.pair, self._read, self._classes = pair, read, classes
        self._game = GAMES[params["game"]]
        # The released WGAN-GP multiplies by λ where it computes the penalty, and again in the loss.
        self._penalty = float(params["penalty"]) ** params["penalty_times"]
        #: Learning rates by the name of the parameter: no trace holds them.
        self.rates = {
            name: tf.Variable(params[name], trainable=False)
            for name in ("discriminator_rate", "generator_rate")
        }
        self.optimisers = {
            name: _optimiser(params, network, self.rates[f"{name}_rate"])
            for name, network in self._networks.items()
        }
        self._begin = {name: slot.numpy() for name, slot in slots_of(self.optimisers).items()}

    @property
    def _networks(self) -> dict[str, Network]:
        return {"discriminator": self.pair.discriminator, "generator": self.pair.generator}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Weights, state and optimiser slots of both networks, by name."""
        return {
            **self.pair.generator.weights,
            **self.pair.discriminator.weights,
            **self.pair.discriminator.state,
            **slots_of(self.optimisers),
        }

    def initial(self, seed: int) -> dict[str, tf.Tensor | np.ndarray]:
        """Return every variable's value before the first step."""
        weights = {**self.pair.generator.initial(seed), **self.pair.discriminator.initial(seed)}
        return {**weights, **self._begin}

    def batch(self, rows: tf.Tensor, key: Key) -> Batch:
        """Return the images of `rows` [batch], and as many latents."""
        n, (real, labels) = rows.shape[0], self._read(rows)
        drawn = tf.random.stateless_uniform(
            [n], key("labels"), 0, self._classes, tf.int32, alg="philox"
        )
        return Batch(real, labels, rng.normal(key("latent"), [n, LATENT]), drawn)

    def step(self, rows: tf.Tensor, key: Key) -> Metrics:
        """Take a step of D and, on the same latents, one of G.

        Returns:
          Both losses (D's with the penalty) and the norms of both mini-batch gradients.
        """
        batch = self.batch(rows, key)
        with tf.GradientTape() as tape:
            # G does not move before D has: both losses are of the same fakes, made once.
            fake = self.pair.generator(batch.z, batch.drawn)
            with tape.stop_recording():
                loss_d, slopes_d = self._of_discriminator(batch, fake, key)
                self.optimisers["discriminator"].apply(slopes_d)
                self.pair.discriminator.update()
            loss_g = self._loss_of_generator(batch, fake)
        slopes_g = self._slopes_of_generator(tape, loss_g)
        self.optimisers["generator"].apply(slopes_g)
        norms = (
            tf.linalg.global_norm([*slopes_d.values()]),
            tf.linalg.global_norm([*slopes_g.values()]),
        )
        return dict(zip(self.metrics, [loss_d, loss_g, *norms], strict=True))

    def gradients(self, rows: tf.Tensor, key: Key) -> dict[str, Gradients]:
        """Return the gradients of both losses at the weights as they stand, by network."""
        batch = self.batch(rows, key)
        with tf.GradientTape() as tape:
            fake = self.pair.generator(batch.z, batch.drawn)
            loss = self._loss_of_generator(batch, fake)
        return {
            "discriminator": self._of_discriminator(batch, fake, key)[1],
            "generator": self._slopes_of_generator(tape, loss),
        }

    def _of_discriminator(
        self, batch: Batch, fake: tf.Tensor, key: Key
    ) -> tuple[tf.Tensor, Gradients]:
        network = self.pair.discriminator
        with tf.GradientTape() as tape:
            # Two passes, so that batch norm sees data and fakes apart.
            on_real = network(batch.real, batch.labels)[:, 0]
            loss = self._game.discriminator(on_real, network(fake, batch.drawn)[:, 0])
            if self._penalty:
                epsilon = rng.uniform(key("epsilon"), [batch.real.shape[0]])
                loss += self._penalty * gradient_penalty(
                    lambda x: network(x, batch.labels)[:, 0], batch.real, fake, epsilon
                )
        return loss, tape.gradient(loss, network.weights, unconnected_gradients="zero")

    def _loss_of_generator(self, batch: Batch, fake: tf.Tensor) -> tf.Tensor:
        return self._game.generator(self.pair.discriminator(fake, batch.drawn)[:, 0])

    def _slopes_of_generator(self, tape: tf.GradientTape, loss: tf.Tensor) -> Gradients:
        return tape.gradient(loss, self.pair.generator.weights, unconnected_gradients="zero")


def _optimiser(params: Params, network: Network, rate: tf.Variable) -> Optimiser:
    """Return the optimiser of one network.

    Departure: RMSProp of PyTorch divides by √v + 10⁻⁸, this by √(v + 10⁻¹⁶).
    """
    if params["optimiser"] == "rmsprop":
        return RMSProp(network.weights, rate, DECAY, start=0.0, epsilon=1e-16)
    if params["optimiser"] == "adabelief":
        return AdaBelief(network.weights, rate, params["beta1"], BETA2, epsilon=1e-16)
    return Adam(network.weights, rate, params["beta1"], BETA2)
