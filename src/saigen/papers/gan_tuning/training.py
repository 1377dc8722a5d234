"""Training the base DCGAN with everything that the article tunes, and every fault planted.

What only changes numbers is a variable of the graph, faults too, so that most runs share a trace.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.metrics.drawn import SIZES, Drawn, latents
from saigen.nets.layers import Layers, Network
from saigen.nets.optimisers import Adam
from saigen.nets.slots import slots_of
from saigen.papers.gan_tuning.networks import LATENT, Change, discriminator, generator
from saigen.papers.gan_tuning.norms import Norms, affine

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Settings that are variables of the graph.
LIVE = (
    "learning_rate",
    "d_times",
    "g_times",
    "d_dropout",
    "g_dropout",
    "d_norm",
    "together",
    "running",
    "unfrozen",
    "saturating",
    "swapped",
)
#: Settings that only name a run.
LABELS = ("fault", "name")
METRICS = ("d_loss", "accuracy", "g_loss", "accuracy_fake", "impossible", "d_slope", "g_slope")


class Training:
    """One GAN in training.

    Args:
      params: `LIVE`, `LABELS`, the sizes of evaluations, and batch_size, d_steps, d_width, g_width,
        g_extra, labels.
      dataset: a scored set.
    """

    def __init__(self, params: Params, dataset: Dataset) -> None:
        images = dataset.images("train")
        self._batch, self._d_steps = params["batch_size"], params["d_steps"]
        self._images = tf.constant(images)
        self._labels = tf.constant(dataset.labels("train"), tf.int32)
        self._classes = len(dataset.facts["classes"]) if params["labels"] else 0
        self.examples = len(images)
        self.live = {name: tf.Variable(params[name], trainable=False) for name in LIVE}
        self._drops = _dropping_in(params)
        self._build(params, images.shape[1], images.shape[3])
        self._rates = {name: tf.Variable(0.0, trainable=False) for name in ("d", "g", "fault")}
        self._optimisers = {
            "d": Adam(self._d.weights, self._rates["d"], beta1=0.5),
            "g": Adam(self._g.weights, self._rates["g"], beta1=0.5),
            # D in G's optimiser, where somebody forgot to freeze it.
            "fault": Adam(self._d.weights, self._rates["fault"], beta1=0.5),
        }
        self.sizes = {name: params[name] for name in (*SIZES, *LABELS)}
        self.drawn = Drawn(self._some, dataset, self.sizes)
        self._begin = {name: slot.numpy() for name, slot in slots_of(self._optimisers).items()}

    def _build(self, params: Params, side: int, channels: int) -> None:
        sizes: dict[str, int] = {}

        def declared(layers: Layers, x: tf.Tensor) -> tf.Tensor:
            def norm(name: str, x: tf.Tensor) -> tf.Tensor:
                sizes[name] = x.shape[-1]
                scale, offset = affine(layers, name, x.shape[-1])
                return x * scale + offset

            return discriminator(layers, x, norm, _kept, params["d_width"])

        def drawn(layers: Layers, z: tf.Tensor, drop: Change = _kept) -> tf.Tensor:
            return generator(layers, z, drop, side, channels, params["g_width"], params["g_extra"])

        self._d_width = params["d_width"]
        self._d = Network("discriminator", declared, [side, side, channels + self._classes])
        self._g = Network("generator", drawn, [LATENT + self._classes])
        wiring = (self.live[name] for name in ("d_norm", "together", "running"))
        self._norms = Norms(self._d.layers, sizes, *wiring)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Weights, running averages and slots, by name."""
        return {
            **self._g.weights,
            **self._d.weights,
            **self._norms.variables,
            **slots_of(self._optimisers),
        }

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return every variable's value before the first step."""
        own = {**self._g.initial(seed), **self._d.initial(seed), **self._norms.initial()}
        return {**own, **self._begin}

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Update D `d_steps` times, then G.

        Returns:
          d_loss: ½ (BCE real + BCE fake) of the last update; accuracy over both at ½, and over the
          fakes; g_loss: the loss that G minimises; impossible: 1 where all fakes were told right
          and g_loss is below ln 2, else 0; d_slope, g_slope: norms of the gradients.
        """
        rate = self.live["learning_rate"]
        self._rates["d"].assign(rate * self.live["d_times"])
        self._rates["g"].assign(rate * self.live["g_times"])
        faulty = tf.cast(self.live["unfrozen"], tf.float32)
        self._rates["fault"].assign(rate * self.live["g_times"] * faulty)
        rows = tf.reshape(batch, [self._d_steps, self._batch])
        found: Metrics = {}
        for turn in range(self._d_steps):
            found = self._update_d(rows[turn], Key(key.seed, key.step * self._d_steps + turn))
        found |= self._update_g(rows[0], Key(key.seed, -1 - key.step))
        both = (found["accuracy_fake"] == 1.0) & (found["g_loss"] < log(2.0))
        return {**found, "impossible": tf.cast(both, tf.float32)}

    def _update_d(self, rows: tf.Tensor, key: Key) -> Metrics:
        real = tf.cast(tf.gather(self._images, rows), tf.float32) / 127.5 - 1.0
        labels = tf.gather(self._labels, rows)
        both = tf.concat(
            [self._with(real, labels), self._with(self._fakes(key, labels), labels)], 0
        )
        with tf.GradientTape() as tape:
            scores = self._scores(both, self._norms.in_d_step, key)
            # s > 0 says real; swapped labels teach the opposite.
            sign = tf.where(self.live["swapped"], -1.0, 1.0)
            on_real, on_fake = tf.split(sign * scores, 2)
            loss = tf.reduce_mean(tf.nn.softplus(-on_real) + tf.nn.softplus(on_fake)) / 2.0
        slope = self._apply("d", self._d, tape.gradient(loss, self._d.weights))
        right = [tf.reduce_mean(tf.cast(r, tf.float32)) for r in (on_real > 0.0, on_fake < 0.0)]
        return {
            "d_loss": loss,
            "accuracy": (right[0] + right[1]) / 2.0,
            "accuracy_fake": right[1],
            "d_slope": slope,
        }

    def _update_g(self, rows: tf.Tensor, key: Key) -> Metrics:
        labels = tf.gather(self._labels, rows)
        with tf.GradientTape(persistent=True) as tape:
            fake = self._with(self._fakes(key, labels), labels)
            scores = self._scores(fake, self._norms.in_g_step, key)
            # E log(1 − D(G(z))), the form that saturates, or −E log D(G(z)).
            loss = tf.where(
                self.live["saturating"],
                -tf.reduce_mean(tf.nn.softplus(scores)),
                tf.reduce_mean(tf.nn.softplus(-scores)),
            )
        slope = self._apply("g", self._g, tape.gradient(loss, self._g.weights))
        self._apply("fault", self._d, tape.gradient(loss, self._d.weights))
        return {"g_loss": loss, "g_slope": slope}

    def _scores(self, images: tf.Tensor, norm: Change, key: Key) -> tf.Tensor:
        drop = self._dropping(key, "d")
        return discriminator(self._d.layers, images, norm, drop, self._d_width)

    def _apply(self, name: str, network: Network, gradients: dict[str, tf.Tensor]) -> tf.Tensor:
        self._optimisers[name].apply(gradients)
        return tf.linalg.global_norm([gradients[weight] for weight in network.weights])

    def _fakes(self, key: Key, labels: tf.Tensor) -> tf.Tensor:
        z = self._with(latents(key, self._batch, LATENT), labels)
        return self._g(z, self._dropping(key, "g"))

    def _some(self, key: Key, n: int) -> tf.Tensor:
        # As many of every class as can be, and no dropout.
        labels = tf.range(n) % max(1, self._classes)
        return self._g(self._with(latents(key, n, LATENT), labels))

    def _with(self, x: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return x with the class beside its channels, if the networks are told of it."""
        if not self._classes:
            return x
        told = tf.one_hot(labels, self._classes)
        if x.shape.rank == 4:
            told = tf.tile(told[:, tf.newaxis, tf.newaxis], [1, x.shape[1], x.shape[2], 1])
        return tf.concat([x, told], -1)

    def _dropping(self, key: Key, player: str) -> Change:
        if not self._drops[player]:
            return _kept
        rate = self.live[f"{player}_dropout"]

        def drop(name: str, x: tf.Tensor) -> tf.Tensor:
            kept = rng.uniform(key(f"{player} dropout {name}"), tf.shape(x)) >= rate
            return x * (tf.cast(kept, x.dtype) / (1.0 - rate))

        return drop


