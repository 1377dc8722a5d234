"""The step at which a course of distances first reaches a target, for good."""

from dataclasses import dataclass
from math import exp, inf, log, nan

import numpy as np
from numpy.typing import ArrayLike

#: Looks in a row that must lie at or below the target: a single one may be luck.
IN_A_ROW = 2


@dataclass(frozen=True)
class Crossing:
    """Where a course reached a target.

    Attributes:
      steps: N, interpolated; ∞ where the course ended first (a censored run).
      cadence: steps between the looks about it, as a share of N; nan where censored.
      last: the last step looked at, beyond which nothing is known.
    """

    steps: float
    cadence: float
    last: float

    @property
    def censored(self) -> bool:
        return self.steps == inf


def crossing(steps: ArrayLike, distances: ArrayLike, target: float) -> Crossing:
    """Return where a course first lies at or below the target in two looks running.

    The step is interpolated between that first look and the one before it, with the logarithms of
    both step and distance taken as linear; it is the first look itself where none is before.

    Args:
      steps: [look], ascending.
      distances: [look]; those that are not finite lie above any target.
      target: above 0.
    """
    steps, distances = np.asarray(steps, np.float64), np.asarray(distances, np.float64)
    below = np.nan_to_num(distances, nan=inf, posinf=inf) <= target
    for look in range(len(steps) - IN_A_ROW + 1):
        if below[look : look + IN_A_ROW].all():
            return _interpolated(steps, distances, look, target)
    return Crossing(inf, nan, float(steps[-1]) if len(steps) else 0.0)


def _interpolated(steps: np.ndarray, distances: np.ndarray, look: int, target: float) -> Crossing:
    here, last = float(steps[look]), float(steps[-1])
    if look == 0:
        return Crossing(here, 1.0, last)
    before = float(steps[look - 1])
    high, low = float(distances[look - 1]), float(max(distances[look], 1e-12))
    found = here
    if np.isfinite(high) and high > target and before > 0.0:
        share = log(high / target) / log(high / low)
        found = exp(log(before) + share * log(here / before))
    return Crossing(found, (here - before) / found, last)


def seen_every(
    steps: ArrayLike, distances: ArrayLike, target: float, cadence: float, goes_on: bool = True
) -> float:
    """Return N as a program sees it that looks at multiples of `cadence` and stops at the first.

    The course between its own looks is interpolated as above. One that ended at the target, in two
    looks running, is there at the next multiple too; ∞ where it ends elsewhere before any. This is
    how the released code counts, with a cadence of 10,000 steps.

    Args:
      steps, distances, target: as above.
      goes_on: whether the course could have gone on; a run that diverged could not.
    """
    steps, distances = np.asarray(steps, np.float64), np.asarray(distances, np.float64)
    finite = np.isfinite(distances) & (distances > 0.0) & (steps > 0.0)
    if not finite.any():
        return inf
    looks = np.arange(cadence, steps[finite][-1] * (1.0 + 1e-9), cadence)
    curve = np.interp(np.log(looks), np.log(steps[finite]), np.log(distances[finite]))
    there = looks[curve <= log(target)]
    if len(there):
        return float(there[0])
    arrived = len(distances) >= IN_A_ROW and bool((distances[-IN_A_ROW:] <= target).all())
    return cadence * (len(looks) + 1) if goes_on and arrived else inf
