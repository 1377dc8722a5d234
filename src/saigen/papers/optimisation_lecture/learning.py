"""Machine learning is not plain optimisation: likelihood, minibatches, surrogates, early stopping.

Source: the lecture's part 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats
from scipy.special import expit

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def likelihood(params: Params, seed: int, dataset: Dataset | None) -> Measured:
    """Compare the likelihoods of two Gaussians, and of the maximum, on ten points (E12).

    Metrics: log_likelihood/N(5,2), /N(8,2), /maximum, /best of grid; underflow: how many of 5000
    points bring the product of densities to 0 in float64, infinite if all do not; logs_finite: the
    sum of all their logs is finite; least_squares/normal, /Laplace: distance between the line of
    least squares through noisy points and the most likely one, for noise of either kind and unknown
    deviation; cross_entropy: that between the p of least cross-entropy and the mean.
    """
    draws = rng.generator(seed, "points")
    points = draws.normal(5.0, 2.0, size=10)

    def log_p(mean, deviation):
        return stats.norm.logpdf(points[:, None, None], mean, deviation).sum(0)

    means, deviations = np.meshgrid(np.linspace(2.0, 8.0, 121), np.linspace(0.5, 5.0, 91))
    surface = log_p(means, deviations)
    many = draws.normal(5.0, 2.0, size=5000)
    products = np.multiply.accumulate(stats.norm.pdf(many, 5.0, 2.0))
    gone = np.flatnonzero(products == 0.0)
    heads = draws.random(1000) < 0.3
    p = np.linspace(0.001, 0.999, 999)
    entropy = -(heads.mean() * np.log(p) + (1.0 - heads.mean()) * np.log(1.0 - p))
    found = {
        "log_likelihood/N(5,2)": float(log_p(5.0, 2.0).item()),
        "log_likelihood/N(8,2)": float(log_p(8.0, 2.0).item()),
        "log_likelihood/maximum": float(log_p(points.mean(), points.std()).item()),
        "log_likelihood/best of grid": float(surface.max()),
        "underflow": float(gone[0] + 1) if gone.size else float("inf"),
        "logs_finite": float(np.isfinite(stats.norm.logpdf(many, 5.0, 2.0).sum())),
        "cross_entropy": float(abs(p[entropy.argmin()] - heads.mean())),
        **_most_likely_lines(draws),
    }
    best = np.array([points.mean(), points.std()])
    return found, {
        "points": points,
        "surface": surface,
        "maximum": best,
        "means": means[0],
        "deviations": deviations[:, 0],
    }


def _most_likely_lines(draws: np.random.Generator) -> dict[str, float]:
    """Compare the line of least squares with the most likely ones; of normal noise it is that."""
    x = np.linspace(-1.0, 1.0, 51)
    design = np.stack([np.ones_like(x), x], 1)
    y = design @ [1.0, 2.0] + 0.5 * draws.normal(size=x.size)
    squares = np.linalg.lstsq(design, y)[0]
    found = {}
    for name, noise in (("normal", stats.norm), ("Laplace", stats.laplace)):

        def surprise(theta, noise=noise):
            return -noise.logpdf(y, design @ theta[:2], np.exp(theta[2])).sum()

        # Laplace's has creases: a simplex asks for no slope.
        exact = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 10_000}
        best = optimize.minimize(surprise, np.zeros(3), method="Nelder-Mead", options=exact)
        found[f"least_squares/{name}"] = float(np.abs(best.x[:2] - squares).max())
    return found


def gradient_noise(params: Params, seed: int, dataset: Dataset | None) -> Measured:
    """Measure E‖g_B − g‖² of linear softmax regression at its start, by minibatch size (E13).

    With zero weights p = 1/10, and an example's gradient is (p − y) [x, 1]ᵀ.

    Metrics: noise/B and bias/B: ‖mean of g_B − g‖ / ‖g‖ over the draws; exact: what noise × B
    comes to for draws with replacement, the trace of the gradients' covariance.
    """
    assert dataset is not None
    images = dataset.images("train")[: params["examples"]]
    x = images.reshape(len(images), -1).astype(np.float32) / 255.0
    x = np.concatenate([x, np.ones([len(x), 1], np.float32)], 1)
    error = 0.1 - np.eye(10, dtype=np.float32)[dataset.labels("train")[: len(x)]]
    full = x.T @ error / len(x)
    square = (x.astype(np.float64) ** 2).sum(1) * (error.astype(np.float64) ** 2).sum(1)
    found = {"exact": float(square.mean() - (full.astype(np.float64) ** 2).sum())}
    draws = rng.generator(seed, "minibatches")
    for size in params["batch_sizes"]:
        total, noise = np.zeros_like(full), []
        for _ in range(params["draws"]):
            rows = draws.integers(0, len(x), size)
            gradient = x[rows].T @ error[rows] / size
            total += gradient
            noise.append(float(((gradient - full) ** 2).sum()))
        found[f"noise/{size}"] = float(np.mean(noise))
        mean = total / params["draws"]
        found[f"bias/{size}"] = float(np.linalg.norm(mean - full) / np.linalg.norm(full))
    return found, {}


def surrogate(params: Params, seed: int, dataset: Dataset | None) -> Measured:
    """Train a linear classifier on cross-entropy, and search on the 0–1 loss itself (E14).

    Metrics: levels: how many values the 0–1 loss takes over the search, besides n + 1 possible;
    flat: share of small moves (10⁻⁶) from random weights that leave it as it is; solved: the step
    where 0–1 is first 0; cross_entropy and margin there and at the end, nan there if it never is;
    zero_one/end; search: 0–1 after as many moves.
    """
    draws = rng.generator(seed, "two classes")
    n, steps = params["points"], params["moves"]
    labels = np.repeat([-1.0, 1.0], n // 2)
    x = draws.normal(size=(n, 2)) * 0.6 + labels[:, None] * np.array([1.5, 1.0])
    x = np.concatenate([x, np.ones([n, 1])], 1)
    # Separable on purpose: points on the wrong side of the true line are mirrored.
    across = np.sign(x[:, :2] @ [1.5, 1.0] * labels)
    x[:, :2] *= across[:, None]

    def zero_one(w):
        return float(np.mean(labels * (x @ w) <= 0.0))

    weights = np.array([-0.5, 0.4, 1.0])
    curve = []
    for _ in range(steps):
        margins = labels * (x @ weights)
        loss = float(np.logaddexp(0.0, -margins).mean())
        margin = float(margins.min() / np.linalg.norm(weights[:2]))
        curve.append((zero_one(weights), loss, margin))
        weights = weights + 0.5 * ((labels * expit(-margins)) @ x) / n
    curve = np.array(curve)
    right = np.flatnonzero(curve[:, 0] == 0.0)
    solved = float(right[0]) if right.size else float("nan")
    there = curve[right[0]] if right.size else np.full(3, np.nan)
    searched, best, levels = np.array([-0.5, 0.4, 1.0]), [], set()
    for step in range(steps):
        trial = searched.copy()
        trial[step % 3] += draws.normal()
        levels.add(zero_one(trial))
        if zero_one(trial) <= zero_one(searched):
            searched = trial
        best.append(zero_one(searched))
    anywhere = draws.normal(size=(1000, 3))
    small = [zero_one(w + 1e-6 * draws.normal(size=3)) == zero_one(w) for w in anywhere]
    found = {
        "solved": solved,
        "flat": float(np.mean(small)),
        "levels": float(len(levels)),
        "cross_entropy/solved": float(there[1]),
        "cross_entropy/end": float(curve[-1, 1]),
        "margin/solved": float(there[2]),
        "margin/end": float(curve[-1, 2]),
        "zero_one/end": float(curve[-1, 0]),
        "search/end": best[-1],
    }
    return found, {"curve": curve, "search": np.array(best)}


def early_stopping(params: Params, seed: int, dataset: Dataset | None) -> Measured:
    """Fit a polynomial by gradient descent and watch the test error turn (E15).

    Gradient descent on a quadratic has a closed form, so 200,000 steps cost one eigenvalue
    problem: w_t = V (1 − (1 − ηλ)ᵗ) / λ Vᵀ Xᵀy / n.

    Metrics: best_step, test_best, test_end, train_best, train_end; ridge_best: the least test
    error that an L2 penalty of any strength reaches.
    """
    draws = rng.generator(seed, "polynomial")
    n, degree, rate = params["points"], params["degree"], params["learning_rate"]

    def sample(count):
        x = draws.uniform(-1.0, 1.0, count)
        y = np.sin(np.pi * x) + params["noise"] * draws.normal(size=count)
        return x[:, None] ** np.arange(degree + 1), y

    (x, y), (x_test, y_test) = sample(n), sample(1000)
    values, basis = np.linalg.eigh(x.T @ x / n)
    values = np.maximum(values, 0.0)
    along = basis.T @ (x.T @ y / n)
    steps = np.unique(np.geomspace(1, params["descents"], 400).astype(int))

    def errors(w):
        return float(np.mean((x @ w - y) ** 2)), float(np.mean((x_test @ w - y_test) ** 2))

    def after(t):
        # (1 − (1 − ηλ)ᵗ)/λ without its cancellation, and its limit ηt at λ = 0.
        decay = -np.expm1(t * np.log1p(-rate * values))
        return basis @ (
            np.where(values > 1e-15, decay / np.maximum(values, 1e-15), rate * t) * along
        )

    curve = np.array([errors(after(t)) for t in steps])
    ridge = [errors(basis @ (along / (values + p)))[1] for p in np.geomspace(1e-8, 10.0, 200)]
    best = int(curve[:, 1].argmin())
    found = {
        "best_step": float(steps[best]),
        "test/best": curve[best, 1],
        "test/end": curve[-1, 1],
        "train/best": curve[best, 0],
        "train/end": curve[-1, 0],
        "ridge_best": float(min(ridge)),
    }
    return found, {"steps": steps, "curve": curve}


PARTS = {
    "likelihood": likelihood,
    "gradient_noise": gradient_noise,
    "surrogate": surrogate,
    "early_stopping": early_stopping,
}


def train(params: Params, dataset: Dataset | None = None) -> Task:
    """Build one of the measurements `params["part"]` names."""
    return measuring_task(lambda seed: PARTS[params["part"]](params, seed, dataset))
