"""Sets too large for a registry of files: TensorFlow Datasets fetches, checks and keeps them.

The package is not among Saigen's own; `EXTRA` says how to get it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher
from saigen.data.image_folder import fitted
from saigen.data.registry import Entry
from saigen.errors import SaigenError

EXTRA = "uv pip install tensorflow-datasets"
#: Its folder below the download folder.
FOLDER = "tensorflow_datasets"


def make_images(entry: Entry, fetcher: Fetcher) -> Draft:
    """Return images [n, size, size, channel] uint8, and labels [n] int64 (0 where it has none).

    Each image is cropped to its central square and resized (bicubic), unless it has the size.
    Classes are called by their numbers.
    """
    size = entry.catalogue["size"]
    arrays: dict[str, np.ndarray] = {}
    for split, count, examples in _splits(entry, fetcher):
        images = np.empty([count, size, size, 3], np.uint8)
        labels = np.zeros(count, np.int64)
        for place, example in enumerate(examples):
            images[place] = _square(example["image"], size)
            labels[place] = example.get("label", 0)
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = images, labels
    classes = [str(number) for number in range(arrays["train_labels"].max() + 1)]
    return Draft(arrays, {"source": _source(entry), "classes": classes})


def make_text(entry: Entry, fetcher: Fetcher) -> Draft:
    """Return [character] uint8 a split: a sentence a line."""
    arrays = {
        f"{split}_text": np.frombuffer(b"\n".join(one["text"] for one in examples), np.uint8)
        for split, _, examples in _splits(entry, fetcher)
    }
    return Draft(arrays, {"source": _source(entry)})


def reach(offline: bool) -> tuple[bool, str]:
    """Say whether a set of the catalogue could be had, as far as that is known here, and how."""
    if importlib.util.find_spec("tensorflow_datasets") is None:
        return False, f"the package is not here: `{EXTRA}`"
    return not offline, "not asked, offline" if offline else "fetches it when needed"


def _splits(entry: Entry, fetcher: Fetcher) -> Iterator[tuple[str, int, Iterator[dict]]]:
    """Yield each split's name, how many examples it has, and these."""
    library = _library(entry)
    at = fetcher.folder / FOLDER
    try:
        builder = library.builder(entry.catalogue["name"], data_dir=at)
        if not fetcher.offline:
            fetcher.log(f"{entry.name}: {builder.info.full_name} by TensorFlow Datasets, in {at}")
            builder.download_and_prepare()
        for split, wanted in entry.catalogue["splits"].items():
            count = builder.info.splits[wanted].num_examples
            yield split, count, iter(library.as_numpy(builder.as_dataset(split=wanted)))
    except Exception as problem:  # it wraps whatever a server, an archive or a disk may do
        said = " ".join(str(problem).split())[:300]
        raise SaigenError(
            f"{entry.name}: TensorFlow Datasets could not give {entry.catalogue['name']}: {said}. "
            f"Its page in the catalogue says what to put into {at / 'downloads' / 'manual'} by "
            f"hand; or name a folder of images in data.image_folders.{entry.name}."
        ) from problem


def _library(entry: Entry) -> Any:
    try:
        return importlib.import_module("tensorflow_datasets")
    except ImportError:
        raise SaigenError(
            f"{entry.name}: comes by TensorFlow Datasets, which is not here: `{EXTRA}`."
        ) from None


def _square(pixels: np.ndarray, size: int) -> np.ndarray:
    if pixels.shape[:2] == (size, size):
        return pixels
    return np.asarray(fitted(Image.fromarray(pixels), size))


def _source(entry: Entry) -> str:
    return f"TensorFlow Datasets, {entry.catalogue['name']}"
