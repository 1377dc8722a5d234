"""What the theory says of steps, cost and the critical batch size; no data.

Over N steps of batch b the mean inner product of gradient and distance is at most
A/N + B/b + C. Setting that to ε² gives the steps N(b), and everything below.

Source: Sato & Iiduka 2023, the theorem on the bound and the law that follows from it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Constants:
    """The three constants of the bound for one network.

    A = Θ Dist H / (2 α (1 − β₁)),
    B = σ² α / (2 (1 − β₁)(1 − γ)² h),
    C = M² α / (2 (1 − β₁)(1 − γ)² h) + β₁ / (1 − β₁) √(Θ Dist (σ² + M²)).

    Attributes:
      rate: α.
      beta1, gamma: β₁ and the base of the bias correction; Adam has γ = β₁.
      least: h, the least entry of the preconditioner's diagonal at the first step.
      variance: σ², of the gradient of one example, summed over the weights.
      bound: M, of the gradient's norm.
      weights: Θ, how many there are.
      distance: Dist, the largest squared distance of a weight from its solution.
      most: H, a bound of the preconditioner's entries.
    """

    rate: float
    beta1: float
    gamma: float
    least: float
    variance: float
    bound: float = 0.0
    weights: float = 1.0
    distance: float = 1.0
    most: float = 1.0

    @property
    def a(self) -> float:
        return self.weights * self.distance * self.most / (2.0 * self.rate * (1.0 - self.beta1))

    @property
    def b(self) -> float:
        return self.variance * self._noise

    @property
    def c(self) -> float:
        spread = self.weights * self.distance * (self.variance + self.bound**2)
        drag = self.beta1 / (1.0 - self.beta1) * spread**0.5
        return self.bound**2 * self._noise + drag

    @property
    def _noise(self) -> float:
        return self.rate / (2.0 * (1.0 - self.beta1) * (1.0 - self.gamma) ** 2 * self.least)

    def bound_after(self, steps: float, batch: float) -> float:
        """Return A/N + B/b + C."""
        return self.a / steps + self.b / batch + self.c

    def law(self, target: float) -> "Law":
        """Return the law of steps to a target ε²; ValueError where C alone exceeds it."""
        room = target - self.c
        if room <= 0.0:
            raise ValueError(f"no number of steps brings the bound below C = {self.c:.3g}")
        return Law(self.a / room, self.b / room)


@dataclass(frozen=True)
class Law:
    """N(b) = a b / (b − β) for b > β, and ∞ below: what remains of the bound.

    Data can tell two numbers, a = A/(ε² − C) and β = B/(ε² − C).

    Attributes:
      floor: a, the steps that no batch size can save.
      wall: β, the batch size at and below which the target is never reached.
    """

    floor: float
    wall: float

    def steps(self, batch: ArrayLike) -> NDArray[np.float64]:
        """Return N(b)."""
        batch = np.asarray(batch, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.floor * batch / (batch - self.wall)
        return np.where(batch > self.wall, found, np.inf)

    def cost(self, batch: ArrayLike) -> NDArray[np.float64]:
        """Return K(b) = N(b) b, the stochastic first-order oracle complexity."""
        return self.steps(batch) * np.asarray(batch, np.float64)

    @property
    def critical(self) -> float:
        """b* = 2 β, where K is least."""
        return 2.0 * self.wall

    @property
    def least_cost(self) -> float:
        """K(b*) = 4 a β."""
        return 4.0 * self.floor * self.wall


def relative_cost(multiple: ArrayLike) -> NDArray[np.float64]:
    """K(k b*) / K(b*) = k² / (2k − 1) for k > ½, and ∞ below."""
    k = np.asarray(multiple, np.float64)
    with np.errstate(divide="ignore"):
        return np.where(k > 0.5, k**2 / (2.0 * k - 1.0), np.inf)


@dataclass(frozen=True)
class NoiseScale:
    """N(b) = a (1 + B/b): more examples save steps with ever less return, and never cost more.

    Its cost a (b + B) rises with b everywhere, so that it has no critical batch size within.

    Source: McCandlish et al. 2018, equation 2.11; Shallue et al. 2019.
    """

    floor: float
    scale: float

    def steps(self, batch: ArrayLike) -> NDArray[np.float64]:
        """Return N(b)."""
        return self.floor * (1.0 + self.scale / np.asarray(batch, np.float64))
