"""One step of a GAN: some critic updates, then one of the generator, for any objective.

Source: Gulrajani et al. 2017, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.gradient_penalty import gradient_penalty
from saigen.nets.layers import Network
from saigen.nets.objectives import OBJECTIVES
from saigen.nets.optimisers import Adam
from saigen.nets.rmsprop import RMSProp
from saigen.nets.slots import slots_of


@dataclass(frozen=True)
class Method:
    """How a GAN is trained.

    Attributes:
      objective: `wasserstein`, `standard` or `least_squares`.
      penalty: λ, the weight of the gradient penalty; 0 for none.
      one_sided: punish slopes above 1 only.
      clip: c: every critic weight is cut to [−c, c] after each update; 0 for no clipping.
      critic_steps: critic updates before one of the generator.
      optimiser: `adam` or `rmsprop`, for both networks.
      learning_rate, beta1, beta2: of the optimiser.
      decay_steps: the learning rate falls linearly to 0 by this step; 0 keeps it.
      weight_decay: λ_w of ½ λ_w ‖W‖² on the critic's kernels.
      batch_size: of a critic update.
      generator_batch: of a generator update.
    """

    objective: str = "wasserstein"
    penalty: float = 0.0
    one_sided: bool = False
    clip: float = 0.0
    critic_steps: int = 5
    optimiser: str = "adam"
    learning_rate: float = 1e-4
    beta1: float = 0.0
    beta2: float = 0.9
    decay_steps: int = 0
    weight_decay: float = 0.0
    batch_size: int = 64
    generator_batch: int = 64

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Method:
        """Read the method out of a run's parameters, which have the attributes' names."""
        return cls(**{name: params[name] for name in cls.__dataclass_fields__})

    def rate(self, step: tf.Tensor) -> tf.Tensor:
        """Return the learning rate at a step: η, or η max(0, 1 − step / decay_steps)."""
        left = 1.0
        if self.decay_steps:
            left = tf.maximum(0.0, 1.0 - tf.cast(step, tf.float32) / float(self.decay_steps))
        return self.learning_rate * tf.convert_to_tensor(left)

    def optimiser_of(self, network: Network, rate: tf.Variable) -> Adam | RMSProp:
        """Return an optimiser of a network's weights."""
        if self.optimiser == "rmsprop":
            return RMSProp(network.weights, rate)
        return Adam(network.weights, rate, self.beta1, self.beta2)


