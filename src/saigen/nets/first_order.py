"""First-order optimisers beside Momentum and Adam, each by its equation, equal to `torch.optim`.

With g the gradient of the loss, θ a weight, η the learning rate, at update t = 1, 2, …; all slots
begin at zero, and squares and roots are taken element by element. TensorFlow's fused kernels do
the arithmetic where they are the equation.

Conventions that libraries do not share, as they are settled here:

| what | here | elsewhere |
|---|---|---|
| rate of momentum | in the velocity, v ← a v − η g | PyTorch: outside; the same while η stays |
| Nesterov | at the point ahead, θ + a v, that the gradient was taken at | as Keras and PyTorch |
| ε of AdaGrad, Adam, AMSGrad | beside the root | Keras's Adam: ε̂ beside the uncorrected root |
| ε of RMSProp | an argument: beside the root, | as PyTorch, or under it, as Keras |
| first squares of AdaGrad | 0 | Keras: 0.1 |
| AMSGrad | the largest v, then its correction 1 − β₂ᵗ | the paper has no correction |
| weight decay of AdamW | θ ← θ − η λ θ, before the step | as PyTorch |
"""

from collections.abc import Callable
from typing import Any, Protocol

import tensorflow as tf

from saigen.nets.optimisers import Adam, Gradients, Momentum, Variables

Rate = float | tf.Variable


class Optimiser(Protocol):
    """What a trainer asks of an optimiser."""

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots, by name."""
        ...

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        ...


class _Slotted:
    """Weights, a rate, and zeroed slots a weight."""

    slots: tuple[str, ...] = ()

    def __init__(self, weights: Variables, learning_rate: Rate) -> None:
        self._weights, self._rate = weights, learning_rate
        self._slots = {
            slot: {
                name: tf.Variable(tf.zeros_like(weight), trainable=False)
                for name, weight in weights.items()
            }
            for slot in self.slots
        }

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots, by name."""
        return {
            f"{slot}/{name}": variable
            for slot, variables in self._slots.items()
            for name, variable in variables.items()
        }

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        rate = tf.convert_to_tensor(self._rate)
        for name, gradient in gradients.items():
            slots = {slot: variables[name] for slot, variables in self._slots.items()}
            self._update(self._weights[name], gradient, rate, **slots)

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        raise NotImplementedError


class SGD(_Slotted):
    """Gradient descent: θ ← θ − η g."""

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        tf.raw_ops.ResourceApplyGradientDescent(var=weight.handle, alpha=rate, delta=gradient)


class Nesterov(_Slotted):
    """Nesterov's accelerated gradient: v ← a v − η g;  θ ← θ + a v − η g.

    θ is the point ahead of the trajectory, Θ = θ̃ + a v: for the definition
    v ← a v − η ∇L(θ̃ + a v), θ̃ ← θ̃ + v, it takes the same steps.

    Source: Bengio, Boulanger-Lewandowski & Pascanu 2013, arXiv:1212.0901, equation 7.
    """

    slots = ("velocity",)

    def __init__(self, weights: Variables, learning_rate: Rate, momentum: float = 0.9) -> None:
        super().__init__(weights, learning_rate)
        self._momentum = momentum

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=weight.handle,
            accum=slots["velocity"].handle,
            lr=rate,
            grad=gradient,
            momentum=self._momentum,
            use_nesterov=True,
        )


class AdaGrad(_Slotted):
    """AdaGrad: h ← h + g²;  θ ← θ − η g / (√h + ε).

    Source: Duchi, Hazan & Singer 2011, its diagonal form.
    """

    slots = ("sum of squares",)

    def __init__(self, weights: Variables, learning_rate: Rate, epsilon: float = 1e-10) -> None:
        super().__init__(weights, learning_rate)
        self._epsilon = epsilon

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        tf.raw_ops.ResourceApplyAdagradV2(
            var=weight.handle,
            accum=slots["sum of squares"].handle,
            lr=rate,
            epsilon=self._epsilon,
            grad=gradient,
        )


