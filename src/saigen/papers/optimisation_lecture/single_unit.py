"""How well one hidden unit fits sin(πx): the floor of networks whose units are all equal.

Source: the lecture's part 2; equal units of any number are one unit of another weight.
"""

import numpy as np
from scipy import optimize
from scipy.special import expit

from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task

ACTIVATIONS = {"sigmoid": expit, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0)}


def floor(params: Params, seed: int) -> Measured:
    """Fit f(x) = v φ(wx + b) + c by least squares, from starts all over (w, b).

    v and c have a closed form at each w and b, so that the search is over two numbers: from the
    best of a grid of slopes w and of places −b/w, by a simplex.

    Metrics: mse/activation.
    """
    x = np.linspace(-1.0, 1.0, params["points"])
    y = np.sin(np.pi * x)

    def loss(theta: np.ndarray, act) -> float:
        design = np.stack([act(theta[0] * x + theta[1]), np.ones_like(x)], 1)
        return float(np.mean((design @ np.linalg.lstsq(design, y)[0] - y) ** 2))

    slopes = np.geomspace(0.1, 100.0, params["starts"])
    places = np.linspace(-1.2, 1.2, params["starts"])
    starts = [np.array([w, -w * x0]) for s in (1.0, -1.0) for w in s * slopes for x0 in places]
    found = {}
    for name, act in ACTIVATIONS.items():
        begin = min(starts, key=lambda theta, act=act: loss(theta, act))
        fit = optimize.minimize(loss, begin, (act,), method="Nelder-Mead")
        found[f"mse/{name}"] = float(fit.fun)
    return found, {}


def train(params: Params, dataset: None = None) -> Task:
    """Build the fit."""
    return measuring_task(lambda seed: floor(params, seed))
