"""Adam and RMSProp as TensorFlow 1 had them, which the numbers of many GAN papers rest on.

Keras's versions differ where gradients are tiny: its RMSProp begins its mean square at 0 and not
at 1, so its first steps are 10³ times longer. One fused operation a weight, as then.
"""

from collections.abc import Mapping

import tensorflow as tf

from saigen.nets.optimisers import Gradients, Variables


class Tf1Adam:
    """θ ← θ − ηₜ m / (√v + ε), ηₜ = η √(1 − β₂ᵗ) / (1 − β₁ᵗ).

    Algorithm 1 of Kingma & Ba 2015 in the form at the end of its section 2: ε stands beside √v
    and not beside √v̂.

    Args:
      weights: the variables to train, by name.
      learning_rate: η, a variable.
    """

    def __init__(
        self,
        weights: Variables,
        learning_rate: tf.Variable,
        beta1: float,
        beta2: float,
        epsilon: float = 1e-8,
    ) -> None:
        self._weights, self._rate = weights, learning_rate
        self._settings = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        self._mean, self._square = _filled_like(weights, 0.0), _filled_like(weights, 0.0)
        self._updates = tf.Variable(0.0, trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots and the number of updates, by name."""
        means = {f"adam mean/{name}": slot for name, slot in self._mean.items()}
        squares = {f"adam square/{name}": slot for name, slot in self._square.items()}
        return {**means, **squares}

    @property
    def counters(self) -> dict[str, tf.Variable]:
        """The number of updates made."""
        return {"adam updates": self._updates}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        t = self._updates.assign_add(1.0)
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyAdam(
                var=self._weights[name].handle,
                m=self._mean[name].handle,
                v=self._square[name].handle,
                beta1_power=self._settings["beta1"] ** t,
                beta2_power=self._settings["beta2"] ** t,
                lr=self._rate,
                grad=gradient,
                **self._settings,
            )


class Tf1RMSProp:
    """v ← ρ v + (1 − ρ) g²;  θ ← θ − η g / √(v + ε), with ρ = 0.9, v = 1 and ε = 10⁻¹⁰ at first.

    `start=0, epsilon=1e-7` is the version of Keras.
    """

    def __init__(
        self,
        weights: Variables,
        learning_rate: tf.Variable,
        decay: float = 0.9,
        start: float = 1.0,
        epsilon: float = 1e-10,
    ) -> None:
        self._weights, self._rate = weights, learning_rate
        self._settings = {"rho": decay, "momentum": 0.0, "epsilon": epsilon}
        self._square = _filled_like(weights, start)
        # The operation wants a slot for momentum, which is 0 and stays so.
        self._velocity = _filled_like(weights, 0.0)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots, by name."""
        return {f"rms square/{name}": slot for name, slot in self._square.items()}

    @property
    def counters(self) -> dict[str, tf.Variable]:
        """None."""
        return {}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyRMSProp(
                var=self._weights[name].handle,
                ms=self._square[name].handle,
                mom=self._velocity[name].handle,
                lr=self._rate,
                grad=gradient,
                **self._settings,
            )


Tf1Optimiser = Tf1Adam | Tf1RMSProp


def _filled_like(weights: Mapping[str, tf.Variable], value: float) -> dict[str, tf.Variable]:
    return {
        name: tf.Variable(tf.fill(weight.shape, value), trainable=False)
        for name, weight in weights.items()
    }
