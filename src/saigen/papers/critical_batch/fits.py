"""Fits of steps against batch size: the theory's law, its rival, and which of them the data take.

Steps scatter about a law by a factor, so that log N is normal about it. A run that ended before
the target says only that N is beyond its last step, and counts as just that (a Tobit likelihood).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special
from scipy import stats as scipy_stats

from saigen.papers.critical_batch.theory import Law, NoiseScale

#: Scatter of log N that no fit goes below: two looks of a course are at least 1% apart.
_LEAST_SCATTER = 0.01
#: Parameters of either fit: two of the law and the scatter.
_PARAMETERS = 3
#: Where the least cost of a sweep lies: within the grid, or beyond what was run.
WITHIN, SMALL, LARGE, EITHER = "within", "small end", "large end", "either end"
NOWHERE = "never reached"


@dataclass(frozen=True)
class Runs:
    """Runs at several batch sizes.

    Attributes:
      batch: [run] batch sizes.
      steps: [run] steps to the target; where censored, what they lie beyond: the last step looked
        at, ∞ for a run that never arrives.
      censored: [run] whether the run ended before the target.
    """

    batch: NDArray[np.float64]
    steps: NDArray[np.float64]
    censored: NDArray[np.bool_]

    @classmethod
    def of(cls, batch: ArrayLike, steps: ArrayLike, censored: ArrayLike) -> "Runs":
        """Gather arrays of any numeric type."""
        return cls(
            np.asarray(batch, np.float64), np.asarray(steps, np.float64), np.asarray(censored, bool)
        )

    @property
    def reached(self) -> "Runs":
        """Those that reached the target."""
        kept = ~self.censored
        return Runs(self.batch[kept], self.steps[kept], self.censored[kept])


@dataclass(frozen=True)
class Fit:
    """A fitted law.

    Attributes:
      law: the law.
      scatter: standard deviation of log N about it.
      aic: Akaike's criterion, 6 − 2 log-likelihood; lower is better.
    """

    law: Law | NoiseScale
    scatter: float
    aic: float


def straight_line(runs: Runs) -> Law:
    """Estimator E1: the line of 1/N against 1/b gives a = 1/intercept, β = −slope/intercept.

    Least squares over the runs that reached the target; a wall below 0 means that the line rises
    with 1/b, against the theory, and an infinite floor that its intercept is not positive.
    """
    reached = runs.reached
    if np.unique(reached.batch).size < 2:
        return Law(nan, nan)
    found = scipy_stats.linregress(1.0 / reached.batch, 1.0 / reached.steps)
    slope, intercept = float(found.slope), float(found.intercept)
    if intercept <= 0.0:
        return Law(np.inf, nan)
    return Law(1.0 / intercept, -slope / intercept)


def fit_law(runs: Runs) -> Fit:
    """Fit N = a b / (b − β), β ≥ 0, by maximum likelihood over all runs, the censored included."""
    most = float(runs.reached.batch.min())
    return _fitted(runs, lambda floor, shape: Law(floor, most * shape / (1.0 + shape)), 1.0)


def fit_noise_scale(runs: Runs) -> Fit:
    """Fit N = a (1 + B/b), B ≥ 0, in the same way."""
    middle = float(np.exp(np.log(runs.batch).mean()))
    return _fitted(runs, NoiseScale, middle)


def _fitted(runs: Runs, law_of: Callable[[float, float], Law | NoiseScale], unit: float) -> Fit:
    """Search log a, log shape and log scatter from several shapes.

    Raises:
      ValueError: no run reached the target.
    """
    floor = float(np.log(runs.reached.steps.min()))

    def lost(theta: NDArray) -> float:
        floor, shape, scatter = np.exp(np.clip(theta, -40.0, 40.0))
        return -_log_likelihood(runs, law_of(floor, shape), max(scatter, _LEAST_SCATTER))

    starts = [[floor, np.log(unit * times), np.log(0.2)] for times in (0.03, 1.0, 30.0)]
    options = {"xatol": 1e-4, "fatol": 1e-6, "maxiter": 600}
    found = [optimize.minimize(lost, at, method="Nelder-Mead", options=options) for at in starts]
    best = min(found, key=lambda result: result.fun)
    floor, shape, scatter = np.exp(np.clip(best.x, -40.0, 40.0))
    aic = 2.0 * _PARAMETERS + 2.0 * float(best.fun)
    return Fit(law_of(float(floor), float(shape)), max(float(scatter), _LEAST_SCATTER), aic)


def _log_likelihood(runs: Runs, law: Law | NoiseScale, scatter: float) -> float:
    # A steep wall may send a reached run's steps beyond floats; it is then as good as impossible.
    expected = np.log(np.clip(law.steps(runs.batch), 1e-300, 1e300))
    apart = (np.log(runs.steps) - expected) / scatter
    reached = -0.5 * apart**2 - np.log(scatter * np.sqrt(2.0 * np.pi))
    return float(np.where(runs.censored, special.log_ndtr(-apart), reached).sum())


@dataclass(frozen=True)
class Cheapest:
    """The batch size with the least N b.

    Attributes:
      batch: it; nan where no run reached the target.
      place: `WITHIN` where the sizes on both sides of it on the grid are known to cost no less:
        they reached the target, or had spent as much when they ended. At an end of the grid, or
        beside a run cut off before that, the least may lie further out: `SMALL`, `LARGE` or
        `EITHER` says where; `NOWHERE` if no run reached the target.
      critical: b* between the grid's points, nan where not within: the vertex of the parabola
        through log N b at the three sizes, the grid's point where a neighbour's cost is a bound.
      bare: b* is that point.
    """

    batch: float
    place: str
    critical: float
    bare: bool


def cheapest(runs: Runs) -> Cheapest:
    """Return the cheapest batch size of one seed's runs, a run a size."""
    cost = runs.batch * runs.steps
    if runs.censored.all():
        return Cheapest(nan, NOWHERE, nan, False)
    best = int(np.argmin(np.where(runs.censored, np.inf, cost)))
    point = float(runs.batch[best])
    order = np.argsort(runs.batch)
    at = int(np.flatnonzero(order == best)[0])
    below = at == 0 or bool(cost[order[at - 1]] < cost[best])
    beyond = at == len(order) - 1 or bool(cost[order[at + 1]] < cost[best])
    if below or beyond:
        place = EITHER if below and beyond else SMALL if below else LARGE
        return Cheapest(point, place, nan, False)
    around = order[at - 1 : at + 2]
    if runs.censored[around].any():
        return Cheapest(point, WITHIN, point, True)
    a, b, _ = np.polyfit(np.log2(runs.batch[around]), np.log2(cost[around]), 2)
    if a <= 0.0:  # three equal costs have no vertex
        return Cheapest(point, WITHIN, point, True)
    return Cheapest(point, WITHIN, float(2.0 ** (-b / (2.0 * a))), False)
