"""Measures gradient noise and preconditioners of a GAN in training: what the estimators read."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.papers.critical_batch.estimators import moments_of
from saigen.papers.critical_batch.two_time_scales import BETA2, TwoTimeScales

NETWORKS = ("discriminator", "generator")


class Probe:
    """Draws mini-batches at fixed weights and gathers the moments of their gradients.

    Args:
      gan: the GAN.
      optimiser: its optimisers' name.
      batch: examples in a mini-batch; batch norm makes an example's gradient depend on the others,
        so that the variance of one example is meant within such a batch.
      examples: size of the training set.
    """

    def __init__(self, gan: TwoTimeScales, optimiser: str, batch: int, examples: int) -> None:
        self._gan, self._optimiser = gan, optimiser
        self._batch, self._examples = batch, examples
        signature = [tf.TensorSpec([], tf.int32), tf.TensorSpec([None, batch], tf.int32)]
        self._sums = tf.function(self._summed, input_signature=signature, autograph=False)

    def __call__(self, seed: int, step: int, count: int) -> dict[str, float]:
        """Return the moments over `count` mini-batches, for each network.

        Returns:
          variance/…: σ² of one example; squared/…: ‖G‖²; noise_scale/…: their ratio (nan where the
          second is not positive); least/… and median/…: of √v̂, the preconditioner's diagonal.
        """
        # With replacement: mini-batches are then independent draws.
        rows = rng.generator(seed, "probe", step).integers(
            0, self._examples, [count, self._batch], dtype=np.int32
        )
        sums = self._sums(tf.constant(seed), tf.constant(rows)).numpy()
        found = {}
        for name, (of_squares, of_sum) in zip(NETWORKS, sums, strict=True):
            moments = moments_of(self._batch, count, float(of_squares), float(of_sum))
            diagonal = self._diagonal(name)
            found |= {
                f"variance/{name}": moments.variance,
                f"squared/{name}": moments.squared,
                f"noise_scale/{name}": moments.noise_scale,
                f"least/{name}": float(diagonal.min()),
                f"median/{name}": float(np.median(diagonal)),
            }
        return found

    def _summed(self, seed: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        """Return [network, 2]: the sum of the squared norms, and the squared norm of the sum."""
        networks = (self._gan.pair.discriminator, self._gan.pair.generator)
        nothing = [[tf.zeros(w.shape) for w in network.weights.values()] for network in networks]

        def body(turn, squares, totals):
            # Negative steps are no training step's.
            found = self._gan.gradients(tf.gather(rows, turn), Key(seed, -1 - turn))
            parts = [[*found[name].values()] for name in NETWORKS]
            squares += tf.stack([_squared(part) for part in parts])
            totals = [
                [total + g for total, g in zip(*pair, strict=True)]
                for pair in zip(totals, parts, strict=True)
            ]
            return turn + 1, squares, totals

        _, squares, totals = tf.while_loop(
            lambda turn, squares, totals: turn < tf.shape(rows)[0],
            body,
            (tf.constant(0), tf.zeros([2]), nothing),
            parallel_iterations=1,
        )
        return tf.stack([squares, tf.stack([_squared(total) for total in totals])], 1)

    def _diagonal(self, name: str) -> np.ndarray:
        """Return √v̂ of all weights of a network: what its steps are divided by."""
        slots = self._gan.optimisers[name].variables
        squares = [slot.numpy().ravel() for key, slot in slots.items() if " square/" in key]
        raw = np.sqrt(np.concatenate(squares).astype(np.float64))
        if self._optimiser == "rmsprop":
            return raw  # RMSProp does not correct: v after t steps is v
        updates = next(float(slot) for key, slot in slots.items() if key.endswith("updates"))
        return raw / np.sqrt(1.0 - BETA2**updates)


def _squared(parts: list[tf.Tensor]) -> tf.Tensor:
    return tf.add_n([tf.reduce_sum(part**2) for part in parts])
