"""The Metropolis–Hastings coupling, in the three readings of the method.

The proposal x' is uniform over all states, accepted with probability min(1, exp(E(x) − E(x'))).

- `as_specified`: two chains share proposal and uniform, one a step behind; the telescoping sum
  is unbiased. Both start in x_0, so they have met at τ = 1 where the first proposal is refused.
- `as_coded`: the released program runs one chain; its sum telescopes to f at the first refusal.
- as run: at the sizes of the paper the first proposal is never accepted, so that both are f(x_0),
  the state after local mode initialisation, and no Metropolis–Hastings step has a say.

Source: Taniguchi et al. 2023, slides 20 and 21; `coupling` of their program.
Departure: the slides name the proposal and when τ is 1. Sharing proposal and uniform is inferred;
it is the usual coupling of independence samplers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from saigen.papers.dbm.couplings import chosen, corrected, log_uniform, same
from saigen.papers.dbm.machine import Machine, State
from saigen.papers.dbm.sweeps import noise

READINGS = ("as_specified", "as_coded", "as_run")


@dataclass(frozen=True)
class FirstProposal:
    """What became of the first proposal: all that tells whether the readings differ.

    Attributes:
      state: x_1, [chain, units] a layer.
      energy: E(x_1), [chain] nats.
      accepted: [chain] bool.
      gap: E(x') − E(x_0), [chain] nats: accepted with probability exp(−gap).
    """

    state: State
    energy: tf.Tensor
    accepted: tf.Tensor
    gap: tf.Tensor


class Metropolis:
    """Metropolis–Hastings with a uniform proposal on the states of a machine.

    Args:
      machine: its law is the target.
      seed: step t takes its proposal and its uniform from this seed, folded with t.
      most_steps: where a chain is given up.
    """

    def __init__(self, machine: Machine, seed: tf.Tensor, most_steps: int) -> None:
        self._machine, self._seed, self._most = machine, seed, most_steps

    def first(self, start: State) -> FirstProposal:
        """Take the step from x_0 to x_1."""
        energy = self._machine.energy(start)
        proposal, proposed, log_u = self._draw(tf.constant(0), tf.shape(energy)[0])
        accepted = log_u < energy - proposed
        return FirstProposal(
            chosen(accepted, proposal, start),
            tf.where(accepted, proposed, energy),
            accepted,
            proposed - energy,
        )

    def as_specified(
        self, f: Callable[[State], Any], start: State, first: FirstProposal
    ) -> tuple[Any, tf.Tensor]:
        """Return f(x_0) + Σ (f(x_t) − f(y_{t−1})) with y_0 = x_0, and τ."""

        def coupled_step(x: State, y: State, t: tf.Tensor) -> tuple[State, State]:
            # The same seed for both: they share x' and u.
            return self._step(x, t), self._step(y, t)

        return corrected(f, f(start), first.state, start, coupled_step, self._most)

    def as_coded(
        self, f: Callable[[State], Any], start: State, first: FirstProposal
    ) -> tuple[Any, tf.Tensor]:
        """Return f of the state in which a single chain first stays, and when that is."""

        def body(
            t: tf.Tensor, x: State, moving: tf.Tensor, tau: tf.Tensor
        ) -> tuple[tf.Tensor, State, tf.Tensor, tf.Tensor]:
            new = chosen(moving, self._step(x, t), x)
            return t + 1, new, ~same(new, x), tau + tf.cast(moving, tf.float32)

        moving = ~same(first.state, start)
        _, stayed, _, tau = tf.while_loop(
            lambda t, x, moving, tau: tf.reduce_any(moving) & (t < self._most),
            body,
            (tf.constant(1), first.state, moving, tf.ones_like(first.energy)),
            parallel_iterations=1,
        )
        return f(stayed), tau

    def _step(self, x: State, t: tf.Tensor) -> State:
        energy = self._machine.energy(x)
        proposal, proposed, log_u = self._draw(t, tf.shape(energy)[0])
        # In logarithms: exp of a gap of hundreds of nats is infinite.
        return chosen(log_u < energy - proposed, proposal, x)

    def _draw(self, t: tf.Tensor, chains: tf.Tensor) -> tuple[State, tf.Tensor, tf.Tensor]:
        """Return the proposal of step t, its energy, and log u."""
        seed = tf.random.experimental.stateless_fold_in(self._seed, t, alg="philox")
        proposal = noise(self._machine, chains, seed)
        apart = tf.random.experimental.stateless_fold_in(seed, 1, alg="philox")
        return proposal, self._machine.energy(proposal), log_uniform(apart, [chains])
