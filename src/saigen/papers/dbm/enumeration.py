"""Every state of a tiny machine: log Z, exact means, exact log-likelihoods. float64 NumPy.

What the estimators are measured against, by another path than the one that computes them.
"""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from scipy.special import logsumexp, softmax

Array = np.ndarray


def states(sizes: Sequence[int]) -> list[Array]:
    """Return all states of layers of these sizes, at most 20 units in all: [state, unit] each."""
    if sum(sizes) > 20:
        raise ValueError(f"{sum(sizes)} units have too many states to enumerate")
    every = np.array(list(product((0.0, 1.0), repeat=sum(sizes))))
    return np.split(every, np.cumsum(sizes)[:-1], axis=1)


def energies(weights: Sequence[Array], biases: Sequence[Array], state: Sequence[Array]) -> Array:
    """Return E(x) = − Σ b_l·x_l − Σ x_l W_l x_{l+1}: [state] nats."""
    own = sum(x @ b for x, b in zip(state, biases, strict=True))
    met = sum(
        np.einsum("ni,ij,nj->n", low, w, high)
        for low, w, high in zip(state[:-1], weights, state[1:], strict=True)
    )
    return -(own + met)


def log_z(weights: Sequence[Array], biases: Sequence[Array]) -> float:
    """Return log Σ exp(−E) in nats."""
    every = states([len(b) for b in biases])
    return float(logsumexp(-energies(weights, biases, every)))


def pair_means(weights: Sequence[Array], biases: Sequence[Array]) -> Array:
    """Return E[x_l x_{l+1}ᵀ] of every bond and E[x_l] of every unit, flat, as `flat_pairs`."""
    every = states([len(b) for b in biases])
    p = softmax(-energies(weights, biases, every))
    return p @ flat_pairs(every)


def flat_pairs(state: Sequence[Array]) -> Array:
    """Return the products of joined units, bond by bond, then the units: [state, statistic]."""
    bonds = [
        np.einsum("ni,nj->nij", low, high).reshape(len(low), -1) for low, high in pairwise(state)
    ]
    return np.concatenate([*bonds, *state], axis=1)


def log_likelihoods(weights: Sequence[Array], biases: Sequence[Array], visible: Array) -> Array:
    """Return log p(v) of each row of `visible`: [example] nats."""
    hidden = states([len(b) for b in biases[1:]])
    found = []
    for v in visible:
        rows = [np.broadcast_to(v, (len(hidden[0]), len(v))), *hidden]
        found.append(logsumexp(-energies(weights, biases, rows)))
    return np.array(found) - log_z(weights, biases)
