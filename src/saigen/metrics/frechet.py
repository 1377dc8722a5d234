"""The Fréchet distance between two sets of features, each taken for a Gaussian.

With Inception features it is the FID of Heusel et al. 2017; with the features of a classifier
trained on the dataset, "classifier-FID". Moments are float64 sums, so the size of the batches in
which features come does not show.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

#: Below so many samples the published FIDs are undefined: their covariance of 2,048 features is
#: singular. The bias of a few samples is large with any feature network.
ENOUGH = 2048


class FewSamples(UserWarning):
    """A Fréchet distance from few samples: biased upward, comparable only at equal counts."""


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of features.

    Attributes:
      mean: [feature] float64.
      covariance: [feature, feature] float64, unbiased (divided by n − 1).
      n: samples behind them.
    """

    mean: np.ndarray
    covariance: np.ndarray
    n: int


class Accumulator:
    """Gathers the moments of features that come in batches of any size.

    Sums are kept about the first sample, so that a large common mean costs no digits.
    """

    def __init__(self) -> None:
        self._origin: np.ndarray | None = None
        self._n = 0

    def add(self, features: np.ndarray) -> None:
        """Add features [sample, feature] of any float type."""
        features = np.asarray(features, np.float64)
        if self._origin is None:
            self._origin = np.array(features[0])
            size = features.shape[1]
            self._sum, self._products = np.zeros(size), np.zeros([size, size])
        shifted = features - self._origin
        self._sum += shifted.sum(0)
        self._products += shifted.T @ shifted
        self._n += len(features)

    def moments(self) -> Moments:
        """Return the moments of everything added.

        Raises:
          ValueError: fewer than two samples.
        """
        if self._n < 2 or self._origin is None:
            raise ValueError(f"a covariance needs two or more samples, not {self._n}")
        shift = self._sum / self._n
        scatter = self._products - self._n * np.outer(shift, shift)
        return Moments(self._origin + shift, scatter / (self._n - 1), self._n)


def moments(features: np.ndarray) -> Moments:
    """Return the moments of features [sample, feature]."""
    gathered = Accumulator()
    gathered.add(features)
    return gathered.moments()


def frechet_distance(a: Moments, b: Moments) -> float:
    """‖μₐ − μᵦ‖² + tr(Σₐ + Σᵦ − 2 (Σₐ^½ Σᵦ Σₐ^½)^½), at least 0.

    The last trace is the sum of the roots of the eigenvalues of a symmetric matrix: real by
    construction, where a general matrix root of ΣₐΣᵦ leaves imaginary dust and fails on singular
    covariances.

    Warns:
      FewSamples: either side has fewer than 2,048 samples.

    Source: Heusel et al. 2017, equation 6; Dowson & Landau 1982.
    """
    fewest = min(a.n, b.n)
    if fewest < ENOUGH:
        warnings.warn(
            f"a Fréchet distance from {fewest} samples is biased upward: compare it only with "
            f"one from as many (published FIDs want {ENOUGH} or more)",
            FewSamples,
            stacklevel=2,
        )
    values, vectors = eigh(a.covariance)
    root = (vectors * np.sqrt(values.clip(0.0))) @ vectors.T
    overlap = np.sqrt(eigh(root @ b.covariance @ root, eigvals_only=True).clip(0.0)).sum()
    apart = a.mean - b.mean
    spread = np.trace(a.covariance) + np.trace(b.covariance) - 2.0 * overlap
    return max(0.0, float(apart @ apart + spread))
