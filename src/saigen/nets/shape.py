"""What images look like to the networks that make or judge them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Images of side × side × channels, of so many classes."""

    side: int
    channels: int
    classes: int
