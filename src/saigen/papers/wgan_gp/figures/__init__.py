"""The paper's figures, from tables and sample arrays; one function a figure."""

from saigen.papers.wgan_gp.figures.images import figure2, figure4, figure6, survival, variations
from saigen.papers.wgan_gp.figures.toys import figure1a, figure1b, surface_statistics
from saigen.papers.wgan_gp.figures.training import (
    figure3,
    figure5a,
    figure5b,
    language_curves,
    table4,
)

__all__ = [
    "figure1a",
    "figure1b",
    "figure2",
    "figure3",
    "figure4",
    "figure5a",
    "figure5b",
    "figure6",
    "language_curves",
    "surface_statistics",
    "survival",
    "table4",
    "variations",
]
