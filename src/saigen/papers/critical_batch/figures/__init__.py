"""The paper's figures, from tables and sample arrays; one function a figure."""

from saigen.papers.critical_batch.figures.estimates import estimates, noise
from saigen.papers.critical_batch.figures.laws import laws
from saigen.papers.critical_batch.figures.sweeps import (
    cifar,
    conditional,
    courses,
    figure1,
    figure2,
    figure3,
    figure4,
    rates,
    samples,
    variants,
)

__all__ = [
    "cifar",
    "conditional",
    "courses",
    "estimates",
    "figure1",
    "figure2",
    "figure3",
    "figure4",
    "laws",
    "noise",
    "rates",
    "samples",
    "variants",
]
