"""Strategies that need no network: coordinate descent and averaging.

Source: the lecture's part 5.
"""

import numpy as np

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task


def sweeps(a: np.ndarray, b: np.ndarray, start: np.ndarray, count: int) -> np.ndarray:
    """Return the path of exact coordinate descent on ½ xᵀAx − bᵀx, a row a coordinate step.

    Each step solves its own row, so a sweep is one of Gauss and Seidel.
    """
    x, path = start.astype(float).copy(), [start.astype(float)]
    for _ in range(count):
        for i in range(b.size):
            x[i] += (b[i] - a[i] @ x) / a[i, i]
            path.append(x.copy())
    return np.array(path)


def coordinates(params: Params, seed: int) -> Measured:
    """Measure how a sweep shrinks the error, and where sweeps stick (E22).

    Metrics: ratio/ρ and theory/ρ (a₁₂²/(a₁₁a₂₂)) for correlated variables, ratio/[2,1,1,3];
    stuck: f at the point where f = |x + y| + 3|x − y| is least along both axes, whose minimum is 0.
    """
    found, arrays = {}, {}
    cases = {f"{r:g}": np.array([[1.0, r], [r, 1.0]]) for r in params["correlations"]}
    cases["[2,1,1,3]"] = np.array([[2.0, 1.0], [1.0, 3.0]])
    for name, a in cases.items():
        b = np.array([1.0, 1.0])
        best = np.linalg.solve(a, b)
        path = sweeps(a, b, best + np.array([1.0, -2.0]), 6)
        errors = np.linalg.norm(path[::2] - best, axis=1)
        found[f"ratio/{name}"] = float(errors[5] / errors[4])
        found[f"theory/{name}"] = float(a[0, 1] ** 2 / (a[0, 0] * a[1, 1]))
        arrays[f"path/{name}"] = path - best
    x, grid = np.array([1.0, 0.3]), np.linspace(-3.0, 3.0, 60001)
    for _ in range(20):
        x[0] = grid[(np.abs(grid + x[1]) + 3.0 * np.abs(grid - x[1])).argmin()]
        x[1] = grid[(np.abs(x[0] + grid) + 3.0 * np.abs(x[0] - grid)).argmin()]
    found["stuck"] = float(abs(x[0] + x[1]) + 3.0 * abs(x[0] - x[1]))
    return found, arrays


def averaging(params: Params, seed: int) -> Measured:
    """Average the iterates of noisy gradient descent on ½ λ x² (E23).

    x ← x − η (λ x + ε), ε ~ N(0, s²): the iterates keep the variance η s² / (λ (2 − ηλ)); their
    average over t steps has s² / (λ² t), whatever η.

    Metrics: variance/last and /theory; average/t and average_theory/t; ema/decay.
    """
    draws = rng.generator(seed, "noise")
    rate, curvature, runs = params["learning_rate"], 1.0, params["runs"]
    x, total, seen = np.zeros(runs), np.zeros(runs), []
    emas = {decay: np.zeros(runs) for decay in params["decays"]}
    variances, found = [], {}
    for step in range(1, 500 + max(params["averaged"]) + 1):
        x = x - rate * (curvature * x + draws.normal(size=runs))
        for decay, ema in emas.items():
            ema *= decay
            ema += (1.0 - decay) * x
        if step > 500:
            total += x
            variances.append(float(np.mean(x**2)))
            if step - 500 in params["averaged"]:
                count = step - 500
                found[f"average/{count}"] = float(np.mean((total / count) ** 2))
                found[f"average_theory/{count}"] = 1.0 / (curvature**2 * count)
        seen.append(x[0])
    found["variance/last"] = float(np.mean(variances))
    found["variance/theory"] = rate / (curvature * (2.0 - rate * curvature))
    for decay, ema in emas.items():
        found[f"ema/{decay:g}"] = float(np.mean(ema**2))
    return found, {"valley": _valley(params, draws)}


def _valley(params: Params, draws: np.random.Generator) -> np.ndarray:
    """Return noisy descent in ½ (0.05 x² + 2 y²), and its running average: [2, step, 2]."""
    point, path = np.array([-7.0, 1.5]), []
    for _ in range(400):
        path.append(point)
        point = point - 0.5 * (np.array([0.05, 2.0]) * point + draws.normal(size=2))
    path = np.array(path)
    average = np.cumsum(path, 0) / np.arange(1, len(path) + 1)[:, None]
    return np.stack([path, average])


PARTS = {"coordinates": coordinates, "averaging": averaging}


def train(params: Params, dataset: None = None) -> Task:
    """Build one of the measurements `params["part"]` names."""
    return measuring_task(lambda seed: PARTS[params["part"]](params, seed))
