"""The lecture's figures: one function a figure, named as in paper.yaml."""

from saigen.papers.optimisation_lecture.figures.difficulties import cliff, difficulties, strategies
from saigen.papers.optimisation_lecture.figures.first_order import (
    convergence,
    gallery,
    second_order,
    step_sizes,
    valley,
)
from saigen.papers.optimisation_lecture.figures.networks import (
    activations,
    batch_norm,
    digits,
    first_weights,
    inserted_layers,
    rates,
    transfer,
)
from saigen.papers.optimisation_lecture.figures.statistics import learning, likelihood

__all__ = [
    "activations",
    "batch_norm",
    "cliff",
    "convergence",
    "difficulties",
    "digits",
    "first_weights",
    "gallery",
    "inserted_layers",
    "learning",
    "likelihood",
    "rates",
    "second_order",
    "step_sizes",
    "strategies",
    "transfer",
    "valley",
]