class Gan:
    """A generator and a critic in training.

    Args:
      method: how they are trained.
      generator: maps what `draw` returns to samples [batch, ...].
      critic: maps [batch, ...] to [batch, 1 + classes]: the score, then logits of classes if any.
      real: maps [batch] indices and a key to examples [batch, ...] float32.
      draw: `draw(key, n)` → the generator's inputs, a tuple.
      mixes: the critic mixes examples (batch norm), so that data and samples must pass it apart.
      extra: further losses, as `Extra` has them; none by default.
    """

    metrics = ("critic_loss", "wasserstein", "penalty", "generator_loss")

    def __init__(
        self,
        method: Method,
        generator: Network,
        critic: Network,
        real: Callable[[tf.Tensor, Key], tf.Tensor],
        draw: Callable[[Key, int], tuple[tf.Tensor, ...]],
        mixes: bool = False,
        extra: Extra | None = None,
    ) -> None:
        self.method, self.generator, self.critic = method, generator, critic
        self._real, self._draw, self._mixes = real, draw, mixes
        self._extra = Extra() if extra is None else extra
        self._critic_loss, self._generator_loss = OBJECTIVES[method.objective]
        self._rate = tf.Variable(method.learning_rate, trainable=False)
        self._optimisers = {
            "generator": method.optimiser_of(generator, self._rate),
            "critic": method.optimiser_of(critic, self._rate),
        }
        self._begin = {name: slot.numpy() for name, slot in slots_of(self._optimisers).items()}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Weights and optimiser slots of both networks, by name."""
        return {**self.generator.weights, **self.critic.weights, **slots_of(self._optimisers)}

    def initial(self, seed: int) -> dict[str, tf.Tensor | np.ndarray]:
        """Return every variable's value before the first step."""
        return {**self.generator.initial(seed), **self.critic.initial(seed), **self._begin}

    def task(self, params: Params, examples: int, **parts: Any) -> Task:
        """Return the training as the engine wants it.

        Args:
          params: the run's settings.
          examples: how many there are to draw from.
          parts: what else a Task takes: `evaluate`, `samples`, `sizes`, …
        """
        return Task(
            variables=self.variables,
            initial=self.initial,
            step=self.step,
            metrics=self.metrics,
            steps=params["steps"],
            batch_size=params["batch_size"] * params["critic_steps"],
            examples=examples,
            log_every=params["log_every"],
            evaluate_every=params["evaluate_every"],
            **parts,
        )

    def scores(self, examples: tf.Tensor) -> tf.Tensor:
        """Return the critic's scores: [batch]."""
        return self.critic(examples)[:, 0]

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Take `critic_steps` critic updates and one of the generator.

        Args:
          batch: [critic_steps · batch_size] indices into the data.
          key: of this step.

        Returns:
          Means over the critic updates of `critic_loss` (with penalty), `wasserstein`
          (E D(x) − E D(x̃)) and `penalty` (unweighted); and `generator_loss`.
        """
        count = self.method.critic_steps
        self._rate.assign(self.method.rate(key.step))
        rows = tf.reshape(batch, [count, self.method.batch_size])

        def update(turn: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            inner = Key(key.seed, key.step * count + turn)
            return turn + 1, sums + self.update_critic(tf.gather(rows, turn), inner)

        _, sums = tf.while_loop(
            lambda turn, sums: turn < count,
            update,
            (tf.constant(0), tf.zeros([3])),
            parallel_iterations=1,
        )
        # The generator's update waits for the critic's: tf.function keeps the order of writes.
        loss = self._update_generator(key)
        return dict(zip(self.metrics, [*tf.unstack(sums / float(count)), loss], strict=True))

    def losses(self, real: tf.Tensor, fake: tf.Tensor, key: Key) -> tf.Tensor:
        """Return [critic loss with penalty, E D(x) − E D(x̃), penalty] on given examples."""
        if self._mixes:
            on_real, on_fake = self.critic(real), self.critic(fake)
        else:
            both = self.critic(tf.concat([real, fake], 0))
            on_real, on_fake = tf.split(both, [tf.shape(real)[0], tf.shape(fake)[0]])
        loss = self._critic_loss(on_real[:, 0], on_fake[:, 0])
        gap = tf.reduce_mean(on_real[:, 0]) - tf.reduce_mean(on_fake[:, 0])
        penalty = tf.constant(0.0)
        if self.method.penalty:
            epsilon = rng.uniform(key("epsilon"), [tf.shape(real)[0]])
            penalty = gradient_penalty(self.scores, real, fake, epsilon, self.method.one_sided)
            loss += self.method.penalty * penalty
        return tf.stack([loss, gap, penalty])

    def update_critic(self, rows: tf.Tensor, key: Key) -> tf.Tensor:
        """Update the critic once on the examples `rows`: [batch]; returns what `losses` does."""
        real = self._real(rows, key)
        inputs = self._extra.inputs_for(rows, self._draw(key, self.method.batch_size))
        fake = self.generator(*inputs)
        with tf.GradientTape() as tape:
            found = self.losses(real, fake, key)
            total = found[0] + self._extra.critic_loss(self.critic, real, rows)
            if self.method.weight_decay:
                decay = tf.add_n([tf.nn.l2_loss(kernel) for kernel in self.critic.kernels])
                total += self.method.weight_decay * decay
        self._apply("critic", self.critic, tape, total)
        if self.method.clip:
            for weight in self.critic.weights.values():
                weight.assign(tf.clip_by_value(weight, -self.method.clip, self.method.clip))
        return found

    def _update_generator(self, key: Key) -> tf.Tensor:
        generator_key = Key(key.seed, -1 - key.step)  # apart from those of the critic's updates
        inputs = self._draw(generator_key, self.method.generator_batch)
        with tf.GradientTape() as tape:
            out = self.critic(self.generator(*inputs))
            loss = self._generator_loss(out[:, 0])
            total = loss + self._extra.generator_loss(out, inputs)
        self._apply("generator", self.generator, tape, total)
        return loss

    def _apply(self, name: str, network: Network, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        gradients = tape.gradient(loss, network.weights, unconnected_gradients="zero")
        self._optimisers[name].apply(gradients)


class Extra:
    """Further losses of a GAN; this one has none."""

    def inputs_for(self, rows: tf.Tensor, inputs: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        """Change what the generator is given in a critic update on the examples `rows`."""
        return inputs

    def critic_loss(self, critic: Network, real: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        """Return what the critic minimises beside its objective."""
        return tf.constant(0.0)

    def generator_loss(self, out: tf.Tensor, inputs: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """Return what the generator minimises beside its objective; `out` is the critic's."""
        return tf.constant(0.0)
