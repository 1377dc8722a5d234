"""Estimates of the critical batch size from gradients, E2 to E4; E1 is `fits.straight_line`.

Our reconstruction: the proposition that the paper estimates it by could not be read.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Gradients:
    """Moments of the gradients of mini-batches at one point.

    Attributes:
      variance: σ̂² = b · tr Var(g_b), the variance of one example's gradient.
      squared: an unbiased estimate of ‖G‖², the squared norm of the full gradient; it may fall
        below 0 where noise is all there is.
    """

    variance: float
    squared: float

    @property
    def noise_scale(self) -> float:
        """Estimator E3: σ² / ‖G‖², the simple noise scale; nan where ‖G‖² is not positive.

        Source: McCandlish et al. 2018, equation 2.9.
        """
        return self.variance / self.squared if self.squared > 0.0 else float("nan")


def moments_of(batch: int, count: int, sum_of_squares: float, square_of_sum: float) -> Gradients:
    """Return the moments from `count` gradients of mini-batches.

    With S = Σ‖g‖² and T = ‖Σ g‖²: tr Var = (S − T/n) / (n − 1), and ‖G‖² = T/n² − tr Var / n.

    Args:
      batch: examples in each.
      count: n ≥ 2.
    """
    trace = (sum_of_squares - square_of_sum / count) / (count - 1)
    return Gradients(batch * trace, square_of_sum / count**2 - trace / count)


def by_hyperparameters(
    rate: ArrayLike, beta1: ArrayLike, gamma: ArrayLike, least: ArrayLike, moments: Gradients
) -> np.ndarray:
    """Estimator E2: the lower bound σ² α / ((1 − β₁)(1 − γ)² h ε²) ≤ b*, with ε² = ‖G‖².

    Args:
      rate: α.
      beta1, gamma: β₁, and γ of the bias correction (Adam and AdaBelief: β₁; RMSProp: 0).
      least: h, an entry of the preconditioner's diagonal. The theory wants the least, which is
        0 in practice and makes the bound infinite; the median stands beside it.
      moments: of the gradients where the target was reached.
    """
    return relative(rate, beta1, gamma, least) * moments.noise_scale


def relative(rate: ArrayLike, beta1: ArrayLike, gamma: ArrayLike, least: ArrayLike) -> np.ndarray:
    """Estimator E4: α / ((1 − β₁)(1 − γ)² h); b* of two optimisers are to each other as these."""
    rate, beta1, gamma, least = (np.asarray(x, np.float64) for x in (rate, beta1, gamma, least))
    with np.errstate(divide="ignore"):
        return rate / ((1.0 - beta1) * (1.0 - gamma) ** 2 * least)
