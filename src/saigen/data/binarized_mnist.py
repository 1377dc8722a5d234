"""The fixed binarisation of MNIST by Salakhutdinov & Murray, in any of the forms it travels in."""

import io
import zipfile

import numpy as np

from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher, plain
from saigen.data.registry import Entry

_SPLIT = {f"binarized_mnist_{split}.amat": split for split in ("train", "valid", "test")}


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Fetch the three splits; images are [n, 28, 28, 1] uint8 in {0, 1}, and nobody has labels."""
    raw = fetcher.fetch(entry, decode)
    arrays = {
        f"{_SPLIT[file]}_images": np.frombuffer(rows, np.uint8).reshape(-1, 28, 28, 1)
        for file, rows in raw.contents.items()
    }
    return Draft(arrays, {"source": raw.source})


def decode(carried: bytes, file: str) -> bytes:
    """Return the rows of one split as bytes 0 and 1: the content that is hashed.

    The form is told from the bytes and not from the file's name, for the same name was used for
    two of them: Larochelle's text (rows of 0 and 1 between spaces), MATLAB 5 (key `X`), and an
    .npz of all three splits, packed eight pixels a byte (keys train, valid, test).

    Raises:
      ValueError: it is none of these.
      Exception: it is an .npz that is damaged or holds other arrays; numpy says so in many ways.
    """
    content = plain(carried, file)
    if content.startswith(b"PK"):
        return _packed(content, _SPLIT[file])
    if content.startswith(b"MATLAB 5.0"):
        return _matlab(content)
    return _text(content)


def _packed(content: bytes, split: str) -> bytes:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return np.unpackbits(archive[split], axis=1).tobytes()
    except (KeyError, zipfile.BadZipFile, np.exceptions.AxisError) as problem:
        raise ValueError(problem) from problem


def _matlab(content: bytes) -> bytes:
    from scipy.io import loadmat  # slow to import, and rarely wanted

    try:
        return loadmat(io.BytesIO(content), variable_names=["X"])["X"].astype(np.uint8).tobytes()
    except Exception as problem:  # scipy says "damaged" in many ways
        raise ValueError(f"no matrix X to be read: {problem}") from problem


def _text(content: bytes) -> bytes:
    # A character at a time in numpy: 40 million numbers take a minute through loadtxt.
    characters = np.frombuffer(content, np.uint8)
    is_digit = (characters == ord("0")) | (characters == ord("1"))
    if not np.isin(characters[~is_digit], np.frombuffer(b" \t\r\n", np.uint8)).all():
        raise ValueError("not rows of 0 and 1")
    return (characters[is_digit] - np.uint8(ord("0"))).tobytes()
