"""A deep Boltzmann machine: its energy, its conditionals, and its gradient by local statistics.

Layers x_0 = v, x_1, …, x_L of binary units; neighbours are joined by W_l, every layer has a bias:

    E(x) = − Σ_l b_l·x_l − Σ_l x_l W_l x_{l+1},    p(x) = exp(−E(x)) / Z

Units of even layers meet only units of odd ones, so that either block is factorised given the
other. A state is a list of the layers, each [chain, unit] float32 in {0, 1}.

Source: Taniguchi et al. 2023, section 2, by the authors' slides 4 and 5 and their program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tensorflow as tf

State = list[tf.Tensor]
#: Σ over chains of the gradient of −E: [(∂/∂W_0, …), (∂/∂b_0, …)].
Statistics = tuple[list[tf.Tensor], list[tf.Tensor]]


@dataclass(frozen=True)
class Machine:
    """A Boltzmann machine of layers.

    Attributes:
      weights: W_l, [units of layer l, units of layer l + 1] float32.
      biases: b_l, [units], or [chain, units] where every chain has its own.
      transposed: W_lᵀ, made here unless given: a sweep then multiplies by it as it lies.
    """

    weights: Sequence[tf.Tensor]
    biases: Sequence[tf.Tensor]
    transposed: Sequence[tf.Tensor] = ()

    def __post_init__(self) -> None:
        if not self.transposed:
            object.__setattr__(self, "transposed", [tf.transpose(w) for w in self.weights])

    @property
    def sizes(self) -> list[int]:
        """Units of each layer."""
        return [bias.shape[-1] for bias in self.biases]

    @property
    def even(self) -> range:
        """Layers 0, 2, 4, …"""
        return range(0, len(self.biases), 2)

    @property
    def odd(self) -> range:
        """Layers 1, 3, 5, …"""
        return range(1, len(self.biases), 2)

    def field(self, layer: int, state: State) -> tf.Tensor:
        """Return x_{l−1} W_{l−1} + x_{l+1} W_lᵀ: what the neighbours say, [chain, units]."""
        terms = []
        if layer > 0:
            terms.append(state[layer - 1] @ self.weights[layer - 1])
        if layer < len(self.weights):
            terms.append(state[layer + 1] @ self.transposed[layer])
        return tf.add_n(terms) if terms else tf.zeros_like(state[layer])

    def logits(self, layer: int, state: State) -> tf.Tensor:
        """Return log p(x_l = 1 | rest) / p(x_l = 0 | rest): [chain, units]."""
        return self.biases[layer] + self.field(layer, state)

    def energy(self, state: State) -> tf.Tensor:
        """Return E(x) in nats: [chain]. Every bond has one end in an odd layer."""
        own = [state[l] * self.biases[l] for l in self.even]
        met = [state[l] * self.logits(l, state) for l in self.odd]
        return -tf.add_n([tf.reduce_sum(term, -1) for term in own + met])

    def marginal_energy(self, state: State) -> tf.Tensor:
        """Return − log Σ exp(−E) over the odd layers' states: [chain] nats.

        F(x_even) = − Σ_even b·x − Σ_odd softplus(logits); the odd entries of `state` are not read.
        """
        own = [state[l] * self.biases[l] for l in self.even]
        summed = [tf.nn.softplus(self.logits(l, state)) for l in self.odd]
        return -tf.add_n([tf.reduce_sum(term, -1) for term in own + summed])

    def given(self, visible: tf.Tensor) -> Machine:
        """Return the machine of the hidden layers with x_0 clamped: p(x_1, …, x_L | v).

        It is a Boltzmann machine itself, whose first bias is b_1 + v W_0, one a chain. So whatever
        samples a machine samples its posterior, and v W_0 is computed once. Its energy lacks the
        constant −b_0·v.

        Args:
          visible: v, [chain, units].
        """
        first = self.biases[1] + visible @ self.weights[0]
        return Machine(self.weights[1:], [first, *self.biases[2:]], self.transposed[1:])

    def of_chains(self, change: Callable[[tf.Tensor], tf.Tensor]) -> Machine:
        """Return the machine for other chains: what `change` makes of biases of its chains' own."""
        biases = [change(b) if b.shape.rank == 2 else b for b in self.biases]
        return Machine(self.weights, biases, self.transposed)


def uncentred(
    weights: Sequence[tf.Tensor], biases: Sequence[tf.Tensor], centres: Sequence[tf.Tensor]
) -> Machine:
    """Return the plain machine with the law of a centred one.

    The centred energy E = − Σ b_l·(x_l − c_l) − Σ (x_l − c_l) W_l (x_{l+1} − c_{l+1}) is that of
    the plain machine with biases b_l − c_{l−1} W_{l−1} − W_l c_{l+1}, but for a constant. So
    centres change the gradient's metric and not the family of models.

    Source: Montavon & Müller 2012, section 2.
    """
    plain = []
    for layer, bias in enumerate(biases):
        if layer > 0:
            bias = bias - tf.linalg.matvec(weights[layer - 1], centres[layer - 1], transpose_a=True)
        if layer < len(weights):
            bias = bias - tf.linalg.matvec(weights[layer], centres[layer + 1])
        plain.append(bias)
    return Machine(weights, plain)


def statistics(state: State, centres: Sequence[tf.Tensor]) -> Statistics:
    """Return Σ over chains of −∂E/∂W_l = (x_l − c_l)(x_{l+1} − c_{l+1})ᵀ and −∂E/∂b_l = x_l − c_l.

    Local: a weight needs the two units it joins, and nothing is propagated back.

    Source: slide 8; with centres Montavon & Müller 2012.
    """
    centred = [x - c for x, c in zip(state, centres, strict=True)]
    bonds = [tf.matmul(low, high, transpose_a=True) for low, high in pairwise(centred)]
    return bonds, [tf.reduce_sum(x, 0) for x in centred]


def with_expected_odd(machine: Machine, state: State) -> State:
    """Return the state with each odd layer replaced by its mean given the even ones.

    The gradient of the marginal energy F(x_even) is the statistics of this state: the odd block is
    summed out, which takes its sampling noise away (Rao-Blackwell).

    Departure: the paper's form of marginalisation was not found; this one is inferred.
    """
    odd = set(machine.odd)
    return [tf.sigmoid(machine.logits(l, state)) if l in odd else x for l, x in enumerate(state)]


def chains_of(layer: tf.Tensor) -> int | tf.Tensor:
    """Return how many chains a layer has, an int where that is known when traced.

    A loop that draws for a tensor does not know the shapes of its states, and refuses a single one.
    """
    return layer.shape[0] or tf.shape(layer)[0]
