"""Gradients through a deep critic, and its weights: clipping against the gradient penalty.

With clipping the gradient of the loss grows or shrinks exponentially from layer to layer, and
weights go to the edge of the box; with the penalty it is even.

Source: Gulrajani et al. 2017, section 3 and figure 1b.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from scipy import stats

from saigen.data.toys import swiss_roll
from saigen.engine import rng
from saigen.engine.task import Params, Task
from saigen.nets.gan import Gan, Method
from saigen.nets.objectives import wasserstein_critic
from saigen.papers.wgan_gp.toy_networks import activations, critic, generator

#: A weight is at the edge of the box from this share of c on.
EDGE = 0.95
#: Bins of the histograms, over ±c or, without a box, over ±HISTOGRAM.
BINS, HISTOGRAM = 60, 0.5


class DeepCritic:
    """A generator and a critic with `depth` hidden layers each, on the Swiss roll.

    Departure: the paper does not say width, batch, or when the gradients were measured.
    """

    def __init__(self, params: Params) -> None:
        self.params = params
        self._points = tf.constant(swiss_roll(rng.generator(0, "pool"), params["points"]))
        self.critic = critic(params["width"], params["depth"], params["inside"])
        self.gan = Gan(
            Method.of(params),
            generator(params["width"], params["depth"]),
            self.critic,
            real=lambda rows, key: tf.gather(self._points, rows),
            draw=lambda key, n: (rng.normal(key("latent"), [n, 2]),),
        )
        self._norms = tf.function(self.layer_norms)

    def layer_norms(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        """Return ‖∂L/∂hₗ‖₂ of every layer's activation over the batch: [depth + 1] float64.

        L is the Wasserstein part alone: the penalty is computed in another forward pass. The
        squares of gradients near 10⁻²² underflow in float32, so the norm is taken in float64.
        """
        params = self.params
        with tf.GradientTape() as tape:
            x = tf.concat([real, fake], 0)
            tape.watch(x)
            hidden = activations(self.critic.layers, x, params["width"], params["depth"])
            on_real, on_fake = tf.split(hidden[-1][:, 0], 2)
            loss = wasserstein_critic(on_real, on_fake)
        gradients = tape.gradient(loss, hidden)
        return tf.stack([tf.norm(tf.cast(gradient, tf.float64)) for gradient in gradients])

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Measure gradients and weights.

        Returns:
          log10_norm/<layer>: of layers 1 (next to the points) to depth + 1 (the score);
          slope: of these over the layer, decades a layer, and straightness: its R²;
          at_edge, at_edge_first: share of hidden weights beyond 0.95 c, now and in the first
          weights once clipped (with clipping only); kurtosis: excess, of the hidden weights: −2
          for two points, −1.2 for a uniform law, 0 for a normal one.
        """
        n = self.params["test_points"]
        key = rng.key(seed, step)
        fake = self.gan.generator(rng.normal(key("evaluation latent"), [n, 2]))
        real = tf.constant(swiss_roll(rng.generator(seed, "evaluation", step), n))
        norms = self._norms(real, fake).numpy()
        # The least positive float32 stands for what has vanished altogether.
        logs = np.log10(np.maximum(norms, 1e-45))
        layers = np.arange(1, len(logs) + 1)
        fit = stats.linregress(layers, logs)
        found = {f"log10_norm/{layer:02d}": log for layer, log in zip(layers, logs, strict=True)}
        found |= {"slope": fit.slope, "straightness": fit.rvalue**2}
        weights = self._hidden(self.critic.weights)
        found["kurtosis"] = stats.kurtosis(weights)
        if clip := self.params["clip"]:
            first = np.clip(self._hidden(self.critic.initial(seed)), -clip, clip)
            found["at_edge"] = (np.abs(weights) >= EDGE * clip).mean()
            found["at_edge_first"] = (np.abs(first) >= EDGE * clip).mean()
        return {name: float(value) for name, value in found.items()}

    def samples(self, seed: int) -> Mapping[str, np.ndarray]:
        """Return the histogram of the hidden weights: its edges and the share of each bin."""
        reach = self.params["clip"] or HISTOGRAM
        weights = self._hidden(self.critic.weights)
        # A weight at c lies on the last edge; beyond it none is lost.
        counts, edges = np.histogram(weights.clip(-reach, reach), BINS, (-reach, reach))
        return {"edges": edges, "share": counts / weights.size}

    def _hidden(self, weights: Mapping[str, Any]) -> np.ndarray:
        """Return all weights between hidden layers, as one row."""
        names = [f"critic/{number:02d}/W" for number in range(2, self.params["depth"] + 1)]
        return np.concatenate([np.asarray(weights[name]).ravel() for name in names])


def train(params: Params, dataset: None = None) -> Task:
    """Build the training of one pair; a step is `critic_steps` critic updates and one more."""
    deep = DeepCritic(params)
    return Task(
        variables=deep.gan.variables,
        initial=deep.gan.initial,
        step=deep.gan.step,
        metrics=deep.gan.metrics,
        steps=params["steps"],
        batch_size=params["batch_size"] * params["critic_steps"],
        examples=params["points"],
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=deep.evaluate,
        samples=deep.samples,
    )