class RMSProp(_Slotted):
    """RMSProp: h ← ρ h + (1−ρ) g²;  θ ← θ − η g / (√h + ε), or / √(h + ε).

    Source: Tieleman & Hinton 2012; neither centred nor with a momentum.

    Args:
      under_root: ε stands under the root.
    """

    slots = ("mean square",)

    def __init__(
        self,
        weights: Variables,
        learning_rate: Rate,
        decay: float = 0.9,
        epsilon: float = 1e-8,
        under_root: bool = False,
    ) -> None:
        super().__init__(weights, learning_rate)
        self._decay, self._epsilon, self._under_root = decay, epsilon, under_root

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        slot = slots["mean square"]
        square = slot.assign(self._decay * slot + (1.0 - self._decay) * gradient**2)
        if self._under_root:
            weight.assign_sub(rate * gradient * tf.math.rsqrt(square + self._epsilon))
        else:
            weight.assign_sub(rate * gradient / (tf.sqrt(square) + self._epsilon))


class AdaDelta(_Slotted):
    """AdaDelta: h ← ρ h + (1−ρ) g²;  d = √(r + ε) / √(h + ε) g;  r ← ρ r + (1−ρ) d²;  θ ← θ − η d.

    Source: Zeiler 2012, arXiv:1212.5701, algorithm 1, where η = 1.
    """

    slots = ("mean square", "mean square of steps")

    def __init__(
        self,
        weights: Variables,
        learning_rate: Rate = 1.0,
        decay: float = 0.9,
        epsilon: float = 1e-6,
    ) -> None:
        super().__init__(weights, learning_rate)
        self._decay, self._epsilon = decay, epsilon

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        tf.raw_ops.ResourceApplyAdadelta(
            var=weight.handle,
            accum=slots["mean square"].handle,
            accum_update=slots["mean square of steps"].handle,
            lr=rate,
            rho=self._decay,
            epsilon=self._epsilon,
            grad=gradient,
        )


class AMSGrad(_Slotted):
    """Adam whose v̂ never falls: u ← max(u, v);  θ ← θ − η m̂ / (√(u / (1−β₂ᵗ)) + ε).

    Source: Reddi, Kale & Kumar 2018, algorithm 2.
    Departure: the corrections of Adam are kept, as PyTorch has them.
    """

    slots = ("mean", "square", "largest square")

    def __init__(
        self,
        weights: Variables,
        learning_rate: Rate,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(weights, learning_rate)
        self._beta1, self._beta2, self._epsilon = beta1, beta2, epsilon
        self._updates = tf.Variable(0.0, trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots and the number of updates, by name."""
        return {**super().variables, "updates": self._updates}

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        self._updates.assign_add(1.0)
        super().apply(gradients)

    def _update(
        self, weight: tf.Variable, gradient: tf.Tensor, rate: tf.Tensor, **slots: tf.Variable
    ) -> None:
        power2 = self._beta2**self._updates
        tf.raw_ops.ResourceApplyAdamWithAmsgrad(
            var=weight.handle,
            m=slots["mean"].handle,
            v=slots["square"].handle,
            vhat=slots["largest square"].handle,
            beta1_power=self._beta1**self._updates,
            beta2_power=power2,
            lr=rate,
            beta1=self._beta1,
            beta2=self._beta2,
            # The kernel adds its ε to √u where the equation adds it to the corrected root.
            epsilon=self._epsilon * tf.sqrt(1.0 - power2),
            grad=gradient,
        )


class AdamW(Adam):
    """Adam with decoupled weight decay: θ ← θ − η λ θ, then Adam's step.

    Source: Loshchilov & Hutter 2019, algorithm 2, with PyTorch's product of η and λ.
    """

    def __init__(
        self, weights: Variables, learning_rate: Rate, weight_decay: float = 1e-2, **settings: float
    ) -> None:
        super().__init__(weights, learning_rate, **settings)
        self._decay = weight_decay

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        shrink = tf.convert_to_tensor(self._rate) * self._decay
        for name in gradients:
            self._weights[name].assign_sub(shrink * self._weights[name])
        super().apply(gradients)


OPTIMISERS: dict[str, Callable[..., Optimiser]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adadelta": AdaDelta,
    "adam": Adam,
    "amsgrad": AMSGrad,
    "adamw": AdamW,
}


def make_optimiser(
    name: str, weights: Variables, learning_rate: Rate, **settings: Any
) -> Optimiser:
    """Return the optimiser of that name, one of `OPTIMISERS`, over weights by name."""
    return OPTIMISERS[name](weights, learning_rate, **settings)
