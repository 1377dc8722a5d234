"""What is taken away from a learning signal: moving averages, and what an image lets expect.

Source: NVIL (Mnih & Gregor 2014), sections 2.3.1 to 2.3.3.
"""

from __future__ import annotations

import tensorflow as tf

from saigen.engine import rng
from saigen.nets.affine import Weights, affine, initial_affine
from saigen.papers.gumbel_softmax.estimators import Centre, learning_signal

_PIXELS = 784


class MovingAverages:
    """Moving averages of a learning signal's mean and variance, one pair a stochastic layer.

    c ← d c + (1 − d) mean(s), and v likewise; a step uses the averages of the steps before it,
    so that c is independent of the step's own samples. Both begin at 0: the first step takes the
    whole loss, hundreds of nats, for its signal, and the second most of it.

    Source: NVIL. Departure: d = 0.8 is NVIL's; Jang et al. give no number.
    """

    def __init__(self, layers: int, decay: float, normalise: bool, name: str = "baseline") -> None:
        self._name, self._decay, self._normalise = name, decay, normalise
        self._mean = tf.Variable(tf.zeros([layers]), trainable=False)
        self._variance = tf.Variable(tf.zeros([layers]), trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        return {f"{self._name}/mean": self._mean, f"{self._name}/variance": self._variance}

    def variance(self, index: int) -> tf.Tensor:
        """Return the variance of layer `index`'s signal."""
        return self._variance[index]

    def apply(self, index: int, signal: tf.Tensor) -> tf.Tensor:
        """Return layer `index`'s signal centred and, if so set, normalised; update its averages."""
        centre, variance = self._mean[index], self._variance[index]
        used = learning_signal(signal, centre, variance, self._normalise)
        mean, spread = tf.nn.moments(tf.stop_gradient(signal), axes=[0])
        self._mean[index].assign(self._decay * centre + (1.0 - self._decay) * mean)
        self._variance[index].assign(self._decay * variance + (1.0 - self._decay) * spread)
        return used


class ExpectedSignal:
    """A small network C(x) that says what the signal of an image is going to be.

    Signals differ more between images than between the codes of one image, and a baseline may
    depend on the image. C follows E[(s − c − √v C)² / v] by gradient, with the network's own rate;
    c and v are moving averages of the signal as it comes. Its last weights begin at 0, so that
    training begins with moving averages alone.

    Args:
      units: tanh units of its one hidden layer (NVIL has 100); 0 for none.
      decay: of the moving averages.

    Departure: NVIL's rate for C is not known here. C counts deviations √v, so that one rate suits
    signals of any size.
    """

    def __init__(self, units: int, decay: float) -> None:
        self._units, self._averages = units, MovingAverages(1, decay, False, "expected")

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The moving averages, by name; none without units."""
        return self._averages.variables if self._units else {}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return first weights, by name; none without units."""
        if not self._units:
            return {}
        key = rng.key(seed)
        first = initial_affine(key, "expected/hidden", _PIXELS, self._units)
        last = {"expected/out/W": tf.zeros([self._units, 1]), "expected/out/b": tf.zeros([1])}
        return {**first, **last}

    def before(
        self, then: Centre, weights: Weights, images: tf.Tensor, misses: list[tf.Tensor]
    ) -> Centre:
        """Return (layer index, signal) → then(index, signal less what is expected).

        Args:
          then: what centres the rest.
          weights: with those of this network.
          images: [batch, 784] float32 in {0, 1}.
          misses: gets the loss of C, once a signal.
        """
        hidden = tf.tanh(affine(weights, "expected/hidden", images))
        expected = affine(weights, "expected/out", hidden)[:, 0]

        def centred(index: int, signal: tf.Tensor) -> tf.Tensor:
            scale = tf.sqrt(tf.maximum(1.0, self._averages.variance(0)))
            away = self._averages.apply(0, tf.stop_gradient(signal)) / scale
            # In the first steps the averages are not yet the signal's: what is far off says little.
            away = tf.clip_by_value(away, -3.0, 3.0)
            misses.append(tf.reduce_mean((away - expected) ** 2) / 2.0)
            return then(index, signal - scale * tf.stop_gradient(expected))

        return centred
