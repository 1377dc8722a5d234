"""Judges: the classifiers of scored sets in files of their own, for other machines.

A classifier trained by the same code on the same images has other last bits on another processor.
The set that carries it then has another digest, and runs on the set are stale there. Beside the
prepared sets, `judges/<set>.npz` has the classifier that kept runs were judged by, and the set is
made with that one: the same bytes on any processor.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from saigen.data.dataset import SPLITS, Dataset, digest_of_arrays, load, save
from saigen.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The folder of judges, beside the prepared sets.
FOLDER = "judges"
_WEIGHT, FEATURES = "classifier/", "test_features"


class Judge(NamedTuple):
    """A classifier and what it says of the test images, as `saigen.metrics.judged` returns them."""

    weights: dict[str, np.ndarray]
    features: np.ndarray
    facts: dict[str, Any]


def path_of(name: str, data: Path) -> Path:
    """Return where the judge of a scored set lies; `data` is the folder of prepared sets."""
    return data / FOLDER / f"{name}.npz"


def keep_judge(dataset: Dataset, target: Path) -> None:
    """Write the judge of a scored set; the same set gives the same bytes.

    Raises:
      KeyError: the set carries no classifier.
    """
    taken = {
        key: array
        for key, array in dataset.arrays.items()
        if key.startswith(_WEIGHT) or key == FEATURES
    }
    facts = {
        "classifier": dataset.facts["classifier"],
        "code": _code(),
        "images": _images(dataset.arrays),
        "set": dataset.digest,
    }
    save(target, dataset.name, taken, facts)


def kept_judge(path: Path, arrays: Mapping[str, np.ndarray]) -> Judge | str:
    """Return the judge in a file, or the reason why it is not the judge of these images.

    Args:
      path: of the judge.
      arrays: `<split>_images` [n, side, side, channel] and `<split>_labels` of the set to make.

    Raises:
      SaigenError: the file is damaged.
    """
    held = load(path)
    if held.facts.get("code") != _code():
        return "it was trained by other code"
    if held.facts["images"] != _images(arrays):
        return "it was trained on other images"
    weights = {
        key.removeprefix(_WEIGHT): array
        for key, array in held.arrays.items()
        if key.startswith(_WEIGHT)
    }
    return Judge(weights, held.arrays[FEATURES], dict(held.facts["classifier"]))


def _images(arrays: Mapping[str, np.ndarray]) -> str:
    """Return the digest of what a classifier is trained and tested on."""
    wanted = {f"{split}_{kind}" for split in SPLITS for kind in ("images", "labels")}
    return digest_of_arrays({key: arrays[key] for key in wanted & set(arrays)})


def _code() -> str:
    """Return the digest of the code that trains classifiers."""
    return fingerprint("saigen.metrics.judged")
