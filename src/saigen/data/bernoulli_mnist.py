"""MNIST binarised here, once, for where the fixed binarisation cannot be had."""

import numpy as np

from saigen.data import idx_images
from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher
from saigen.data.registry import Entry, describe

SEED = 0


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Fetch MNIST and binarise every split; images become [n, 28, 28, 1] uint8 in {0, 1}."""
    arrays, facts = idx_images.make(describe(entry.made_from), fetcher)
    stream = np.random.Philox(key=SEED)
    for split in ("train", "valid", "test"):
        arrays[f"{split}_images"] = binarise(arrays[f"{split}_images"], stream)
    return Draft(arrays, facts | {"seed": SEED})


def binarise(images: np.ndarray, stream: np.random.BitGenerator) -> np.ndarray:
    """Draw each pixel from Bernoulli(pixel / 255).

    Only the raw words of the stream are used: numpy promises that they never change, as it does
    not of its distributions.

    Args:
      images: [n, ...] uint8.

    Returns:
      [n, ...] uint8 in {0, 1}.
    """
    drawn = np.empty_like(images)
    for start in range(0, len(images), 1000):  # the words of all images at once would be 300 MB
        part = images[start : start + 1000]
        words = stream.random_raw((part.size + 1) // 2).astype("<u8").view("<u4")[: part.size]
        threshold = (words.astype(np.uint64) * 255) >> 32  # uniform on 0..254
        drawn[start : start + 1000] = threshold.reshape(part.shape) < part
    return drawn
