"""Second-order methods: Newton, conjugate gradients, BFGS, L-BFGS.

SciPy runs them where it has them, and TensorFlow Probability its two; what is written out here is
what they do not show: exact line searches on a quadratic, and a bare Newton step. What a step costs
is in step_costs.py.

Source: the lecture's part 1, which names the methods; formulas of Nocedal & Wright 2006.
"""

from collections.abc import Callable

import numpy as np
from scipy import linalg, optimize

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task
from saigen.papers.optimisation_lecture import library_steps, step_costs
from saigen.papers.optimisation_lecture.regression import Regression

#: The regression network as L-BFGS and Adam both begin it; its own rates have no part.
FROM_HE = {"activation": "tanh", "optimiser": "sgd", "learning_rate": 0.0, "ones_rate": 0.0,
           "initials": ["he"], "copies": 1}  # fmt: skip
METHODS = ("Newton-CG", "CG", "BFGS", "L-BFGS-B", "trust-exact")


def quadratic(size: int, kappa: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a symmetric A of condition κ with logarithmically even eigenvalues, and b."""
    draws = rng.generator(seed, "quadratic")
    basis = linalg.qr(draws.normal(size=(size, size)))[0]
    return (basis * np.geomspace(1.0, kappa, size)) @ basis.T, draws.normal(size=size)


def conjugate_gradients(a: np.ndarray, b: np.ndarray, steps: int) -> list[np.ndarray]:
    """Return the iterates of CG on ½ xᵀAx − bᵀx from 0, the start included.

    β = g'ᵀg' / gᵀg (Fletcher & Reeves 1964), with the exact step along each direction.
    """
    x, path = np.zeros_like(b), [np.zeros_like(b)]
    gradient = -b
    direction = b
    for _ in range(steps):
        ahead = a @ direction
        step = (gradient @ gradient) / (direction @ ahead)
        x = x + step * direction
        after = gradient + step * ahead
        direction = -after + (after @ after) / (gradient @ gradient) * direction
        gradient = after
        path.append(x)
    return path


def bfgs(a: np.ndarray, b: np.ndarray, steps: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the iterates of BFGS from 0 and H = I, with exact steps, and its last H.

    s = θ' − θ, y = g' − g, ρ = 1/yᵀs:  H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ.
    """
    x, h, path = np.zeros_like(b), np.eye(b.size), [np.zeros_like(b)]
    for _ in range(steps):
        gradient = a @ x - b
        direction = -h @ gradient
        s = -(gradient @ direction) / (direction @ a @ direction) * direction
        y = a @ s
        left = np.eye(b.size) - np.outer(s, y) / (y @ s)
        h = left @ h @ left.T + np.outer(s, s) / (y @ s)
        x = x + s
        path.append(x)
    return path, h


def newton(
    gradient: Callable, hessian: Callable, x: np.ndarray, steps: int, tolerance: float = 1e-10
) -> list[np.ndarray]:
    """Return the iterates of θ ← θ − H⁻¹ g, undamped, until ‖g‖ is below the tolerance."""
    path = [x]
    while len(path) <= steps and np.linalg.norm(gradient(x)) > tolerance:
        x = x - linalg.solve(hessian(x), gradient(x))
        path.append(x)
    return path


def on_quadratic(params: Params, seed: int) -> Measured:
    """Measure relative errors on a quadratic, after each step (E5), and under rescaling (E7).

    Metrics: error/method/step; hessian_error: ‖H − A⁻¹‖ / ‖A⁻¹‖ of BFGS after n steps;
    same_path: largest distance of BFGS and CG over the first ten iterates; rescaled/method: how
    far the path moves when the variables are measured in other units.
    """
    size, kappa = params["size"], params["kappa"]
    a, b = quadratic(size, kappa, seed)
    best = linalg.solve(a, b, assume_a="pos")

    def errors(path: list[np.ndarray]) -> np.ndarray:
        return np.array([linalg.norm(x - best) for x in path]) / linalg.norm(best)

    conjugate = conjugate_gradients(a, b, size + 10)
    quasi, h = bfgs(a, b, size)
    straight = newton(lambda x: a @ x - b, lambda x: a, np.zeros(size), 1)
    descent = [np.zeros(size)]
    for _ in range(size + 10):
        descent.append(descent[-1] - 2.0 / (1.0 + kappa) * (a @ descent[-1] - b))
    inverse = linalg.inv(a)
    found = {
        "hessian_error": float(linalg.norm(h - inverse) / linalg.norm(inverse)),
        "same_path": float(
            max(linalg.norm(p - q) for p, q in zip(quasi[:11], conjugate, strict=False))
        )
        / float(linalg.norm(best)),
    }
    curves = {"Newton": straight, "BFGS": quasi, "CG": conjugate, "gradient descent": descent}
    for name, path in curves.items():
        for step, error in enumerate(errors(path)):
            found[f"error/{name}/{step}"] = float(error)
    # θ = D φ with uneven D: the same function, measured in other units.
    units = np.geomspace(0.1, 10.0, size)
    there = newton(
        lambda p: units * (a @ (units * p) - b),
        lambda p: a * np.outer(units, units),
        np.zeros(size),
        1,
    )
    found["rescaled/Newton"] = float(
        linalg.norm(units * there[-1] - straight[-1]) / linalg.norm(best)
    )
    rate = 1.0 / np.linalg.eigvalsh(a * np.outer(units, units)).max()
    moved = units * (-rate * units * (-b))
    here = b / kappa
    found["rescaled/gradient descent"] = float(linalg.norm(moved - here) / linalg.norm(here))
    return found, {}


def on_rosenbrock(params: Params, seed: int) -> Measured:
    """Count iterations and evaluations on Rosenbrock's function (E6), and Newton's on a saddle.

    Methods are SciPy's, and `(TFP)` those of TensorFlow Probability.
    Metrics: iterations/method/n, evaluations/method/n, end/method/n, and saddle: the distance
    from x² − y²'s saddle after one bare Newton step.
    """
    found = {}
    for size in params["sizes"]:
        start = np.tile([-1.2, 1.0], size // 2)
        bare = newton(optimize.rosen_der, optimize.rosen_hess, start, 200)
        found[f"iterations/Newton/{size}"] = float(len(bare) - 1)
        found[f"end/Newton/{size}"] = float(optimize.rosen(bare[-1]))
        for method in METHODS:
            with_hessian = method in ("Newton-CG", "trust-exact")
            result = optimize.minimize(
                optimize.rosen,
                start,
                method=method,
                jac=optimize.rosen_der,
                hess=optimize.rosen_hess if with_hessian else None,
                options={"maxiter": 20000, **_tolerance(method)},
            )
            found[f"iterations/{method}/{size}"] = float(result.nit)
            found[f"evaluations/{method}/{size}"] = float(result.nfev)
            found[f"end/{method}/{size}"] = float(result.fun)
        for method in library_steps.METHODS:
            course = library_steps.minimise(method, start, 1e-10, 20000)
            for name, value in course._asdict().items():
                found[f"{name}/{method}/{size}"] = float(value)
    saddle = newton(
        lambda p: np.array([2.0 * p[0], -2.0 * p[1]]),
        lambda p: np.diag([2.0, -2.0]),
        np.array([1.0, 0.5]),
        1,
    )
    found["saddle"] = float(np.linalg.norm(saddle[-1]))
    return found, {}


def _tolerance(method: str) -> dict[str, float]:
    if method == "Newton-CG":
        return {"xtol": 1e-10}
    return {"ftol": 1e-30, "gtol": 1e-10} if method == "L-BFGS-B" else {"gtol": 1e-10}


def network(params: Params, seed: int) -> Measured:
    """Fit the two-layer network of regression.py by L-BFGS, from the weights that one begins at.

    Metrics: mse/k: the least loss seen after k evaluations of the loss and its gradient.
    """
    width = params["width"]
    x = np.linspace(-1.0, 1.0, params["points"])
    y = np.sin(np.pi * x)
    seen: list[float] = []

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        w, b, v, c = theta[:width], theta[width : 2 * width], theta[2 * width : -1], theta[-1]
        h = np.tanh(np.outer(x, w) + b)
        error = h @ v + c - y
        outer = 2.0 * error / x.size
        inner = np.outer(outer, v) * (1.0 - h**2)
        seen.append(float(np.mean(error**2)))
        parts = [x @ inner, inner.sum(0), h.T @ outer, [outer.sum()]]
        return seen[-1], np.concatenate(parts)

    settings = {**FROM_HE, "width": width, "points": params["points"]}
    first = Regression(settings).initial(seed)
    start = np.concatenate([first[name].numpy().ravel().astype(float) for name in "wbvc"])
    most = params["evaluations"]
    # Evaluations alone end it: SciPy's tolerances would, long before those that it is given.
    limit = {"maxfun": most, "maxiter": most, "ftol": 0.0, "gtol": 0.0}
    optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=limit)
    best = np.minimum.accumulate(seen)
    # At hundreds too, where other methods are looked at.
    marks = np.union1d(np.geomspace(1, most, 40).astype(int), np.arange(100, most + 1, 100))
    return {f"mse/{k}": float(best[min(k, len(best)) - 1]) for k in marks}, {}


PARTS = {
    "quadratic": on_quadratic,
    "rosenbrock": on_rosenbrock,
    "costs": step_costs.costs,
    "network": network,
}


def train(params: Params, dataset: None = None) -> Task:
    """Build one of the measurements `params["part"]` names."""
    return measuring_task(lambda seed: PARTS[params["part"]](params, seed))
