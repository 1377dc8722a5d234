"""The exact Wasserstein distance between two samples, and its potential: what a critic aims at."""

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import eye_array, kron
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
    # With f one function on all points, |f(a) − f(b)| ≤ ‖a − b‖ for every pair, both ways round;
    # the pairs (x, y) suffice for the optimum, and c-transforms settle the rest.
    ones = np.ones([n, 1])
    plan = linprog(
        cdist(x, y).ravel(),
        A_eq=_stacked(kron(eye_array(n), ones.T), kron(ones.T, eye_array(n))),
        b_eq=np.full(2 * n, 1.0 / n),
        method="highs",
    )
    on_y = -plan.eqlin.marginals[n:]
    values = (on_y[np.newaxis] + cdist(points, y)).min(1)
    return values[:n], values[n:]


def _stacked(*parts):
    from scipy.sparse import vstack

    return vstack(parts).tocsr()
