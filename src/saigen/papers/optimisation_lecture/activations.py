"""What the first weights do to the activations of a deep network, and to its gradients.

1000 inputs from N(0, 1), layers of equal width without biases. The lecture's rules: Xavier's
deviation √(2/(n₁+n₂)), He's √(2/n₁); constants make all units equal.

Source: the lecture's part 2; Glorot & Bengio 2010, He et al. 2015.
"""

import numpy as np
from scipy.special import expit

from saigen.engine import rng
from saigen.engine.measuring import Measured, measuring_task
from saigen.engine.task import Params, Task

#: Activation and its derivative, both from its output h.
ACTIVATIONS = {
    "sigmoid": (expit, lambda h: h * (1.0 - h)),
    "tanh": (np.tanh, lambda h: 1.0 - h**2),
    "relu": (lambda x: np.maximum(x, 0.0), lambda h: (h > 0.0).astype(float)),
}
#: First weights [width, width] by name, from a generator.
INITIAL = {
    "sd_1": lambda draws, n: draws.normal(size=(n, n)),
    "sd_0.01": lambda draws, n: 0.01 * draws.normal(size=(n, n)),
    "xavier": lambda draws, n: np.sqrt(1.0 / n) * draws.normal(size=(n, n)),
    "he": lambda draws, n: np.sqrt(2.0 / n) * draws.normal(size=(n, n)),
    "zeros": lambda draws, n: np.zeros((n, n)),
    "ones": lambda draws, n: np.ones((n, n)),
}


def measure(params: Params, seed: int) -> Measured:
    """Measure a pass through the network, forward and back.

    Metrics, each with /layer from 1: std and second_moment of the activations; saturated: share of
    them at the flat ends; across: largest less smallest unit of an example, at most, over the
    layer's largest (ones make units of 100ᵏ, whose rounding is no spread); gradient: root mean
    square, over units and examples, of the gradient with respect to that layer's activations of a
    sum of the outputs with weights from N(0, 1).

    Arrays: histograms [layer, bin], the first five layers' shares of activations between `edges`;
    what lies beyond the last edge is in none.
    """
    act, slope = ACTIVATIONS[params["activation"]]
    draws = rng.generator(seed, "activations")
    width = params["width"]
    x = draws.normal(size=(params["inputs"], width))
    found, kept, weights = {}, [], []
    for layer in range(1, params["layers"] + 1):
        weights.append(INITIAL[params["initial"]](draws, width))
        x = act(x @ weights[-1])
        kept.append(x)
        found[f"std/{layer}"] = float(x.std())
        found[f"second_moment/{layer}"] = float((x**2).mean())
        found[f"across/{layer}"] = float((x.max(1) - x.min(1)).max() / max(np.abs(x).max(), 1e-300))
        low, high = {"sigmoid": (0.05, 0.95), "tanh": (-0.95, 0.95)}.get(
            params["activation"], (0.0, np.inf)
        )
        found[f"saturated/{layer}"] = float(((x <= low) | (x >= high)).mean())
    back = draws.normal(size=x.shape)
    for layer in range(params["layers"], 0, -1):
        found[f"gradient/{layer}"] = float(np.sqrt((back**2).mean()))
        back = (back * slope(kept[layer - 1])) @ weights[layer - 1].T
    edges = np.linspace(-1.0, 1.0, 41) if params["activation"] == "tanh" else np.linspace(0, 1, 41)
    shown = [np.histogram(h, bins=edges)[0] / h.size for h in kept[:5]]
    return found, {"edges": edges, "histograms": np.stack(shown)}


def train(params: Params, dataset: None = None) -> Task:
    """Build the measurement of one activation and one kind of first weights."""
    return measuring_task(lambda seed: measure(params, seed))
