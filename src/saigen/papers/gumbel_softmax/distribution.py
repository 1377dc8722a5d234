"""The Gumbel-Softmax distribution itself: expectation, samples, limits, density.

Source: Jang et al. 2017, figure 1, section 2.1 and appendix B.
"""

from collections.abc import Mapping

import numpy as np
import scipy.stats
import tensorflow as tf
import tensorflow_probability as tfp

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.sums import summing_task
from saigen.engine.task import Metrics, Params, Task
from saigen.papers.gumbel_softmax import density
from saigen.papers.gumbel_softmax.latent import Categorical

tfd = tfp.distributions


class Distribution:
    """Moments of one categorical variable's relaxed samples, added up step by step.

    The draws do not depend on τ: runs of a seed share their Gumbel noise, so temperatures are
    compared on the same draws, and the largest entry falls on the same classes at each.
    """

    def __init__(self, params: Params) -> None:
        self._draws = params["draws_per_step"]
        self._argmax_draws, self._density_draws = params["argmax_draws"], params["density_draws"]
        p = np.asarray(params["probabilities"], np.float64)
        self._p = p / p.sum()
        self._latent = Categorical(1, p.size)
        self._logits = tf.constant(np.log(self._p)[np.newaxis], tf.float32)
        # A variable, so that one trace serves every temperature.
        self.temperature = tf.Variable(params["temperature"], trainable=False)
        # Sums over draws so far, of y [k] and of its largest entry and its entropy [2].
        self.sums = {
            "entries": tf.Variable(tf.zeros([p.size], tf.float64), trainable=False),
            "shape": tf.Variable(tf.zeros([2], tf.float64), trainable=False),
            "draws": tf.Variable(0.0, dtype=tf.float64, trainable=False),
        }

    def sample(self, seed: tf.Tensor, draws: int) -> tf.Tensor:
        """Return relaxed samples [draws, k] float32."""
        logits = tf.tile(self._logits[tf.newaxis], [draws, 1, 1])
        return self._latent.relaxed(logits, self.temperature, seed)[:, 0]

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Draw `draws_per_step` samples and add them to the sums."""
        y = self.sample(key("draws"), self._draws)
        largest = tf.reduce_max(y, -1)
        entropy = -tf.reduce_sum(tf.math.xlogy(y, y), -1)
        found = {
            "entries": y,
            "shape": tf.stack([largest, entropy], -1),
            "draws": tf.ones([self._draws]),
        }
        for name, values in found.items():
            # float64: a million float32 terms would lose the digits that matter here.
            self.sums[name].assign_add(tf.reduce_sum(tf.cast(values, tf.float64), 0))
        return {"largest": tf.reduce_mean(largest)}

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Return the moments so far, and the checks of the argmax law and of the density."""
        sums = {name: sum_.numpy() for name, sum_ in self.sums.items()}
        mean, (largest, entropy) = (sums[name] / sums["draws"] for name in ("entries", "shape"))
        return {
            **{f"mean_of_class_{i}": value for i, value in enumerate(mean, start=1)},
            "tv_to_probabilities": total_variation(mean, self._p),
            "tv_to_uniform": total_variation(mean, np.full_like(mean, 1.0 / mean.size)),
            "mean_largest": largest,
            "mean_entropy": entropy,
            "argmax_chi2_p": self._argmax_p(seed),
            "density_max_error": self._density_error(seed),
            "density_integral": density.integral(
                np.log(self._p[:3]), float(self.temperature.numpy())
            ),
        }

    def samples(self, seed: int) -> Mapping[str, np.ndarray]:
        """Return figure 1's bars, [k] each: two columns of it, this temperature's and the limit's.

        `expectation` and one `sample` at τ; `probabilities` and `hard_sample`, the categorical
        column, whose sample is the Gumbel-max of the same noise.
        """
        y = self.sample(rng.key(seed)("figure"), 1)
        return {
            "expectation": (self.sums["entries"] / self.sums["draws"]).numpy(),
            "sample": y[0].numpy(),
            "probabilities": self._p,
            "hard_sample": self._latent.harden(y)[0].numpy(),
        }

    def _argmax_p(self, seed: int) -> float:
        """Return p of a χ² test that the largest entry's class has the categorical's law."""
        classes = tf.argmax(self.sample(rng.key(seed)("argmax"), self._argmax_draws), -1)
        counts = np.bincount(classes, minlength=self._p.size)
        return float(scipy.stats.chisquare(counts, self._p * counts.sum()).pvalue)

    def _density_error(self, seed: int) -> float:
        """Return max |formula − TFP's log_prob| over fresh samples, in nats."""
        law = tfd.RelaxedOneHotCategorical(self.temperature, logits=self._logits[0])
        y = law.sample(self._density_draws, seed=rng.key(seed)("density"))
        # TFP's bijector remembers the log y of a sample it made, where y itself may round to 0.
        log_y = law.bijector.inverse(y).numpy().astype(np.float64)
        formula = density.log_density(log_y, np.log(self._p), float(self.temperature.numpy()))
        return float(np.abs(formula - law.log_prob(y).numpy()).max())


def total_variation(p: np.ndarray, q: np.ndarray) -> float:
    """Total variation ½ Σ |pᵢ − qᵢ|."""
    return float(np.abs(p - q).sum() / 2)


def train(params: Params, dataset: None = None) -> Task:
    """Build the sampling of one temperature; a step draws, the metrics are of all draws so far."""
    distribution = Distribution(params)
    return summing_task(
        distribution.sums,
        params,
        step=distribution.step,
        metrics=("largest",),
        evaluate=distribution.evaluate,
        samples=distribution.samples,
        live={"temperature": distribution.temperature},
    )
