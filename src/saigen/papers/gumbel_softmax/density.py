"""The Gumbel-Softmax density in closed form, as the paper derives it. float64 NumPy.

A sample y on the simplex is carried as log y: at a low temperature its small entries are far
below what float32, and soon float64, can hold.
"""

import numpy as np
from scipy.special import gammaln, log_softmax, logsumexp

Array = np.ndarray


def log_density(log_y: Array, logits: Array, temperature: float) -> Array:
    """Return log p(y) = log Γ(k) + (k−1) log τ − k log Σ πᵢ/yᵢ^τ + Σ (log πᵢ − (τ+1) log yᵢ).

    The density is with respect to (y₁, …, y₍k₋₁₎); the last entry is what is left to 1.

    Args:
      log_y: [..., k], Σ exp(log_y) = 1.
      logits: [k], log π up to a constant, which cancels.
      temperature: τ > 0.

    Returns:
      [...] nats.

    Source: Jang et al. 2017, eq. 3 and appendix B.
    """
    k = logits.shape[-1]
    normaliser = logsumexp(logits - temperature * log_y, axis=-1)
    powers = np.sum(logits - (temperature + 1.0) * log_y, axis=-1)
    return gammaln(k) + (k - 1) * np.log(temperature) - k * normaliser + powers


def centred_log_density(u: Array, logits: Array) -> Array:
    """Log-density of the centred Gumbels uᵢ = (xᵢ + gᵢ) − (xₖ + gₖ), i < k.

    log p(u) = log Γ(k) + Σ (xᵢ − uᵢ) − k log Σ exp(xᵢ − uᵢ), both sums over i ≤ k with uₖ = 0.

    Args:
      u: [..., k−1].
      logits: x, [k].

    Source: appendix B, "centred Gumbel density".
    """
    k = logits.shape[-1]
    left = logits - with_zero(u)
    return gammaln(k) + np.sum(left, axis=-1) - k * logsumexp(left, axis=-1)


def log_sample(u: Array, temperature: float) -> Array:
    """Return log y of h(u) = softmax(u/τ): [..., k−1] → [..., k]. Its inverse is `centred`."""
    return log_softmax(with_zero(u) / temperature, axis=-1)


def centred(log_y: Array, temperature: float) -> Array:
    """Return h⁻¹(y)ᵢ = τ (log yᵢ − log yₖ), i < k: [..., k] → [..., k−1]. Source: appendix B."""
    return temperature * (log_y[..., :-1] - log_y[..., -1:])


def log_volume(log_y: Array, temperature: float) -> Array:
    """Return log |det ∂h⁻¹/∂y| = (k−1) log τ − Σ log yⱼ, all k entries. Source: appendix B."""
    return (log_y.shape[-1] - 1) * np.log(temperature) - np.sum(log_y, axis=-1)


def integral(logits: Array, temperature: float, reach: float = 40.0, step: float = 0.2) -> float:
    """Integrate exp(log_density) over the simplex of three classes; 1 if it is a density.

    For τ < 1 the density has poles on the boundary, and a grid on the simplex misses mass there.
    So the variable is u = h⁻¹(y): the integrand, p(y(u)) |det ∂y/∂u|, is smooth on the plane and
    falls off as exp(−|u|), where the trapezoid rule converges faster than any power of `step`.

    Args:
      logits: [3].
      temperature: τ.
      reach: the plane is cut at ±reach.
      step: distance of grid points.
    """
    line = np.arange(-reach, reach + step / 2, step)
    u = np.stack(np.meshgrid(line, line), axis=-1)
    log_y = log_sample(u, temperature)
    mass = np.exp(log_density(log_y, logits, temperature) - log_volume(log_y, temperature))
    return float(mass.sum() * step**2)


def with_zero(u: Array) -> Array:
    """Append uₖ = 0: [..., k−1] → [..., k]."""
    return np.concatenate([u, np.zeros_like(u[..., :1])], axis=-1)
