"""The conjugate-gradient optimiser for Keras models: `model.compile(optimizer=...)`.

The trainers here use `nets.conjugate_gradient`, which it wraps; this module is for other people's
models, and is the only one that imports Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from saigen.nets.conjugate_gradient import CAP, chosen


class ConjugateGradient(keras.optimizers.Optimizer):
    """d ← −g + β d;  θ ← θ + η d, with a β for each weight tensor.

    Args:
      learning_rate: η, a number or a schedule.
      rule: `fr`, `prp`, `hs`, `dy`, `hz`, `hs_dy` or `fr_prp`.
      scale: c, the coefficient of β.
      bounded: β is not below 0.
      settings: of `keras.optimizers.Optimizer`: clipping, weight decay, averages, name.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        rule: str = "fr",
        scale: float = 1.0,
        bounded: bool = True,
        name: str = "conjugate_gradient",
        **settings: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **settings)
        self.rule, self.scale, self.bounded = rule, scale, bounded

    def build(self, variables: list) -> None:
        """Make the slots."""
        if self.built:
            return
        super().build(variables)
        self._before = [self.add_variable_from_reference(v, name="before") for v in variables]
        self._direction = [self.add_variable_from_reference(v, name="direction") for v in variables]

    def update_step(self, gradient: tf.Tensor, variable: Any, learning_rate: tf.Tensor) -> None:
        """Update one variable."""
        place = self._get_variable_index(variable)
        before, d = (tf.convert_to_tensor(slot[place]) for slot in (self._before, self._direction))
        g = tf.cast(gradient, variable.dtype)
        y = g - before
        pairs = ((g, g), (before, before), (g, y), (d, y), (y, y), (g, d))
        products = tf.stack([tf.reduce_sum(a * b) for a, b in pairs])
        beta = tf.minimum(chosen(self.rule, products, CAP), CAP)
        beta = self.scale * (tf.maximum(beta, 0.0) if self.bounded else beta)
        direction = -g + tf.cast(beta, g.dtype) * d
        self.assign_add(variable, tf.cast(learning_rate, g.dtype) * direction)
        self.assign(self._direction[place], direction)
        self.assign(self._before[place], g)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds it."""
        own = {"rule": self.rule, "scale": self.scale, "bounded": self.bounded}
        return {**super().get_config(), **own}
