"""Nonlinear conjugate gradients with a stochastic gradient: β by seven rules, cut off at ½.

With gradients g (now) and g₀ (before), y = g − g₀ and the direction d:
d ← −g + β d;  θ ← θ + η d;  β = c · min(β_rule, ½), and not below 0 where it is bounded.

Source: Naganuma & Iiduka 2023, arXiv:2203.14495, algorithm 1 and its table of rules.
"""

from __future__ import annotations

import tensorflow as tf

from saigen.nets.optimisers import Gradients, Variables

#: Inner products that the rules are made of.
_PRODUCTS = ("gg", "g0g0", "gy", "dy", "yy", "gd")
RULES = ("none", "constant", "fr", "prp", "hs", "dy", "hz", "hs_dy", "fr_prp")
CAP = 0.5
#: μ of Hager & Zhang's rule.
MU = 2.0


def betas(products: tf.Tensor, cap: float | tf.Tensor = CAP) -> dict[str, tf.Tensor]:
    """Return what every rule says, before it is cut off; 0 where a denominator is 0.

    | rule | β |
    |---|---|
    | fr, Fletcher & Reeves 1964 | g·g / g₀·g₀ |
    | prp, Polak, Ribière & Polyak 1969 | g·y / g₀·g₀ |
    | hs, Hestenes & Stiefel 1952 | g·y / d·y |
    | dy, Dai & Yuan 1999 | g·g / d·y |
    | hz, Hager & Zhang 2005 | min(hs, cap) − μ (y·y)(g·d) / (d·y)², μ = 2 |
    | hs_dy | max(0, min(hs, dy)) |
    | fr_prp | max(0, min(fr, prp)) |
    | none | 0, which is gradient descent |
    | constant | cap, which is momentum |

    Args:
      products: [6, ...] g·g, g₀·g₀, g·y, d·y, y·y, g·d.
      cap: where hz cuts its first term.

    Returns:
      By rule, [...].
    """
    gg, g0g0, gy, dy, yy, gd = tf.unstack(products)
    fr, prp = tf.math.divide_no_nan(gg, g0g0), tf.math.divide_no_nan(gy, g0g0)
    hs, dai_yuan = tf.math.divide_no_nan(gy, dy), tf.math.divide_no_nan(gg, dy)
    zero, cap = tf.zeros_like(gg), _in(gg.dtype, cap)
    return {
        "none": zero,
        "constant": zero + cap,
        "fr": fr,
        "prp": prp,
        "hs": hs,
        "dy": dai_yuan,
        "hz": tf.minimum(hs, cap) - MU * tf.math.divide_no_nan(yy * gd, dy**2),
        "hs_dy": tf.maximum(zero, tf.minimum(hs, dai_yuan)),
        "fr_prp": tf.maximum(zero, tf.minimum(fr, prp)),
    }


def chosen(rule: str | tf.Variable, products: tf.Tensor, cap: float | tf.Tensor) -> tf.Tensor:
    """Return β of one rule, which may be held in a variable of strings: one trace for all."""
    found = betas(products, cap)
    if isinstance(rule, str):
        return found[rule]
    place = tf.argmax(tf.cast(tf.equal(tf.constant(RULES), rule), tf.int32))
    return tf.gather(tf.stack([found[name] for name in RULES]), place)


class ConjugateGradient:
    """The optimiser; every setting but the weights may be a variable.

    Args:
      weights: the variables to train, by name.
      learning_rate: η.
      rule: one of `RULES`.
      scale: c, the coefficient of β.
      bounded: β is not below 0, as the theory wants; the released code lets it be.
      whole: one β for all weights as one vector, as in the theory; otherwise one for each, as in
        the released code.
      released: the two oddities of the released step: the first step goes up the gradient, and
        the recursion is applied twice, once for the step and once for what is kept.
      cap: the bound of β from above.

    Attributes:
      raw: [weight] β of the last step by its rule alone, before cap, bound and scale.
    """

    def __init__(
        self,
        weights: Variables,
        learning_rate: float | tf.Variable,
        rule: str | tf.Variable = "fr",
        scale: float | tf.Variable = 1.0,
        bounded: bool | tf.Variable = True,
        whole: bool | tf.Variable = False,
        released: bool | tf.Variable = False,
        cap: float = CAP,
    ) -> None:
        self._weights, self._rate, self._rule, self._scale = weights, learning_rate, rule, scale
        self._bounded, self._whole, self._released, self._cap = bounded, whole, released, cap
        self._before = {name: _zeros(weight) for name, weight in weights.items()}
        self._direction = {name: _zeros(weight) for name, weight in weights.items()}
        self._started = tf.Variable(False, trainable=False)
        kind = next(iter(weights.values())).dtype
        self.raw = tf.Variable(tf.zeros([len(weights)], kind), trainable=False)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The slots, by name."""
        return {
            **{f"gradient before/{name}": slot for name, slot in self._before.items()},
            **{f"direction/{name}": slot for name, slot in self._direction.items()},
            "started": self._started,
            "raw beta": self.raw,
        }

    def apply(self, gradients: Gradients) -> None:
        """Take one step; `gradients` has the weights' names."""
        names = list(self._weights)
        products = tf.stack([self._products(name, gradients[name]) for name in names], axis=1)
        together = tf.zeros_like(products) + tf.reduce_sum(products, 1, keepdims=True)
        products = tf.where(self._whole, together, products)
        raw = self.raw.assign(chosen(self._rule, products, self._cap))
        beta = tf.minimum(raw, _in(raw.dtype, self._cap))
        beta = tf.where(self._bounded, tf.maximum(beta, 0.0), beta)
        # Whatever a rule says, there is nothing to keep before the first step.
        beta = tf.where(self._started, _in(raw.dtype, self._scale) * beta, 0.0)
        upward = tf.logical_and(self._released, tf.logical_not(self._started))
        sign = tf.where(upward, tf.ones([], raw.dtype), -tf.ones([], raw.dtype))
        rate = _in(raw.dtype, self._rate)
        for name, of_this in zip(names, tf.unstack(beta), strict=True):
            gradient = gradients[name]
            direction = sign * gradient + of_this * self._direction[name]
            self._weights[name].assign_add(rate * direction)
            again = of_this * direction - gradient
            self._direction[name].assign(tf.where(self._released, again, direction))
            self._before[name].assign(gradient)
        self._started.assign(True)

    def _products(self, name: str, g: tf.Tensor) -> tf.Tensor:
        before, d = self._before[name], self._direction[name]
        y = g - before
        pairs = ((g, g), (before, before), (g, y), (d, y), (y, y), (g, d))
        return tf.stack([tf.reduce_sum(a * b) for a, b in pairs])


def _zeros(weight: tf.Variable) -> tf.Variable:
    return tf.Variable(tf.zeros_like(weight), trainable=False)


def _in(kind: tf.DType, value: float | tf.Tensor | tf.Variable) -> tf.Tensor:
    """Return a setting in the weights' type; a Python number keeps all its digits."""
    return tf.constant(value, kind) if isinstance(value, float) else tf.cast(value, kind)
