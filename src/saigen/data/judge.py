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
from saigen.errors import SaigenError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The folder of judges, beside the prepared sets.
FOLDER = "judges"
_WEIGHT, FEATURES = "classifier/", "test_features"


class Judge(NamedTuple):
    """A classifier and what it says of the test images, as `saigen.metrics.judged` returns them."""

    weights: Mapping[str, np.ndarray]
    features: np.ndarray
    facts: dict[str, Any]


class Kept(NamedTuple):
    """A judge in a file.

    Attributes:
      judge: itself.
      code: digest of the code that trained it.
      images: digest of what it was trained and tested on.
      of: digest of the scored set that carried it.
    """

    judge: Judge
    code: str
    images: str
    of: str


def path_of(name: str, data: Path) -> Path:
    """Return where the judge of a scored set lies; `data` is the folder of prepared sets."""
    return data / FOLDER / f"{name}.npz"


def write(dataset: Dataset, target: Path) -> bool:
    """Write the judge of a scored set; the same set gives the same bytes.

    Returns:
      False, and nothing is written, where the set carries none that says what code trained it.
    """
    if not {"classifier", "classifier_code"} <= dataset.facts.keys():
        return False
    taken = {
        key: array
        for key, array in dataset.arrays.items()
        if key.startswith(_WEIGHT) or key == FEATURES
    }
    facts = {
        "classifier": dataset.facts["classifier"],
        "code": dataset.facts["classifier_code"],
        "images": digest_of_images(dataset.arrays),
        "of": dataset.digest,
    }
    save(target, dataset.name, taken, facts)
    return True


def read(path: Path, origin: Path | None = None) -> Kept:
    """Return the judge in a file.

    Args:
      path: the file.
      origin: what the user knows it by, where that is another; for errors.

    Raises:
      SaigenError: it is damaged, or no judge.
    """
    try:
        held = load(path)
        weights = {
            key.removeprefix(_WEIGHT): array
            for key, array in held.arrays.items()
            if key.startswith(_WEIGHT)
        }
        judge = Judge(weights, held.arrays[FEATURES], dict(held.facts["classifier"]))
        note_of(judge.facts)
        kept = Kept(judge, *(str(held.facts[key]) for key in ("code", "images", "of")))
        if not weights or any(a.dtype != np.float32 for a in (*weights.values(), judge.features)):
            raise ValueError("weights and features are float32")
    except (SaigenError, KeyError, TypeError, ValueError) as problem:
        why = str(problem).removeprefix(f"{path}: ")
        raise SaigenError(
            f"{origin or path}: the classifier of {path.stem} is damaged ({why}); fetch it "
            "again, or delete it: the set then gets a classifier of its own"
        ) from None
    return kept


def digest_of_images(arrays: Mapping[str, np.ndarray]) -> str:
    """Return the digest of what a classifier is trained and tested on."""
    wanted = {f"{split}_{kind}" for split in SPLITS for kind in ("images", "labels")}
    return digest_of_arrays({key: arrays[key] for key in wanted & set(arrays)})


def note_of(facts: Mapping[str, Any]) -> str:
    """Return the note for tables that tells a classifier's facts."""
    return (
        f"scores and distances by a classifier of its own (digest {facts['digest']}, test "
        f"accuracy {facts['accuracy']:.3f}), never comparable with Inception's; real test images "
        f"score {facts['score']:.2f}, two sets of {facts['floor_images']} of them lie "
        f"{facts['floor']:.2f} apart"
    )
