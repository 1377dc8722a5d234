"""The paper's figures, from tables and samples: one function a figure, named as in paper.yaml."""

from saigen.papers.dbm.figures.curves import (
    curves_fashion,
    curves_mnist,
    long_curves,
    search,
    work,
)
from saigen.papers.dbm.figures.learning import ablation, depth, rates, readings
from saigen.papers.dbm.figures.pictures import (
    chain_images,
    chains,
    completion_images,
    completions,
    samples_fashion,
    samples_grey,
    samples_mnist,
    samples_uncentred,
)
from saigen.papers.dbm.figures.steps import meeting_times, toy, unbiasedness

__all__ = [
    "ablation",
    "chain_images",
    "chains",
    "completion_images",
    "completions",
    "curves_fashion",
    "curves_mnist",
    "depth",
    "long_curves",
    "meeting_times",
    "rates",
    "readings",
    "samples_fashion",
    "samples_grey",
    "samples_mnist",
    "samples_uncentred",
    "search",
    "toy",
    "unbiasedness",
    "work",
]
