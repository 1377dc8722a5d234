"""The exact Wasserstein distance between two samples, and its potential: what a critic aims at."""

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import eye_array, kron, vstack
from scipy.spatial.distance import cdist


def wasserstein(x: np.ndarray, y: np.ndarray) -> float:
    """Return W₁ between two samples of equal size, [n, dimension] each, by optimal assignment."""
    costs = cdist(x, y)
    return float(costs[linear_sum_assignment(costs)].mean())


def potential(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the optimal 1-Lipschitz function f of max E f(x) − E f(y), on both samples.

    The dual of the transport problem, by linear programming. f is known up to a constant, and
    between samples only as far as its slope allows.

    Args:
      x, y: [n, dimension], of equal size; hundreds, not thousands.

    Returns:
      f on x and on y: [n] each.

    Source: the Kantorovich-Rubinstein duality, equation 2 of Gulrajani et al. 2017.
    """
    n = len(x)
    points = np.concatenate([x, y])
    # A plan's rows and columns each sum to 1/n; the prices of the columns are f on y, and the
    # c-transform of these is f everywhere, 1-Lipschitz between any two points.
    ones = np.ones([1, n])
    plan = linprog(
        cdist(x, y).ravel(),
        A_eq=vstack([kron(eye_array(n), ones), kron(ones, eye_array(n))]).tocsr(),
        b_eq=np.full(2 * n, 1.0 / n),
        method="highs",
    )
    on_y = -plan.eqlin.marginals[n:]
    values = (on_y[np.newaxis] + cdist(points, y)).min(1)
    return values[:n], values[n:]
