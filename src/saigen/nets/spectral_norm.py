"""Spectral normalisation: a kernel divided by its largest singular value, by power iteration.

Source: Miyato et al. 2018, arXiv:1802.05957, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from saigen.engine import rng
from saigen.nets.initial import Draw
from saigen.nets.layers import Layers, Network, Tensors


class SpectralNorm:
    """A network's layers with some kernels at spectral norm 1.

    A kernel [..., in, out] is taken for a matrix W [places · in, out]; the vector u [out] is kept
    between steps. The gradient of σ = vᵀ W u is that of W alone.

    Args:
      network: whose weights they are.
      kernels: the names of the weights to normalise, without the network's.

    Attributes:
      layers: hand these to the network's forward function in place of its own.
    """

    def __init__(self, network: Network, kernels: Sequence[str]) -> None:
        self._network = network
        self._vectors = {
            name: tf.Variable(tf.zeros(self._kernel(name).shape[-1:]), trainable=False)
            for name in kernels
        }
        self.layers = Layers(self._weight)

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """The vectors u, by name."""
        return {f"spectral/{name}": vector for name, vector in self._vectors.items()}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the first vectors of a run: random directions."""
        key = rng.key(seed)
        return {
            name: tf.math.l2_normalize(rng.normal(key(f"initial {name}"), vector.shape.as_list()))
            for name, vector in self.variables.items()
        }

    def update(self) -> None:
        """Keep one power iteration of every kernel."""
        for name, vector in self._vectors.items():
            vector.assign(_iterated(_matrix(self._kernel(name)), vector)[1])

    def norm(self, name: str) -> tf.Tensor:
        """Return σ of a kernel after one more power iteration, which is not kept."""
        matrix = _matrix(self._kernel(name))
        v, u = _iterated(tf.stop_gradient(matrix), self._vectors[name])
        return tf.tensordot(v, tf.linalg.matvec(matrix, u), 1)

    def _weight(self, name: str, shape: list[int], draw: Draw) -> tf.Tensor:
        weight = self._network.layers.weight(name, shape, draw)
        return weight / self.norm(name) if name in self._vectors else weight

    def _kernel(self, name: str) -> tf.Variable:
        return self._network.weights[f"{self._network.name}/{name}"]


class SpectralNetwork(Network):
    """A network all of whose matrices and filters have spectral norm 1; see `Network`.

    Its state are the vectors of the power iteration; `update` keeps one iteration.
    """

    def __init__(self, name: str, forward: Callable[..., Tensors], *inputs: Any) -> None:
        super().__init__(name, forward, *inputs)
        own = (weight.removeprefix(f"{name}/") for weight in self.weights)
        self._norm = SpectralNorm(self, [weight for weight in own if weight.endswith("/W")])

    def __call__(self, *inputs: tf.Tensor) -> Tensors:
        return self._forward(self._norm.layers, *inputs)

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        return {**super().initial(seed), **self._norm.initial(seed)}

    @property
    def state(self) -> dict[str, tf.Variable]:
        return self._norm.variables

    def update(self) -> None:
        self._norm.update()


def _matrix(kernel: tf.Variable) -> tf.Tensor:
    return tf.reshape(kernel, [-1, kernel.shape[-1]])


def _iterated(matrix: tf.Tensor, u: tf.Tensor | tf.Variable) -> tuple[tf.Tensor, tf.Tensor]:
    """Return v and u of one power iteration."""
    v = tf.math.l2_normalize(tf.linalg.matvec(matrix, u))
    return v, tf.math.l2_normalize(tf.linalg.matvec(matrix, v, transpose_a=True))
