"""Seconds of a generator iteration by each method of figure 3, on the same networks.

Figure 3 has a clock below its right panel. Scores over seconds are made of scores over iterations
and of these times, which are measured where nothing else runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from saigen.engine.task import Params, Task
from saigen.engine.timing import timed
from saigen.papers.wgan_gp import image_gan

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset


def train(params: Params, dataset: Dataset) -> Task:
    """Build a task whose training is the warm-up, and whose evaluation is the measurement."""
    return timed(image_gan.train(params, dataset), params["repeats"])
