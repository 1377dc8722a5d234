"""The cliff in a recurrent network's loss, and descents on it, clipped and not.

Source: the lecture's part 4; the surface is that of Pascanu, Mikolov & Bengio 2013, figure 6
(from memory).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task

#: The part of the plane that is looked at: w low, w high, b low, b high.
FRAME = (4.4, 6.4, -3.2, -2.0)
#: Where the descents begin that the figure shows: on the low side, at the cliff's foot.
DRAWN = (5.75, -2.45)
#: Moves whose mean loss is where a descent ends: at a cliff it swings.
SETTLED = 50


def recurrent_loss(w: np.ndarray, b: np.ndarray, steps: int = 50) -> tuple[np.ndarray, ...]:
    """Return E and (∂E/∂w, ∂E/∂b) of a one-unit recurrent network, elementwise in w and b.

    x_t = w σ(x_{t−1}) + b, x₀ = 0.5, E = (σ(x_T) − 0.7)².
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


def clip_by_norm(gradient: np.ndarray, threshold: float) -> np.ndarray:
    """Return g v / ‖g‖ where ‖g‖ > v: the direction stays.

    Args:
      gradient: [parameter, start]; the norm is over all parameters of a start.
    """
    norms = np.linalg.norm(gradient, axis=0)
    return gradient * np.minimum(1.0, threshold / np.maximum(norms, 1e-300))


CLIPS = {
    "none": lambda gradient, v: gradient,
    "global norm": clip_by_norm,
    "element-wise": lambda gradient, v: np.clip(gradient, -v, v),
}


class Course(NamedTuple):
    """Descents from many starts.

    Attributes:
      path: [move, parameter, start], before each move; loss: [move, start].
      longest: [start], length of the longest move.
      turned: [start], largest angle between the gradient and what is applied, degrees.
    """

    path: np.ndarray
    loss: np.ndarray
    longest: np.ndarray
    turned: np.ndarray


def descend(starts: np.ndarray, clip: str, threshold: float, rate: float, moves: int) -> Course:
    """Descend the loss from `starts` [parameter, start] by θ ← θ − η clip(g)."""
    point, path, losses = np.array(starts, float), [], []
    longest = turned = np.zeros(point.shape[1])
    for _ in range(moves):
        path.append(point)
        value, *slopes = recurrent_loss(*point)
        gradient = np.stack(slopes)
        applied = CLIPS[clip](gradient, threshold)
        losses.append(value)
        longest = np.maximum(longest, rate * np.linalg.norm(applied, axis=0))
        turned = np.maximum(turned, _angles(gradient, applied))
        point = point - rate * applied
    return Course(np.stack(path), np.stack(losses), longest, turned)


def _angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the angles between columns, degrees; 0 where one has no length."""
    across, along = a[0] * b[1] - a[1] * b[0], (a * b).sum(0)
    return np.degrees(np.abs(np.arctan2(across, along)))


def _ways(params: Params) -> list[tuple[str, float]]:
    return [(n, v) for n in CLIPS for v in ([0.0] if n == "none" else params["thresholds"])]


def surface(params: Params, seed: int) -> Measured:
    """Map the cliff, and descend it from one start, for the figure (E19).

    Metrics: slope/median, /99%, /max over the grid, steepest/w and /b; largest_step/clip/v,
    lowest/clip/v (least E seen) and end/clip/v (mean E of the last `SETTLED` moves).
    """
    low, high, bottom, top = FRAME
    w, b = np.meshgrid(
        np.linspace(low, high, params["grid"]), np.linspace(bottom, top, params["grid"])
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
    for clip, threshold in _ways(params):
        start = np.array(DRAWN)[:, np.newaxis]
        course = descend(start, clip, threshold, params["learning_rate"], params["moves"])
        label = f"{clip}/{threshold:g}"
        found[f"largest_step/{label}"] = float(course.longest[0])
        found[f"lowest/{label}"] = float(course.loss.min())
        found[f"end/{label}"] = float(course.loss[-SETTLED:].mean())
        arrays[f"path/{label}"] = course.path[:, :, 0]
    return found, arrays


def many(params: Params, seed: int) -> Measured:
    """Descend from starts drawn evenly over the frame, the same for every clip (E19).

    Metrics, over starts: left/clip/v (share whose descent leaves the frame), thrown/clip/v (share
    that a single move carries farther than the frame is wide), lowest/clip/v (mean of the least E
    seen), end/clip/v (mean E of the last `SETTLED` moves), turned/clip/v (largest angle between
    gradient and what is applied, degrees) and, clipped, reach/clip/v: longest move over η v.
    """
    draws = rng.generator(seed, "starts on the cliff")
    low, high, bottom, top = FRAME
    starts = draws.uniform([[low], [bottom]], [[high], [top]], size=(2, params["runs"]))
    found, rate = {}, params["learning_rate"]
    for clip, threshold in _ways(params):
        course = descend(starts, clip, threshold, rate, params["moves"])
        w, b = course.path[:, 0], course.path[:, 1]
        out = (w < low) | (w > high) | (b < bottom) | (b > top)
        label = f"{clip}/{threshold:g}"
        found[f"left/{label}"] = float(out.any(0).mean())
        found[f"thrown/{label}"] = float((course.longest > high - low).mean())
        found[f"lowest/{label}"] = float(course.loss.min(0).mean())
        found[f"end/{label}"] = float(course.loss[-SETTLED:].mean())
        found[f"turned/{label}"] = float(course.turned.max())
        if clip != "none":
            found[f"reach/{label}"] = float(course.longest.max() / (rate * threshold))
    return found, {}


PARTS = {"surface": surface, "many": many}


def train(params: Params, dataset: None = None) -> Task:
    """Build one of the measurements `params["part"]` names."""
    return measuring_task(lambda seed: PARTS[params["part"]](params, seed))
