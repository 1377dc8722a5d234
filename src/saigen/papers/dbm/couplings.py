"""The telescoping unbiased estimator, and what a coupled pair of chains must offer to it.

With x_t and y_t of one law, y a step behind, and x_t = y_{t−1} from the meeting time τ on,

    E_π[f] = E[ f(x_0) + Σ_{t=1}^{τ−1} (f(x_t) − f(y_{t−1})) ].

Source: Jacob, O'Leary & Atchadé 2020; Taniguchi et al. 2023, slides 14 to 17.
"""

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from saigen.engine import rng
from saigen.papers.dbm.machine import State

#: A float32 draw of [0, 1) has so many digits of its own after the point.
_DIGITS = 23

#: (x_t, y_{t−1}, t) → (x_{t+1}, y_t), drawn jointly so that they meet, and stay met.
CoupledStep = Callable[[State, State, tf.Tensor], tuple[State, State]]


def corrected(
    f: Callable[[State], Any],
    f_start: Any,
    x: State,
    y: State,
    coupled_step: CoupledStep,
    most_steps: int,
) -> tuple[Any, tf.Tensor]:
    """Return `f_start` + Σ_{t=1}^{τ−1} (f(x_t) − f(y_{t−1})), and τ.

    Once a pair has met, its terms are equal and cancel, whatever f: nothing is masked.

    Args:
      f: maps a state to tensors, per chain or summed over the chains.
      f_start: f(x_0), or f(x_k) after k steps of burn-in, where x and y are then x_{k+1} and y_k.
      x, y: x_1 and y_0.
      most_steps: where the sum is cut off, which biases it; told by τ = most_steps.

    Returns:
      The sum, and τ [chain] float32, at most `most_steps`.
    """

    def body(
        t: tf.Tensor, x: State, y: State, apart: tf.Tensor, total: Any, tau: tf.Tensor
    ) -> tuple:
        terms = tf.nest.map_structure(lambda s, a, b: s + (a - b), total, f(x), f(y))
        x, y = coupled_step(x, y, t)
        tau += tf.cast(apart, tf.float32)
        return t + 1, x, y, ~same(x, y), terms, tau

    apart = ~same(x, y)
    start = (tf.constant(1), x, y, apart, f_start, tf.ones_like(x[0][:, 0]))
    *_, total, tau = tf.while_loop(
        lambda t, x, y, apart, total, tau: tf.reduce_any(apart) & (t < most_steps),
        body,
        start,
        parallel_iterations=1,
    )
    return total, tau


def log_uniform(seed: tf.Tensor, shape: list[int | tf.Tensor] | tf.Tensor) -> tf.Tensor:
    """Return log u of uniform u in (0, 1): [chain] float32, down to −32.

    One draw of float32 in 8 million is 0, and log 0 would accept whatever is proposed, were its gap
    hundreds of nats. There the next 23 digits are drawn.

    Args:
      seed: of the draws, [2] int32; the digits beyond come from one folded from it.
      shape: [chain].
    """
    u = rng.uniform(seed, shape)
    beyond = 1.0 - rng.uniform(
        tf.random.experimental.stateless_fold_in(seed, 1, alg="philox"), shape
    )
    return tf.where(u > 0.0, tf.math.log(u), tf.math.log(beyond) - _DIGITS * math.log(2.0))


def same(x: State, y: State) -> tf.Tensor:
    """Say of each pair of chains whether they are in the same state: [chain] bool."""
    return tf.reduce_all(tf.concat(x, -1) == tf.concat(y, -1), -1)


def chosen(which: tf.Tensor, a: State, b: State) -> State:
    """Return the rows of `a` where `which` [chain] holds, else those of `b`."""
    return [tf.where(which[:, tf.newaxis], one, other) for one, other in zip(a, b, strict=True)]