def _kept(name: str, x: tf.Tensor) -> tf.Tensor:
    return x


def _dropping_in(params: Params) -> dict[str, bool]:
    """Say which networks drop units. Of one without drops no draws are made: a tenth of a step."""
    return {player: params[f"{player}_dropout"] > 0.0 for player in ("d", "g")}


class GuideTask(Task):
    """A task that serves one choice of networks that drop units, and one batch."""

    def serves(self, built_for: Params, wanted: Params) -> bool:
        """Say whether this task can serve settings other than those it was built for."""
        # Where the number of images is set, the number of steps sets the batch.
        alike = not wanted["images"] or wanted["steps"] == built_for["steps"]
        alike &= _dropping_in(wanted) == _dropping_in(built_for)
        return alike and super().serves(built_for, wanted)


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one GAN; a step is D's updates and one of G.

    With `images` set, the batch is as large as it takes to see so many images in `steps` steps.
    """
    if params["images"]:
        params = {**params, "batch_size": params["images"] // params["steps"]}
    training = Training(params, dataset)
    return GuideTask(
        variables=training.variables,
        initial=training.initial,
        step=training.step,
        metrics=METRICS,
        steps=params["steps"],
        batch_size=params["batch_size"] * params["d_steps"],
        examples=training.examples,
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=training.drawn.judged,
        samples=training.drawn.samples,
        live=training.live,
        sizes=training.sizes,
    )
