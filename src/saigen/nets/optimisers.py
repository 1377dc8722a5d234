"""Optimisers by their equations; the state is a dictionary of variables, ready for a checkpoint.

With g the gradient of the loss and θ a weight, at update t = 1, 2, …
TensorFlow's fused kernels do the arithmetic: one operation a weight, in tracing and in running.
"""

from collections.abc import Mapping

import tensorflow as tf

Variables = Mapping[str, tf.Variable]
Gradients = Mapping[str, tf.Tensor]


class Momentum:
    """Gradient descent with momentum: v ← a v − η g;  θ ← θ + v.

    Args:
      weights: the variables to train, by name.
      learning_rate: η, a number or a variable.
      momentum: a in [0, 1).
    """

    def __init__(
        self, weights: Variables, learning_rate: float | tf.Variable, momentum: float
    ) -> None:
        self._weights, self._rate, self._momentum = weights, learning_rate, momentum
        self._velocity = _zeros_like(weights)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots, by name."""
        return {f"velocity/{name}": slot for name, slot in self._velocity.items()}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        rate = tf.convert_to_tensor(self._rate)
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=self._weights[name].handle,
                accum=self._velocity[name].handle,
                lr=rate,
                grad=gradient,
                momentum=self._momentum,
            )


class Adam:
    """Adam: m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  θ ← θ − η m̂ / (√v̂ + ε).

    m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ), with t the number of updates made, this one included.

    Source: Kingma & Ba 2015, algorithm 1.
    """

    def __init__(
        self,
        weights: Variables,
        learning_rate: float | tf.Variable,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self._weights, self._rate = weights, learning_rate
        self._beta1, self._beta2, self._epsilon = beta1, beta2, epsilon
        self._mean, self._square = _zeros_like(weights), _zeros_like(weights)
        self._updates = tf.Variable(0.0, trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots and the number of updates, by name."""
        means = {f"adam mean/{name}": slot for name, slot in self._mean.items()}
        squares = {f"adam square/{name}": slot for name, slot in self._square.items()}
        return {**means, **squares, "adam updates": self._updates}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        t = self._updates.assign_add(1.0)
        rate, power1, power2 = tf.convert_to_tensor(self._rate), self._beta1**t, self._beta2**t
        # The kernel adds its ε to √v where the algorithm adds it to √v̂ = √v / √(1 − β₂ᵗ).
        epsilon = self._epsilon * tf.sqrt(1.0 - power2)
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyAdam(
                var=self._weights[name].handle,
                m=self._mean[name].handle,
                v=self._square[name].handle,
                beta1_power=power1,
                beta2_power=power2,
                lr=rate,
                beta1=self._beta1,
                beta2=self._beta2,
                epsilon=epsilon,
                grad=gradient,
            )


def _zeros_like(weights: Variables) -> dict[str, tf.Variable]:
    return {name: tf.Variable(tf.zeros_like(w), trainable=False) for name, w in weights.items()}
