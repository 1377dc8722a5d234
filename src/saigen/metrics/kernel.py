"""The kernel distance (KID): an unbiased squared MMD on features."""

import numpy as np


def kernel_distance(
    real: np.ndarray,
    fake: np.ndarray,
    subset: int = 1000,
    subsets: int = 100,
    seed: int = 0,
) -> tuple[float, float]:
    """Squared MMD with k(x, y) = (x·y / d + 1)³: mean over random subsets and its standard error.

    Unbiased at any number of samples, and so below 0 now and then.

    Args:
      real, fake: [sample, feature].
      subset: samples of each in a subset, at most as many as there are.
      subsets: how many; with fewer subsets the mean only gets noisier.
      seed: of the draws.

    Source: Bińkowski et al. 2018, section 4.
    """
    size = min(subset, len(real), len(fake))
    draws = np.random.Generator(np.random.Philox(seed))
    found = [
        squared_mmd(
            real[draws.choice(len(real), size, replace=False)],
            fake[draws.choice(len(fake), size, replace=False)],
        )
        for _ in range(subsets)
    ]
    return float(np.mean(found)), float(np.std(found) / np.sqrt(subsets))


def squared_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """Return the unbiased estimate of MMD² under the cubic kernel; x, y: [sample, feature]."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    m, n = len(x), len(y)
    xx, yy, xy = _cubic(x, x), _cubic(y, y), _cubic(x, y)
    within_x = (xx.sum() - np.trace(xx)) / (m * (m - 1))
    within_y = (yy.sum() - np.trace(yy)) / (n * (n - 1))
    return float(within_x + within_y - 2.0 * xy.mean())


def _cubic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x @ y.T / x.shape[1] + 1.0) ** 3
