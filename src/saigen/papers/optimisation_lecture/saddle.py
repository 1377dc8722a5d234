"""How long a saddle holds a descent that begins almost on its stable axis.

f = x² − y² from (1, δ): under gradient descent |y| grows by 1 + 2η a step, so that it leaves
|y| < 1 after ln(1/δ) / ln(1 + 2η) steps, and never from δ = 0.

Source: the lecture's part 4. A saddle has gradient 0 and an indefinite Hessian; the slide that
calls it a kind of local minimum is mistaken.
"""

from dataclasses import replace

import numpy as np

from saigen.engine.task import Params, Task
from saigen.papers.optimisation_lecture.descents import Descents
from saigen.papers.optimisation_lecture.landscapes import LANDSCAPES
from saigen.papers.optimisation_lecture.quadratics import LINEAR, largest_rate


def train(params: Params, dataset: None = None) -> Task:
    """Build descents from every δ of `offsets`, at `learning_rate` and at each of `rates`.

    Metrics: escape/δ: steps until |y| > 1 at `learning_rate`, −1 if never. Of the three linear
    methods also escape_at/η: the same at each of `rates`, from the first δ above 0, and
    stable_at/η: 1 where x, of curvature 2, comes to rest.
    """
    offsets, rates = params["offsets"], params["rates"]
    starts = [replace(LANDSCAPES["saddle"], start=(1.0, delta)) for delta in offsets]
    every = [params["learning_rate"], *rates]
    descents = Descents({**params, "keep_paths": True}, starts, every)
    method = params["optimiser"]
    near = next(place for place, delta in enumerate(offsets) if delta > 0.0)

    def evaluate(seed: int, step: int, final: bool) -> dict[str, float]:
        out = np.abs(descents.paths.numpy()[..., 1]) > 1.0
        steps = np.where(out.any(0), out.argmax(0), -1).astype(float)
        found = {f"escape/{d:g}": s for d, s in zip(offsets, steps[0], strict=True)}
        if method in LINEAR:
            edge = largest_rate(method, 2.0, params["momentum"])
            for rate, escapes in zip(rates, steps[1:], strict=True):
                found[f"escape_at/{rate:g}"] = escapes[near]
                found[f"stable_at/{rate:g}"] = float(rate < edge)
        return {name: float(value) for name, value in found.items()}

    return descents.task(evaluate)
