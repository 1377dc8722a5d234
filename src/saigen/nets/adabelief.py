"""AdaBelief: steps by how far a gradient lies from what its average leads one to believe."""

import tensorflow as tf

from saigen.nets.optimisers import Gradients, Variables

#: Below this length of the averaged past the variance of s is not to be trusted.
_TRUSTED = 5.0


class AdaBelief:
    """Rectified AdaBelief, with g the gradient at update t = 1, 2, …

        m ← β₁ m + (1 − β₁) g,   s ← β₂ s + (1 − β₂) (g − m)² + ε
        ρ_t = ρ_∞ − 2 t β₂ᵗ / (1 − β₂ᵗ),   ρ_∞ = 2 / (1 − β₂) − 1
        ρ_t ≥ 5:  θ ← θ − η r_t m̂ √(1 − β₂ᵗ) / (√s + ε)
        else:     θ ← θ − η m̂

    with m̂ = m / (1 − β₁ᵗ) and
    r_t² = (ρ_t − 4)(ρ_t − 2) ρ_∞ / ((ρ_∞ − 4)(ρ_∞ − 2) ρ_t).

    ε stands in s at every update, as in the authors' code, where the paper's algorithm has it too.

    Args:
      weights: the variables to train, by name.
      learning_rate: η, a number or a variable.
      beta1, beta2: in [0, 1).
      epsilon: ε.

    Source: Zhuang et al. 2020, algorithm 2, and adabelief-pytorch 0.2 with `rectify` and without
    weight decay; the rectification is that of Liu et al. 2020.
    """

    def __init__(
        self,
        weights: Variables,
        learning_rate: float | tf.Variable,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-16,
    ) -> None:
        self._weights, self._rate = weights, learning_rate
        self._beta1, self._beta2, self._epsilon = beta1, beta2, epsilon
        self._mean, self._belief = (
            {name: tf.Variable(tf.zeros_like(w), trainable=False) for name, w in weights.items()}
            for _ in range(2)
        )
        self._updates = tf.Variable(0.0, trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots and the number of updates, by name."""
        means = {f"adabelief mean/{name}": slot for name, slot in self._mean.items()}
        beliefs = {f"adabelief square/{name}": slot for name, slot in self._belief.items()}
        return {**means, **beliefs, "adabelief updates": self._updates}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        t = self._updates.assign_add(1.0)
        forward = self._rate / (1.0 - self._beta1**t)
        trusted, share = self._rectification(t)
        for name, gradient in gradients.items():
            mean = self._mean[name].assign_add((1.0 - self._beta1) * (gradient - self._mean[name]))
            surprise = (gradient - mean) ** 2
            belief = self._belief[name].assign(
                self._beta2 * self._belief[name] + (1.0 - self._beta2) * surprise + self._epsilon
            )
            scaled = share * mean / (tf.sqrt(belief) + self._epsilon)
            self._weights[name].assign_sub(forward * tf.where(trusted, scaled, mean))

    def _rectification(self, t: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return whether ρ_t ≥ 5, and r_t √(1 − β₂ᵗ)."""
        longest = 2.0 / (1.0 - self._beta2) - 1.0
        # 1 − β₂ᵗ by expm1: at t = 1 the difference of float32 would keep four digits.
        past = -tf.math.expm1(t * tf.math.log(tf.constant(self._beta2)))
        length = longest - 2.0 * t * (1.0 - past) / past
        trusted = length >= _TRUSTED
        length = tf.maximum(length, _TRUSTED)
        square = (length - 4.0) * (length - 2.0) * longest
        square /= (longest - 4.0) * (longest - 2.0) * length
        return trusted, tf.sqrt(square * past)
