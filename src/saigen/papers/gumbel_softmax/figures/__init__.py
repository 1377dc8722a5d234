"""The paper's figures, from tables and samples: one function a figure, named as in paper.yaml."""

from saigen.papers.gumbel_softmax.figures.classes import figure5a, figure5b
from saigen.papers.gumbel_softmax.figures.curves import figure3, figure4
from saigen.papers.gumbel_softmax.figures.panels import learning_rates, table1_dots
from saigen.papers.gumbel_softmax.figures.sampling import (
    bias_variance,
    figure1,
    trained_gradients,
    variance_growth,
)
from saigen.papers.gumbel_softmax.figures.variants import ablations, relaxed_gap

__all__ = [
    "ablations",
    "bias_variance",
    "figure1",
    "figure3",
    "figure4",
    "figure5a",
    "figure5b",
    "learning_rates",
    "relaxed_gap",
    "table1_dots",
    "trained_gradients",
    "variance_growth",
]
