"""What one step of a second-order method costs, by the number of variables.

Source: the lecture's part 1, in words; formulas of Nocedal & Wright 2006.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import linalg
from scipy.linalg import blas

from saigen.engine import rng
from saigen.engine.measuring import Measured
from saigen.engine.task import Params


def costs(params: Params, seed: int) -> Measured:
    """Measure CPU seconds of one step in n variables: seconds/method/n, median of repeats.

    Newton solves for its direction (`sizes`); BFGS updates its matrix and multiplies the gradient
    by it (`update_sizes`); L-BFGS goes over ten pairs twice (`long_sizes`). With few variables the
    latter two cost what it costs to call NumPy; with more, what it costs to fetch them.
    """
    found, draws = {}, rng.generator(seed, "cost of a step")
    for size in params["sizes"]:
        gradient = draws.normal(size=size)
        matrix = np.eye(size) + 0.01 * np.ones([size, size])
        step = partial(linalg.solve, matrix, gradient, assume_a="pos")
        found[f"seconds/Newton/{size}"] = _seconds(step, params["repeats"])
    for size in params["update_sizes"]:
        gradient, s = draws.normal(size=size), draws.normal(size=size)
        y = draws.uniform(0.5, 2.0, size=size) * s  # of a curvature above 0, so that yᵀs is
        h = np.eye(size, order="F")

        # Hy = s afterwards, and the same pair again leaves H as it is.
        def bfgs_step(h=h, gradient=gradient, s=s, y=y):
            blas.dsymv(-1.0, rank_two(h, s, y), gradient)

        found[f"seconds/BFGS/{size}"] = _seconds(bfgs_step, params["repeats"])
    for size in params["long_sizes"]:
        gradient = draws.normal(size=size)
        pairs = [(draws.normal(size=size), draws.normal(size=size)) for _ in range(10)]
        step = partial(two_loops, gradient, pairs)
        found[f"seconds/L-BFGS/{size}"] = _seconds(step, params["repeats"])
    return found, {}


def rank_two(h: np.ndarray, s: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Update BFGS's H in place, in 4n² operations: that of second_order.bfgs, multiplied out.

    With ρ = 1/yᵀs and w = ½ ρ (1 + ρ yᵀHy) s − ρ Hy it is H ← H + s wᵀ + w sᵀ.

    Args:
      h: [n, n] float64 in Fortran's order, of which the upper triangle alone is read and written.
      s, y: [n], the step and the change of the gradient, with yᵀs > 0.

    Returns:
      `h` itself.
    """
    share = 1.0 / (y @ s)
    hy = blas.dsymv(1.0, h, y)
    w = 0.5 * share * (1.0 + share * (y @ hy)) * s - share * hy
    return blas.dsyr2(1.0, s, w, a=h, overwrite_a=1)


def two_loops(gradient: np.ndarray, pairs: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return H g of L-BFGS from its pairs (s, y), the oldest first: memory 2mn instead of n².

    Source: Nocedal 1980; H₀ = (sᵀy / yᵀy) I.
    """
    q, shares = gradient.copy(), []
    for s, y in reversed(pairs):
        shares.append((s @ q) / (y @ s))
        q = q - shares[-1] * y
    s, y = pairs[-1]
    q = (s @ y) / (y @ y) * q
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        q = q + (share - (y @ q) / (y @ s)) * s
    return q


def _seconds(step: Callable[[], object], repeats: int) -> float:
    """Return CPU seconds of a step: the median over repeats of 0.01 s, or of one longer step."""
    once = time.process_time()
    step()
    count = max(1, min(1000, int(0.01 / max(time.process_time() - once, 1e-6))))
    found = []
    for _ in range(repeats):
        before = time.process_time()
        for _ in range(count):
            step()
        found.append((time.process_time() - before) / count)
    return float(np.median(found))
