"""What makes networks hard to optimise: local minima, plateaus, cliffs, long products, no slope.

Source: the lecture's part 4. (The saddle is in saddle.py, wide networks in regression.py.)
"""

import numpy as np
from scipy.special import expit

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

    Metrics: steps/loss/z₀, loss being `squares` (½ (p − 1)²·2, gradient 2 (p−1) p (1−p)) or
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


def recurrent_loss(w: np.ndarray, b: np.ndarray, steps: int = 50) -> tuple[np.ndarray, ...]:
    """Return E and (∂E/∂w, ∂E/∂b) of a one-unit recurrent network, elementwise in w and b.

    x_t = w σ(x_{t−1}) + b, x₀ = 0.5, E = (σ(x_T) − 0.7)².

    Source: Pascanu, Mikolov & Bengio 2013, figure 6.
    """
    x = np.full(np.shape(w), 0.5)
    by_w = by_b = np.zeros(np.shape(w))
    for _ in range(steps):
        h = expit(x)
        slope = w * h * (1.0 - h)
        by_w, by_b = h + slope * by_w, 1.0 + slope * by_b
        x = w * h + b
    h = expit(x)
    outer = 2.0 * (h - 0.7) * h * (1.0 - h)
    return (h - 0.7) ** 2, outer * by_w, outer * by_b


def clip_by_global_norm(gradient: np.ndarray, threshold: float) -> np.ndarray:
    """Return g v / ‖g‖ where ‖g‖ > v, over all parameters at once: the direction stays."""
    return gradient * min(1.0, threshold / max(float(np.linalg.norm(gradient)), 1e-300))


#: Moves whose mean loss is where a descent of the cliff ends: at a cliff it swings.
SETTLED = 50
CLIPS = {
    "none": lambda gradient, v: gradient,
    "global norm": clip_by_global_norm,
    "element-wise": lambda gradient, v: np.clip(gradient, -v, v),
}


def cliff(params: Params, seed: int) -> Measured:
    """Map the cliff of a recurrent network's loss and descend it, clipped and not (E19).

    Metrics: slope/median, /99%, /max over the grid; largest_step/clip/v, lowest/clip/v (least E
    seen), end/clip/v (mean E of the last `SETTLED` moves) and turned/clip/v (largest angle between
    the gradient and what is applied, degrees).
    """
    w, b = np.meshgrid(
        np.linspace(4.4, 6.4, params["grid"]), np.linspace(-3.2, -2.0, params["grid"])
    )
    loss, by_w, by_b = recurrent_loss(w, b)
    norms = np.hypot(by_w, by_b)
    place = np.unravel_index(norms.argmax(), norms.shape)
    found = {
        "slope/median": float(np.median(norms)),
        "slope/99%": float(np.quantile(norms, 0.99)),
        "slope/max": float(norms.max()),
        "steepest/w": float(w[place]),
        "steepest/b": float(b[place]),
    }
    arrays = {"loss": loss[::4, ::4], "w": w[0, ::4], "b": b[::4, 0]}
    for name, clip in CLIPS.items():
        for threshold in [0.0] if name == "none" else params["thresholds"]:
            point, largest, turned, seen, path = np.array([5.75, -2.45]), 0.0, 0.0, [], []
            for _ in range(params["moves"]):
                path.append(point)
                value, *gradient = recurrent_loss(*point)
                gradient = np.array(gradient)
                applied = clip(gradient, threshold)
                seen.append(float(value))
                largest = max(largest, params["learning_rate"] * float(np.linalg.norm(applied)))
                turned = max(turned, _angle(gradient, applied))
                point = point - params["learning_rate"] * applied
            label = f"{name}/{threshold:g}"
            found[f"largest_step/{label}"] = largest
            found[f"lowest/{label}"] = min(seen)
            found[f"end/{label}"] = float(np.mean(seen[-SETTLED:]))
            found[f"turned/{label}"] = turned
            arrays[f"path/{label}"] = np.array(path)
    return found, arrays


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return 0.0 if size == 0.0 else float(np.degrees(np.arccos(min(1.0, float(a @ b) / size))))


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
    "cliff": cliff,
    "long_term": long_term,
    "many_starts": many_starts,
}


def train(params: Params, dataset: None = None) -> Task:
    """Build one of the measurements `params["part"]` names."""
    return measuring_task(lambda seed: PARTS[params["part"]](params, seed))
