"""RMSProp as TensorFlow 1 had it, which the numbers of many GAN papers rest on."""

import tensorflow as tf

from saigen.nets.optimisers import Gradients, Variables


class RMSProp:
    """v ← ρ v + (1 − ρ) g²;  θ ← θ − η g / √(v + ε), with ρ = 0.9, v = 1 and ε = 10⁻¹⁰ at first.

    Keras's begins at v = 0 with ε = 10⁻⁷ (`start=0, epsilon=1e-7` here), so that where gradients
    are tiny its first steps are 10³ times longer.

    Args:
      weights: the variables to train, by name.
      learning_rate: η, a number or a variable.
      decay: ρ in [0, 1).
      start: v before the first update.
      epsilon: ε.
    """

    def __init__(
        self,
        weights: Variables,
        learning_rate: float | tf.Variable,
        decay: float = 0.9,
        start: float = 1.0,
        epsilon: float = 1e-10,
    ) -> None:
        self._weights, self._rate = weights, learning_rate
        self._settings = {"rho": decay, "momentum": 0.0, "epsilon": epsilon}
        self._square = _filled_like(weights, start)
        # The kernel wants a slot for momentum, which is 0 and leaves θ's last change in it.
        self._velocity = _filled_like(weights, 0.0)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots, by name."""
        return {f"rms square/{name}": slot for name, slot in self._square.items()}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        rate = tf.convert_to_tensor(self._rate)
        for name, gradient in gradients.items():
            tf.raw_ops.ResourceApplyRMSProp(
                var=self._weights[name].handle,
                ms=self._square[name].handle,
                mom=self._velocity[name].handle,
                lr=rate,
                grad=gradient,
                **self._settings,
            )


def _filled_like(weights: Variables, value: float) -> dict[str, tf.Variable]:
    return {
        name: tf.Variable(tf.fill(weight.shape, value), trainable=False)
        for name, weight in weights.items()
    }
