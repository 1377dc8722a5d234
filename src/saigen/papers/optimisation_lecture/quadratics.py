"""The three linear methods on quadratics: their best rates, and where they stop being stable.

f = ½ (x² + κ y²), with smallest curvature μ = 1 and largest L = κ.

Source: the lecture's part 1; the theory is Polyak 1964 and Nesterov 2004, section 2.2.
"""

import math

import numpy as np

from saigen.engine.task import Params, Task
from saigen.papers.optimisation_lecture.descents import Descents
from saigen.papers.optimisation_lecture.landscapes import Landscape

#: Methods whose steps are linear in the gradients: the theory is of these.
LINEAR = ("sgd", "momentum", "nesterov")


def tuned(method: str, kappa: float) -> tuple[float, float, float]:
    """Return (learning rate, momentum, contraction a step) that are best for condition κ."""
    root = math.sqrt(kappa)
    slow = (root - 1.0) / (root + 1.0)
    if method == "sgd":
        return 2.0 / (1.0 + kappa), 0.0, (kappa - 1.0) / (kappa + 1.0)
    if method == "momentum":
        return 4.0 / (root + 1.0) ** 2, slow**2, slow
    return 1.0 / kappa, slow, 1.0 - 1.0 / root


def largest_rate(method: str, curvature: float, momentum: float) -> float:
    """Return the learning rate above which a method diverges along this curvature."""
    if method == "sgd":
        return 2.0 / curvature
    if method == "momentum":
        return 2.0 * (1.0 + momentum) / curvature
    return 2.0 * (1.0 + momentum) / (curvature * (1.0 + 2.0 * momentum))


def train(params: Params, dataset: None = None) -> Task:
    """Build three descents: at the best rate, and 1% below and above the largest stable one.

    Metrics: contraction and its theory; grows_below, grows_above: log₁₀ |y| at the end against
    the start, which is below 0 where a method is stable along the largest curvature.
    """
    method, kappa = params["optimiser"], params["kappa"]
    rate, momentum, theory = tuned(method, kappa)
    edge = largest_rate(method, kappa, momentum)
    # The best momenta have double roots, whose errors fall as t ρᵗ: the contraction shows late.
    # A 1% change of the largest rate needs 1000 steps to tell.
    late = min(5000, int(math.log(1e-25) / math.log(theory)))
    steps = max(1000, late)
    settings = {**params, "momentum": momentum, "steps": steps, "keep_paths": True}
    bowl = Landscape(
        lambda x, y, cos: 0.5 * (x**2 + kappa * y**2),
        (1.0, 1.0),
        ((0.0, 0.0),),
        (-1.0, 1.0, -1.0, 1.0),
    )
    descents = Descents(settings, [bowl], [rate, 0.99 * edge, 1.01 * edge])

    def evaluate(seed: int, step: int, final: bool) -> dict[str, float]:
        paths = descents.paths.numpy()[:, :, 0].astype(np.float64)
        errors = np.linalg.norm(paths[:, 0], axis=-1)
        # Complex roots make the error ring, so the contraction is that of its envelope's fall.
        envelope = np.maximum.accumulate(errors[late // 2 : late][::-1])[::-1]
        slope = np.polyfit(np.arange(len(envelope)), np.log(envelope), 1)[0]
        growth = np.log10(np.abs(paths[-1, 1:, 1]) + 1e-30)
        return {
            "contraction": float(math.exp(slope)),
            "theory": theory,
            "grows_below": float(growth[0]),
            "grows_above": float(growth[1]),
        }

    task = descents.task(evaluate)
    task.live = {}  # the momentum is the tuned one, not the run's
    return task
