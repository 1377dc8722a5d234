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


def train(params: Params, dataset: None = None) -> Task:
    """Build descents from every δ of `params["offsets"]` at one learning rate.

    Metrics: escape/δ: steps until |y| > 1, −1 if never.
    """
    starts = [replace(LANDSCAPES["saddle"], start=(1.0, delta)) for delta in params["offsets"]]
    descents = Descents({**params, "keep_paths": True}, starts, [params["learning_rate"]])

    def evaluate(seed: int, step: int, final: bool) -> dict[str, float]:
        heights = np.abs(descents.paths.numpy()[:, 0, :, 1])
        out = heights > 1.0
        steps = np.where(out.any(0), out.argmax(0), -1)
        return {f"escape/{d:g}": float(s) for d, s in zip(params["offsets"], steps, strict=True)}

    return descents.task(evaluate)
