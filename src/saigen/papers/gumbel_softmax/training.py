"""One training step under any estimator; the two networks of the paper share it."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics
from saigen.nets.optimisers import Momentum
from saigen.papers.gumbel_softmax.estimators import (
    SCORE,
    Layers,
    forward,
    learning_signal,
    muprop,
    path_sampler,
    score_function,
)

Params = Mapping[str, Any]


def temperature_at(params: Params, step: tf.Tensor) -> tf.Tensor:
    """Return τ(t) = max(floor, τ₀ exp(−r t)), t rounded down to a multiple of the refresh.

    Source: Jang et al. 2017, section 4.2. With rate 0 it is τ₀ throughout, as in section 4.1.
    """
    refresh = params["temperature_refresh"]
    held = tf.cast(step // refresh * refresh, tf.float32)
    decayed = params["temperature"] * tf.exp(-params["temperature_rate"] * held)
    return tf.maximum(params["temperature_floor"], decayed)


def slope_at(params: Params, step: tf.Tensor) -> tf.Tensor:
    """Return the slope a(t) = min(largest, 1 + rate · epoch), an epoch being a pass of the data.

    Source: Chung et al. 2017.
    Departure: Jang et al. print no schedule; this is Chung et al.'s, recalled, not read again.
    """
    epoch = tf.cast(step // params["slope_epoch"], tf.float32)
    return tf.minimum(params["slope_max"], 1.0 + params["slope_rate"] * epoch)


class Baseline:
    """Moving averages of a learning signal's mean and variance, one pair a stochastic layer.

    c ← d c + (1 − d) mean(s), and v likewise; a step uses the averages of the steps before it,
    so that c is independent of the step's own samples.

    Source: NVIL. Departure: d = 0.8 is NVIL's; Jang et al. give no number.
    """

    def __init__(self, layers: int, decay: float, normalise: bool) -> None:
        self._decay, self._normalise = decay, normalise
        self._mean = tf.Variable(tf.zeros([layers]), trainable=False)
        self._variance = tf.Variable(tf.zeros([layers]), trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        return {"baseline/mean": self._mean, "baseline/variance": self._variance}

    def apply(self, index: int, signal: tf.Tensor) -> tf.Tensor:
        """Return layer `index`'s signal centred and, if so set, normalised; update its averages."""
        centre, variance = self._mean[index], self._variance[index]
        used = learning_signal(signal, centre, variance, self._normalise)
        mean, spread = tf.nn.moments(tf.stop_gradient(signal), axes=[0])
        self._mean[index].assign(self._decay * centre + (1.0 - self._decay) * mean)
        self._variance[index].assign(self._decay * variance + (1.0 - self._decay) * spread)
        return used


def surrogate_loss(
    params: Params,
    layers: Layers,
    key: Key,
    centred: Callable[[int, tf.Tensor], tf.Tensor],
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Return the scalar whose gradient is the chosen estimator, and each layer's logits."""

    def seed(index: int) -> tf.Tensor:
        return key(f"layer {index}")

    if params["estimator"] in SCORE:
        estimate = score_function if params["estimator"] == "sf" else muprop
        return estimate(layers, lambda i, latent, l: latent.sample(l, seed(i)), centred)
    through = path_sampler(
        params["estimator"], temperature_at(params, key.step), slope_at(params, key.step)
    )
    logits, _, loss = forward(layers, lambda i, latent, l: through(latent, l, seed(i)))
    return tf.reduce_mean(loss), logits


class Trainer:
    """Weights, momentum and baselines of one network, and the step that updates them.

    Args:
      params: effective parameters of the run.
      weights: the network's variables, by name.
      layers_of: batch indices → the network's layers for that batch.
      penalty: logits of each layer → [batch] term added to the loss with its own gradient (KL).
      depth: number of stochastic layers.
    """

    metrics = ("loss",)

    def __init__(
        self,
        params: Params,
        weights: Mapping[str, tf.Variable],
        layers_of: Callable[[tf.Tensor], Layers],
        depth: int,
        penalty: Callable[[list[tf.Tensor]], tf.Tensor] | None = None,
    ) -> None:
        self._params, self._weights, self._layers_of = params, weights, layers_of
        self._penalty = penalty
        # A variable, so that the runs of a learning-rate grid share one compilation.
        self.live = {"learning_rate": tf.Variable(params["learning_rate"], trainable=False)}
        self._optimiser = Momentum(weights, self.live["learning_rate"], params["momentum"])
        self._baseline = Baseline(depth, params["baseline_decay"], params["normalise"])

    @property
    def variables(self) -> dict[str, tf.Variable]:
        return {**self._weights, **self._optimiser.variables, **self._baseline.variables}

    def initial(self, weights: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Return the initial value of every variable: `weights`, and zeros for the rest."""
        return {n: weights.get(n, tf.zeros_like(v)) for n, v in self.variables.items()}

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Take one step on the examples `batch`."""
        with tf.GradientTape() as tape:
            loss = self.loss(batch, key)
        gradients = tape.gradient(loss, self._weights, unconnected_gradients="zero")
        self._optimiser.apply(gradients)
        return {"loss": loss}

    def loss(self, batch: tf.Tensor, key: Key) -> tf.Tensor:
        """Return the surrogate loss of a batch in nats, the penalty included."""
        layers = self._layers_of(batch)
        loss, logits = surrogate_loss(self._params, layers, key, self._baseline.apply)
        return loss if self._penalty is None else loss + tf.reduce_mean(self._penalty(logits))


def coded(values: tf.Tensor, codes: str) -> tf.Tensor:
    """Return {0, 1} values as the network reads them: as they are, or as ±1."""
    return values if codes == "01" else 2.0 * values - 1.0


def bernoulli_loss(logits: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Return −log p(x) summed over independent pixels: [...] nats, both [..., pixels]."""
    return tf.reduce_sum(tf.nn.softplus(logits) - x * logits, -1)


def bernoulli_loss_of_many(logits: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Return what `bernoulli_loss` returns, faster and without a gradient.

    Σ log(1 + e^l) = Σ max(l, 0) + Σ log(1 + e^−|l|), and the last factors lie in (1, 2], so 98 of
    them multiply without overflow: one logarithm for 98 pixels.
    """
    group = tf.concat([tf.shape(logits)[:-1], [logits.shape[-1] // 98, 98]], 0)  # pyright: ignore
    factors = tf.reshape(1.0 + tf.exp(-tf.abs(logits)), group)
    rest = tf.reduce_sum(tf.math.log(tf.reduce_prod(factors, -1)), -1)
    return tf.reduce_sum(tf.nn.relu(logits) - x * logits, -1) + rest
