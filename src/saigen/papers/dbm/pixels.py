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


@dataclass(frozen=True)
class Pixels:
    """How a run sees the images of its dataset.

    Attributes:
      dataset: a scored set, so that its images have the size of its classifier.
      bits: units a pixel.
    """

    dataset: Dataset
    bits: int

    def units(self, split: str, count: int | None = None) -> Array:
        """Return a split's images as units: [image, unit] uint8 in {0, 1}; the first `count`."""
        return encode(self.dataset.images(split)[:count], self.bits)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channel)."""
        return self.dataset.images("train").shape[1:]

    def images(self, units: Array) -> Array:
        """Return [image, height, width, channel] float32 in [0, 1] from units."""
        return decode(units, self.shape, self.bits)
