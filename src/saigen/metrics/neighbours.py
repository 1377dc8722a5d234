"""Precision and recall of samples: how many lie where the data lie, and the reverse."""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree


class PrecisionRecall(NamedTuple):
    """Shares in [0, 1]: `precision` falls with bad samples, `recall` with what is never drawn."""

    precision: float
    recall: float


def precision_recall(real: np.ndarray, fake: np.ndarray, k: int = 3) -> PrecisionRecall:
    """Share of fakes inside the real manifold, and of reals inside that of the fakes.

    A set's manifold is the union of balls about its points, each as wide as the distance to its
    k-th nearest neighbour in the set.

    Args:
      real, fake: [sample, feature], more than k of each.

    Source: Kynkäänniemi et al. 2019, equation 2.
    """
    return PrecisionRecall(_covered(fake, real, k), _covered(real, fake, k))


def _covered(points: np.ndarray, manifold: np.ndarray, k: int) -> float:
    """Return the share of `points` inside any ball of `manifold`."""
    points, manifold = np.asarray(points, np.float64), np.asarray(manifold, np.float64)
    radii = cKDTree(manifold).query(manifold, [k + 1])[0][:, 0]
    inside = [bool((np.linalg.norm(manifold - point, axis=1) <= radii).any()) for point in points]
    return float(np.mean(inside))
