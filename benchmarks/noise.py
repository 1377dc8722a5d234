"""Data that both sides make alike, by NumPy."""

import numpy as np


def images(count: int, side: int, channels: int) -> np.ndarray:
    """Return noise for images: [count, side, side, channels] uint8 in 0..255."""
    draw = np.random.default_rng(0)
    return draw.integers(0, 256, [count, side, side, channels]).astype(np.uint8)
