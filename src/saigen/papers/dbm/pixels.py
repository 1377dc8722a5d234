"""Images as binary units: each pixel's value in b binary digits, the lowest first.

b = 8 has one unit for each binary digit of a pixel's value, all equal in the energy; b = 1 is the
threshold at one half.

Source: `train.py` of the official program.
Departure: units lie pixel by pixel, [height, width, channel, bit]; the program has the channel
first. The machine does not see the order of its units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

Array = np.ndarray


def encode(images: Array, bits: int) -> Array:
    """Return the highest `bits` binary digits of every pixel, the lowest of them first.

    Args:
      images: [image, height, width, channel] uint8 in 0..255.
      bits: 1 to 8.

    Returns:
      [image, unit] uint8 in {0, 1}.
    """
    levels = images >> (8 - bits)
    digits = (levels[..., np.newaxis] >> np.arange(bits, dtype=np.uint8)) & 1
    return digits.reshape(len(images), -1)


def decode(units: Array, shape: tuple[int, ...], bits: int) -> Array:
    """Return images in [0, 1] from units: Σ 2^j bit_j / (2^bits − 1).

    Args:
      units: [image, unit] in {0, 1}, or probabilities.
      shape: (height, width, channel).
    """
    digits = np.asarray(units, np.float32).reshape(len(units), *shape, bits)
    return digits @ (2.0 ** np.arange(bits, dtype=np.float32)) / (2.0**bits - 1.0)


def pooled(images: Array, factor: int) -> Array:
    """Return images whose pixels are the means of `factor` × `factor` pixels, rounded: uint8."""
    if factor == 1:
        return images
    count, height, width, channels = images.shape
    blocks = images.reshape(count, height // factor, factor, width // factor, factor, channels)
    return np.rint(blocks.mean((2, 4))).astype(np.uint8)


@dataclass(frozen=True)
class Pixels:
    """How a run sees the images of its dataset.

    Attributes:
      bits: units a pixel.
      pool: pixels of a side that become one; 1 leaves the images as they are.
    """

    bits: int
    pool: int

    def units(self, dataset: Dataset, split: str) -> Array:
        """Return a split's images as units: [image, unit] uint8 in {0, 1}."""
        return encode(pooled(dataset.images(split), self.pool), self.bits)

    def shape(self, dataset: Dataset) -> tuple[int, int, int]:
        """Return (height, width, channel) of the images as a run sees them."""
        _, height, width, channels = dataset.images("train").shape
        return height // self.pool, width // self.pool, channels

    def images(self, units: Array, dataset: Dataset) -> Array:
        """Return [image, height, width, channel] float32 in [0, 1] from units."""
        return decode(units, self.shape(dataset), self.bits)
