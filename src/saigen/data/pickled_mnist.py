"""MNIST as a pickle of numpy arrays, read without trusting the pickle."""

import gzip
import io
import pickle
from typing import Any

import numpy as np

from saigen.data import idx

# All that a pickle of numeric arrays needs; nothing here can run a command or open a file.
# Numpy's rebuilding function has no public name, but numpy's own pickles say which it is.
_rebuild = np.empty(0).__reduce__()[0]
_ALLOWED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _rebuild,
    ("numpy._core.multiarray", "_reconstruct"): _rebuild,
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"pickle asks for {module}.{name}, refused") from None


def load_arrays(content: bytes) -> Any:
    """Unpickle numbers, text, containers and numeric arrays; anything else is refused.

    Raises:
      pickle.UnpicklingError: the pickle names any other class or function.
    """
    # latin1: a pickle written by Python 2 keeps the bytes of its arrays as text.
    return _ArraysOnly(io.BytesIO(content), encoding="latin1").load()


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the four canonical IDX files from a gzipped pickle of ((x, y), (x, y), (x, y)).

    The pickle holds train, valid and test; x is [n, 784] float32 = pixel/256, which float32
    holds exactly, so the canonical bytes come back. Train and valid together are the canonical
    training files.

    Raises:
      ValueError: a value is not a whole number of 256ths.
    """
    train, valid, test = load_arrays(gzip.decompress(content))
    halves = {"train": [train, valid], "t10k": [test]}
    raw = {}
    for half, parts in halves.items():
        images = np.concatenate([_pixels(images) for images, _ in parts])
        labels = np.concatenate([labels for _, labels in parts])
        raw[f"{half}-images-idx3-ubyte"] = idx.encode(images.reshape(-1, 28, 28))
        raw[f"{half}-labels-idx1-ubyte"] = idx.encode(labels.astype(np.uint8))
    return raw


def _pixels(values: np.ndarray) -> np.ndarray:
    scaled = values * np.float32(256)
    pixels = scaled.astype(np.uint8)
    if not np.array_equal(pixels, scaled):
        raise ValueError("pixels are not whole numbers of 256ths")
    return pixels
