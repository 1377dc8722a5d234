"""The comparison's figures: one function a figure, named as in paper.yaml."""

from saigen.papers.resnet20.figures.courses import (
    augmentation,
    constant_rates,
    he,
    lab,
    protocols,
    short,
)
from saigen.papers.resnet20.figures.ends import rate_tables, sensitivity, targets

__all__ = [
    "augmentation",
    "constant_rates",
    "he",
    "lab",
    "protocols",
    "rate_tables",
    "sensitivity",
    "short",
    "targets",
]
