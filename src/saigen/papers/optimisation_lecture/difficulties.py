"""What makes networks hard to optimise: local minima, plateaus, long products, no slope.

Source: the lecture's part 4. (Saddles are in saddle.py, the cliff in cliff.py, wide networks in
regression.py.)
"""

import numpy as np

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task


def basins(params: Params, seed: int) -> Measured:
    """Let gradient noise carry points out of a local minimum (E16).

    L = x⁴ − 2x² + 0.4x has its global minimum at −1.0467 and another at 0.9456. Every example
    tilts it, L_i = L + t_i x with t_i ~ N(0, σ²) that sum to zero.

    Metrics: escaped/B: the share of runs that end at x < 0; B = 0 is the full batch.

    Departure: points stay within ±3, or one wild step would leave for good where x⁴ is steep.
    """
    draws = rng.generator(seed, "tilts")
    tilts = params["deviation"] * draws.normal(size=params["examples"])
    tilts -= tilts.mean()
    found, ends = {}, []
    for size in params["batch_sizes"]:
        x = np.full(params["runs"], 0.95)
        for _ in range(params["moves"]):
            noise = 0.0
            if size:
                noise = tilts[draws.integers(0, len(tilts), [params["runs"], size])].mean(1)
            x = np.clip(x - params["learning_rate"] * (4.0 * x**3 - 4.0 * x + 0.4 + noise), -3, 3)
        found[f"escaped/{size}"] = float(np.mean(x < 0.0))
        ends.append(x)
    return found, {"ends": np.stack(ends)}


def plateau(params: Params, seed: int) -> Measured:
    """Count steps of one sigmoid from logit z₀ to p = ½, target 1, η = ½ (E18).

    Metrics: steps/loss/z₀, loss being `squares` ((p − 1)², gradient 2 (p−1) p (1−p)) or
    `cross-entropy` (gradient p − 1).
    """
    slopes = {
        "squares": lambda p: 2.0 * (p - 1.0) * p * (1.0 - p),
        "cross-entropy": lambda p: p - 1.0,
    }
    found = {}
    for loss, slope in slopes.items():
        for start in params["starts"]:
            z, steps = float(start), 0
            while z < 0.0 and steps < 10**6:
                z -= params["learning_rate"] * slope(1.0 / (1.0 + np.exp(-z)))
                steps += 1
            found[f"steps/{loss}/{start:g}"] = float(steps)
    return found, {}


def long_term(params: Params, seed: int) -> Measured:
    """Follow a gradient back through time in a linear recurrent network (E20).

    Metrics: power/w: w⁵⁰; norm/ρ/lag: what is left of a random unit vector that goes back through
    ∂h_t/∂h_{t−lag}, for a matrix of normal entries scaled to the spectral radius ρ; tanh/ρ/lag: the
    same through tanh units in motion.
    """
    found = {f"power/{w:g}": float(w**50.0) for w in params["factors"]}
    draws = rng.generator(seed, "recurrent matrix")
    size = params["units"]
    for radius in params["radii"]:
        weights = draws.normal(size=(size, size))
        weights *= radius / np.abs(np.linalg.eigvals(weights)).max()
        h = draws.normal(size=size) * 0.1
        states = []
        for _ in range(max(params["lags"])):
            states.append(h)
            h = np.tanh(weights @ h + 0.1 * draws.normal(size=size))
        start = draws.normal(size=size)
        plain = through = start / np.linalg.norm(start)
        for lag in range(1, max(params["lags"]) + 1):
            plain = weights.T @ plain
            through = weights.T @ (through * (1.0 - h**2))
            h = states[-lag]
            if lag in params["lags"]:
                found[f"norm/{radius:g}/{lag}"] = float(np.linalg.norm(plain))
                found[f"tanh/{radius:g}/{lag}"] = float(np.linalg.norm(through))
    return found, {}


def many_starts(params: Params, seed: int) -> Measured:
    """Descend Rastrigin's function from many starts (poor global structure).

    Metrics: success/k: the share of groups of k starts of which one ends in the global minimum.
    """
    draws = rng.generator(seed, "starts")
    x = draws.uniform(-5.12, 5.12, size=(params["runs"], 2))
    for _ in range(params["moves"]):
        x = x - 1e-3 * (2.0 * x + 20.0 * np.pi * np.sin(2.0 * np.pi * x))
    won = (np.abs(x) < 0.1).all(1)
    found = {}
    for count in params["groups"]:
        groups = won[: len(won) // count * count].reshape(-1, count)
        found[f"success/{count}"] = float(groups.any(1).mean())
    return found, {}


PARTS = {
    "basins": basins,
    "plateau": plateau,
    "long_term": long_term,
    "many_starts": many_starts,
}


def train(params: Params, dataset: None = None) -> Task:
    """Build one of the measurements `params["part"]` names."""
    return measuring_task(lambda seed: PARTS[params["part"]](params, seed))
