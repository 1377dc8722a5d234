"""Training DCGAN by conjugate gradients, by gradient descent with momentum, or by Adam.

Each player has an optimiser and a learning rate of its own; D moves first, then G, on the same
latents. All rules of β, momentum and plain descent are one trace: a rule is a setting of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.metrics.drawn import SIZES, Drawn, latents
from saigen.nets import dcgan
from saigen.nets.conjugate_gradient import CAP, ConjugateGradient
from saigen.nets.layers import Network
from saigen.nets.objectives import standard_critic, standard_generator
from saigen.nets.optimisers import Adam
from saigen.nets.slots import slots_of
from saigen.nets.spectral_norm import SpectralNorm

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

LATENT = 100
#: Settings that are variables of the graph.
LIVE = (
    "d_rate",
    "g_rate",
    "rule",
    "scale",
    "bounded",
    "whole",
    "released",
    "schedule",
    "decay_every",
)
METRICS = (
    "d_loss",
    "g_loss",
    "accuracy",
    "d_capped",
    "g_capped",
    "d_negative",
    "g_negative",
)


class Training:
    """One GAN in training.

    Args:
      params: `family` (`conjugate` or `adam`), `width`, `batch_size`, `LIVE` and the sizes of
        evaluations; `optimiser` is the name that all this goes by.
      dataset: a scored set.
    """

    def __init__(self, params: Params, dataset: Dataset) -> None:
        images = dataset.images("train")
        side, channels = images.shape[1], images.shape[3]
        self._batch = params["batch_size"]
        self._images = tf.constant(images)
        self.examples = len(images)
        self.live = {name: tf.Variable(params[name], trainable=False) for name in LIVE}
        width = self._width = params["width"]
        self._g = Network(
            "generator",
            lambda layers, z: dcgan.generator(layers, z, side, channels, width),
            [LATENT],
        )
        self._d = Network(
            "discriminator",
            lambda layers, x: dcgan.discriminator(layers, x, width, "none"),
            [side, side, channels],
        )
        # The middle convolutions alone, as in the released network: neither the first nor the last.
        middle = [name for name in self._d.weights if "/down" in name and "/down0" not in name]
        self._norms = SpectralNorm(self._d, [name.partition("/")[2] for name in middle])
        self._rates = {name: tf.Variable(0.0, trainable=False) for name in "dg"}
        self._optimisers = {
            "d": self._optimiser(params["family"], self._d.weights, self._rates["d"]),
            "g": self._optimiser(params["family"], self._g.weights, self._rates["g"]),
        }
        # What a run goes by is no setting of the trace either.
        self.sizes = {name: params[name] for name in (*SIZES, "optimiser", "form")}
        self._drawn = Drawn(lambda key, n: self._g(latents(key, n, LATENT)), dataset, self.sizes)
        self._begin = {name: slot.numpy() for name, slot in slots_of(self._optimisers).items()}

    def _optimiser(self, family: str, weights: dict[str, tf.Variable], rate: tf.Variable):
        if family == "adam":
            return Adam(weights, rate, beta1=0.5, beta2=0.999)
        names = ("rule", "scale", "bounded", "whole", "released")
        return ConjugateGradient(weights, rate, **{name: self.live[name] for name in names})

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Weights, spectral vectors and slots, by name."""
        return {
            **self._g.weights,
            **self._d.weights,
            **self._norms.variables,
            **slots_of(self._optimisers),
        }

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return every variable's value before the first step."""
        own = {**self._g.initial(seed), **self._d.initial(seed), **self._norms.initial(seed)}
        return {**own, **self._begin}

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Move D, then G.

        Returns:
          d_loss: ½ (BCE real + BCE fake); g_loss: −E log D(G(z)); accuracy of D at ½; and of each
          player the share of its tensors with β at the cap, and below 0 by its rule (0 with Adam).
        """
        self._schedule(key.step)
        self._norms.update()
        real = tf.cast(tf.gather(self._images, batch), tf.float32) / 127.5 - 1.0
        z = latents(key, self._batch, LATENT)
        # D's fakes and G's are the same: G has not moved between, so they are computed once.
        with tf.GradientTape(persistent=True) as tape:
            fake = self._g(z)
            given = tf.concat([real, tf.stop_gradient(fake)], 0)
            on_real, on_fake = tf.split(self._scores(given), 2)
            d_loss = standard_critic(on_real, on_fake)
        self._optimisers["d"].apply(tape.gradient(d_loss, self._d.weights))
        with tape:
            g_loss = standard_generator(self._scores(fake))
        self._optimisers["g"].apply(tape.gradient(g_loss, self._g.weights))
        right = tf.concat([on_real > 0.0, on_fake < 0.0], 0)
        found = {
            "d_loss": d_loss,
            "g_loss": g_loss,
            "accuracy": tf.reduce_mean(tf.cast(right, tf.float32)),
        }
        for player in "dg":
            found |= self._betas(player)
        return found

    def _scores(self, images: tf.Tensor) -> tf.Tensor:
        """Return D's logits of images, with spectral norm: [batch]."""
        return dcgan.discriminator(self._norms.layers, images, self._width, "none")[:, 0]

    def _schedule(self, step: tf.Tensor) -> None:
        """Set both learning rates: constant, 1/√(n+1), or ×0.9 at every `decay_every` steps.

        `step_released` is the released schedule: both decays act on D's optimiser, none on G's.
        """
        n = tf.cast(step, tf.float32)
        decay = 0.9 ** tf.cast(step // self.live["decay_every"], tf.float32)
        for player, released in (("d", decay**2), ("g", 1.0)):
            factors = {
                "constant": 1.0,
                "sqrt": tf.math.rsqrt(n + 1.0),
                "step": decay,
                "step_released": released,
            }
            which = tf.equal(tf.constant(list(factors)), self.live["schedule"])
            factor = tf.gather(
                tf.stack(list(factors.values())), tf.argmax(tf.cast(which, tf.int32))
            )
            self._rates[player].assign(self.live[f"{player}_rate"] * factor)

    def _betas(self, player: str) -> Metrics:
        raw = getattr(self._optimisers[player], "raw", tf.zeros([1]))
        capped, negative = (tf.cast(which, tf.float32) for which in (raw >= CAP, raw < 0.0))
        return {
            f"{player}_capped": tf.reduce_mean(capped),
            f"{player}_negative": tf.reduce_mean(negative),
        }

    def task(self, params: Params) -> Task:
        """Return the training as a task."""
        return Task(
            variables=self.variables,
            initial=self.initial,
            step=self.step,
            metrics=METRICS,
            steps=params["steps"],
            batch_size=self._batch,
            examples=self.examples,
            log_every=params["log_every"],
            evaluate_every=params["evaluate_every"],
            evaluate=self._drawn.judged,
            samples=self._drawn.samples,
            live=self.live,
            sizes=self.sizes,
        )


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one GAN; a step moves D and G once."""
    return Training(params, dataset).task(params)
