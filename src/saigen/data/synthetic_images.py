"""Small image sets drawn on the spot, to try the pipeline without any download.

Only raw words of a counter-based stream and the four operations of arithmetic are used, so that
the pixels are the same on every machine and with every numpy.
"""

import numpy as np

from saigen.data.dataset import SPLITS, Draft
from saigen.data.fetch import Fetcher
from saigen.data.registry import Entry

# Seven segments in a box of width 1 and height 2, as (x, y) to (x, y), with y pointing down.
_SEGMENTS = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 1)),
    "c": ((1, 1), (1, 2)),
    "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)),
    "g": ((0, 1), (1, 1)),
}
_DIGITS = ["abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"]

_PALETTE = np.array(
    [
        [220, 50, 47], [235, 140, 30], [240, 215, 60], [150, 220, 50], [40, 160, 70],
        [50, 200, 210], [50, 90, 220], [140, 70, 210], [240, 130, 180], [245, 245, 245],
    ]
)  # fmt: skip


def make_digits(entry: Entry, fetcher: Fetcher) -> Draft:
    """Digits [n, 28, 28, 1] uint8 with labels."""
    return _draft(entry, digits, seed=1)


def make_binary_digits(entry: Entry, fetcher: Fetcher) -> Draft:
    """The same digits, cut at half intensity: [n, 28, 28, 1] uint8 in {0, 1}."""
    arrays, facts = _draft(entry, digits, seed=1)
    for split in SPLITS:
        arrays[f"{split}_images"] = (arrays[f"{split}_images"] > 127).astype(np.uint8)
    return Draft(arrays, facts)


def make_colours(entry: Entry, fetcher: Fetcher) -> Draft:
    """Coloured shapes [n, 32, 32, 3] uint8 with labels."""
    return _draft(entry, colours, seed=2)


def digits(labels: np.ndarray, stream: np.random.BitGenerator) -> np.ndarray:
    """Draw seven-segment digits, each with its own place, size, slant and thickness.

    Args:
      labels: [n] integers in 0..9.

    Returns:
      [n, 28, 28, 1] uint8 in 0..255.
    """
    n = len(labels)
    size = _uniform(stream, n, 6.5, 9.0)
    slant = _uniform(stream, n, -0.25, 0.35)
    thickness = _uniform(stream, n, 0.9, 1.9)
    left, top = 14 - size / 2 + _uniform(stream, n, -3, 3), 14 - size + _uniform(stream, n, -3, 3)

    row, column = (grid[np.newaxis] + 0.5 for grid in np.indices((28, 28)))
    nearest = np.full((n, 28, 28), 1e9)
    for segment, ends in _SEGMENTS.items():
        (x0, y0), (x1, y1) = (
            (left + size * x + slant * size * (1 - y), top + size * y) for x, y in ends
        )
        distance = _distance(column, row, *(v[:, None, None] for v in (x0, y0, x1, y1)))
        lit = np.array([segment in _DIGITS[label] for label in labels])[:, None, None]
        nearest = np.where(lit, np.minimum(nearest, distance), nearest)
    # One pixel of fading at the edge of a stroke stands for anti-aliasing.
    ink = np.clip(thickness[:, None, None] + 0.5 - nearest, 0, 1)
    return (ink * 255).astype(np.uint8)[..., np.newaxis]


def colours(labels: np.ndarray, stream: np.random.BitGenerator) -> np.ndarray:
    """Draw a disc (even labels) or a square (odd) in the class's colour on a shaded ground.

    Args:
      labels: [n] integers in 0..9.

    Returns:
      [n, 32, 32, 3] uint8 in 0..255.
    """
    n = len(labels)
    x, y, radius = (
        _uniform(stream, n, *span)[:, None, None] for span in ((11, 21), (11, 21), (5, 9))
    )
    ground = _uniform(stream, n * 3, 20, 110).reshape(n, 1, 1, 3)
    tilt = _uniform(stream, n * 3, -30, 30).reshape(n, 1, 1, 3)
    grain = _uniform(stream, n * 32 * 32 * 3, -12, 12).reshape(n, 32, 32, 3)

    row, column = (grid[np.newaxis] + 0.5 for grid in np.indices((32, 32)))
    dx, dy = np.abs(column - x), np.abs(row - y)
    disc = (labels % 2 == 0)[:, None, None]
    distance = np.where(disc, np.sqrt(dx * dx + dy * dy), np.maximum(dx, dy))
    cover = np.clip(radius + 0.5 - distance, 0, 1)[..., np.newaxis]
    scene = ground + tilt * (row[..., np.newaxis] / 16 - 1)
    painted = cover * _PALETTE[labels][:, None, None, :] + (1 - cover) * scene + grain
    return np.clip(painted, 0, 255).astype(np.uint8)


def _draft(entry: Entry, draw, seed: int) -> Draft:
    stream = np.random.Philox(key=seed)
    arrays = {}
    for split in SPLITS:
        n = entry.splits[split]
        labels = (_uniform(stream, n, 0, 10)).astype(np.int64)
        arrays[f"{split}_images"] = draw(labels, stream)
        arrays[f"{split}_labels"] = labels
    return Draft(arrays, {"source": "drawn by Saigen", "seed": seed})


def _uniform(stream: np.random.BitGenerator, n: int, low: float, high: float) -> np.ndarray:
    """[n] float64, uniform on [low, high)."""
    return low + (high - low) * ((stream.random_raw(n) >> np.uint64(11)) * 2.0**-53)


def _distance(x, y, x0, y0, x1, y1) -> np.ndarray:
    """The distance of the points (x, y) from the segment from (x0, y0) to (x1, y1)."""
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
    away_x, away_y = x - x0 - along * dx, y - y0 - along * dy
    return np.sqrt(away_x * away_x + away_y * away_y)
