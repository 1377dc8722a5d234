"""Two-dimensional toy distributions on which GANs are looked at: points [n, 2] float32.

Each is a pure function of a numpy Generator. Centres and scales are those of the code released
with Gulrajani et al. 2017, "Improved Training of Wasserstein GANs" (Fig. 1a).
"""

import numpy as np


def eight_gaussians(generator: np.random.Generator, n: int) -> np.ndarray:
    """Eight Gaussians on a circle of radius 2, sd 0.02, all divided by 1.414."""
    angle = generator.integers(8, size=n) * (np.pi / 4)
    centres = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _scaled(centres + 0.02 * generator.standard_normal((n, 2)), 1.414)


def twenty_five_gaussians(generator: np.random.Generator, n: int) -> np.ndarray:
    """Twenty-five Gaussians on a 5x5 grid of spacing 2, sd 0.05, all divided by 2.828.

    Departure: independent draws; the released code cycles through 100,000 fixed points.
    """
    centres = 2.0 * (generator.integers(5, size=(n, 2)) - 2)
    return _scaled(centres + 0.05 * generator.standard_normal((n, 2)), 2.828)


def swiss_roll(generator: np.random.Generator, n: int) -> np.ndarray:
    """The spiral (t cos t, t sin t), t uniform on [1.5 pi, 4.5 pi), sd 0.25, divided by 7.5."""
    t = 1.5 * np.pi * (1 + 2 * generator.random(n))
    curve = np.stack([t * np.cos(t), t * np.sin(t)], axis=1)
    return _scaled(curve + 0.25 * generator.standard_normal((n, 2)), 7.5)


TOYS = {
    "eight_gaussians": eight_gaussians,
    "twenty_five_gaussians": twenty_five_gaussians,
    "swiss_roll": swiss_roll,
}


def _scaled(points: np.ndarray, divisor: float) -> np.ndarray:
    return (points / divisor).astype(np.float32)
