"""Gibbs sampling with maximally coupled blocks: the method of Qiu et al., for a deep machine.

Each chain updates its even layers, then its odd ones; the two draws of a block are coupled so that
they agree with the largest probability, Σ min(p, q).

Source: Qiu, Zhang & Wang 2020, and their program `cdtau`, which is for one hidden layer.
Departure: their program draws the second chain from the residual with at most ten tries, and draws
the first chain anew too. Here the first is kept and the residual is drawn exactly (with at most
10,000 tries), so that both chains have the right law.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from saigen.engine import rng
from saigen.papers.dbm.couplings import corrected, log_uniform, same
from saigen.papers.dbm.machine import Machine, State

#: Draws of a residual after which a pair counts as met. Blocks whose laws are alike to rounding may
#: be told apart by it, and then wait for ever; the law of Y is changed by less than 1 in 20,000.
MOST_TRIES = 10_000


def maximal_coupling(
    logits_x: tf.Tensor, logits_y: tf.Tensor, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw X ~ p and Y ~ q, products of Bernoullis, so that P(X = Y) = Σ min(p, q).

    X ~ p; Y = X with probability min(1, q(X)/p(X)). Otherwise Y ~ q is drawn until it is accepted
    with probability 1 − min(1, p(Y)/q(Y)), which is the residual (q − min(p, q)) normalised.

    Args:
      logits_x, logits_y: [pair, units] of p and of q.

    Returns:
      X and Y, [pair, units] float32 in {0, 1}.
    """
    pairs = tf.shape(logits_x)[:1]
    x = _draw(logits_x, _fold(seed, 0))
    log_u = log_uniform(_fold(seed, 1), pairs)
    met = log_u < _log_ratio(x, logits_y, logits_x)

    def body(t: tf.Tensor, y: tf.Tensor, done: tf.Tensor) -> tuple[tf.Tensor, ...]:
        fresh = _draw(logits_y, _fold(seed, 2 * t))
        log_u = log_uniform(_fold(seed, 2 * t + 1), pairs)
        accepted = ~done & (log_u >= _log_ratio(fresh, logits_x, logits_y))
        return t + 1, tf.where(accepted[:, tf.newaxis], fresh, y), done | accepted

    _, y, _ = tf.while_loop(
        lambda t, y, done: ~tf.reduce_all(done) & (t <= MOST_TRIES),
        body,
        (tf.constant(1), x, met),
        parallel_iterations=1,
    )
    return x, y


class GibbsCoupling:
    """Two Gibbs chains on a machine, coupled block by block.

    Args:
      machine: its law is the target.
      seed: sweep t takes its draws from this seed, folded with t.
      most_steps: where a pair is given up.
    """

    def __init__(self, machine: Machine, seed: tf.Tensor, most_steps: int) -> None:
        self._machine, self._seed, self._most = machine, seed, most_steps

    def advance(self, x: State) -> State:
        """Take the sweep that puts x a step ahead."""
        state = list(x)
        for number, block in enumerate(self._blocks()):
            logits = self._block_logits(state, block)
            drawn = _draw(logits, _fold(_fold(self._seed, 0), number))
            self._put(state, block, drawn)
        return state

    def step(self, x: State, y: State, t: tf.Tensor) -> tuple[State, State]:
        """Take one coupled sweep."""
        x, y = list(x), list(y)
        for number, block in enumerate(self._blocks()):
            seed = _fold(_fold(self._seed, t), number)
            drawn = maximal_coupling(
                self._block_logits(x, block), self._block_logits(y, block), seed
            )
            for state, new in zip((x, y), drawn, strict=True):
                self._put(state, block, new)
        return x, y

    def estimate(self, f: Callable[[State], Any], start: State) -> tuple[Any, tf.Tensor]:
        """Return f(x_1) + Σ_{t=2}^{τ−1} (f(x_t) − f(y_{t−1})) from y_0 = x_0 = start, and τ.

        One step of burn-in, as in Qiu et al. (`min_mcmc` = 1).
        """
        x1 = self.advance(start)
        x2, y1 = self.step(x1, start, tf.constant(1))
        total, tau = corrected(f, f(x1), x2, y1, self._later, self._most - 1)
        # `corrected` counts from x_2 and y_1 on.
        return total, tf.where(same(x1, start), 1.0, tau + 1.0)

    def meeting_time(self, start: State) -> tf.Tensor:
        """Return τ of pairs from y_0 = x_0 = start: [pair] float32."""
        _, tau = corrected(lambda x: [], [], self.advance(start), start, self.step, self._most)
        return tau

    def _later(self, x: State, y: State, t: tf.Tensor) -> tuple[State, State]:
        return self.step(x, y, t + 1)

    def _blocks(self) -> Sequence[Sequence[int]]:
        return [block for block in (self._machine.even, self._machine.odd) if block]

    def _block_logits(self, state: State, block: Sequence[int]) -> tf.Tensor:
        logits = [
            tf.broadcast_to(self._machine.logits(l, state), tf.shape(state[l])) for l in block
        ]
        return tf.concat(logits, -1)

    def _put(self, state: State, block: Sequence[int], drawn: tf.Tensor) -> None:
        parts = tf.split(drawn, [self._machine.sizes[l] for l in block], -1)
        for layer, part in zip(block, parts, strict=True):
            state[layer] = part


def _draw(logits: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    return tf.cast(rng.uniform(seed, tf.shape(logits)) < tf.sigmoid(logits), tf.float32)


def _fold(seed: tf.Tensor, index: int | tf.Tensor) -> tf.Tensor:
    return tf.random.experimental.stateless_fold_in(seed, index, alg="philox")


def _log_ratio(x: tf.Tensor, above: tf.Tensor, below: tf.Tensor) -> tf.Tensor:
    """Return log p_above(x) − log p_below(x): [pair] nats."""
    # Unit by unit, so that equal logits give exactly 0.
    terms = x * (above - below) - (tf.nn.softplus(above) - tf.nn.softplus(below))
    return tf.reduce_sum(terms, -1)
