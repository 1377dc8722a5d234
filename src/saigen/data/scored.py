"""Scored sets: images at one size, with the classifier by which samples of them are judged.

`<set>_<side>px` is any set of labelled images brought to side × side, with the weights of a
classifier trained on its training images and its features of the test images. The classifier is
a product of the dataset's rule, so it is trained once, whatever experiments read it, and its
digest and accuracy stand in the record of every run. Where a classifier was kept for the set (see
`saigen.data.judge`) the set is made with that one.

The test images are in an order of their own, drawn once and the same everywhere. Published files
have an order that means something: MNIST's test file has an easy half and then a hard one. There
the first n images against the rest lie 0.04 apart (n = 5,000, 16 pixels), in a random order 0.001.
Whatever takes the first images of a scored set takes a fair sample.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from saigen.data import judge
from saigen.data.dataset import SPLITS, Draft
from saigen.data.judge import Judge
from saigen.errors import SaigenError

if TYPE_CHECKING:
    from saigen.data.registry import Entry

#: Of the order of the test images.
_SEED = 0

#: A processor's rounding: at most so much of the largest.
_ROUNDING = 1e-3

_NAME = re.compile(r"([a-z][a-z0-9_]*)_([1-9][0-9]*)px")


def parsed(name: str) -> tuple[str, int] | None:
    """Return (set, side) of a scored set's name; None for any other name."""
    match = _NAME.fullmatch(name)
    return None if match is None else (match[1], int(match[2]))


def entry(base: Entry, name: str, side: int) -> Entry:
    """Return the registry's record of the scored set `name` made from `base`."""
    what = f"{base.what.rpartition(' ')[0]} {side}x{side}, with a classifier"
    return replace(base, name=name, what=what, made_from=base.name, files=(), sources=())


def score(
    name: str,
    base: Draft,
    side: int,
    classes: int,
    kept: Path,
    code: str,
    log: Callable[[str], None],
) -> Draft:
    """Bring a set's images to one size, train its classifier, and note how good that is.

    The test images and their labels are put in a random order by a seed of its own.

    Images are padded with their least bright value to a multiple of the side and averaged down,
    or padded only; they are never stretched.

    Args:
      name: of the set that it is made from.
      base: `<split>_images` [n, height, width, channel] uint8 and `<split>_labels`.
      side: pixels.
      classes: how many there are.
      kept: the file of a kept classifier, taken if it is there, of these images and of this code.
      code: digest of the code that trains classifiers.
      log: called with one line a step.

    Returns:
      The set with arrays `classifier/<weight>`, `test_features` [n, 64] float32, and in the facts
      what `judged` found, and `classifier_code`.

    Raises:
      SaigenError: the images are not square, or the kept classifier is damaged.
    """
    height, width = base.arrays["test_images"].shape[1:3]
    if height != width:
        raise SaigenError(
            f"{name}_{side}px: the images of {name} are {width}x{height}, and only squares can be "
            f"brought to {side}x{side}; `data.image_folders.{name}: {{path: ..., size: {side}}}` "
            "cuts out their middle"
        )
    # The one door to TensorFlow: other sets are fetched without it. Whoever opened it before us
    # has set it up.
    first = "tensorflow" not in sys.modules
    from saigen.engine import device, rng

    if first:
        device.set_up(device="cpu")

    arrays = dict(base.arrays)
    for split in SPLITS:
        arrays[f"{split}_images"] = resized(arrays[f"{split}_images"], side)
    order = rng.generator(_SEED, "test order").permutation(len(arrays["test_images"]))
    arrays |= {key: array[order] for key, array in arrays.items() if key.startswith("test_")}
    found = _classifier(arrays, classes, kept, code, lambda told: log(f"{name}_{side}px: {told}"))
    arrays |= {f"classifier/{key}": value for key, value in found.weights.items()}
    arrays[judge.FEATURES] = found.features
    note = "; ".join(filter(None, [base.facts.get("note", ""), judge.note_of(found.facts)]))
    facts = {"classifier": found.facts, "classifier_code": code, "note": note}
    return Draft(arrays, base.facts | facts)


def _classifier(
    arrays: dict[str, np.ndarray], classes: int, path: Path, code: str, log: Callable[[str], None]
) -> Judge:
    """Return the kept classifier where it is of these images and this code, or train one.

    Raises:
      SaigenError: the kept one is damaged, or is not what it says.
    """
    from saigen.metrics.judged import judged

    why = ""
    if path.is_file():
        kept = judge.read(path)
        if kept.code != code:
            why = f", not that of {path}: it was trained by other code"
        elif kept.images != judge.digest_of_images(arrays):
            why = f", not that of {path}: it was trained on other images"
        else:
            _check(path, kept.judge, arrays)
            log(f"with the classifier of {path}")
            return kept.judge
    log(f"training its classifier{why}")
    return Judge(*judged(arrays, classes))


def _check(path: Path, kept: Judge, arrays: dict[str, np.ndarray]) -> None:
    """Refuse a classifier whose features and facts are not what it gives here, but for rounding."""
    from saigen.metrics.judged import measured

    def near(found: Any, said: Any) -> bool:
        found, said = np.asarray(found, np.float64), np.asarray(said, np.float64)
        largest = max(1.0, float(np.abs(found).max()))
        return found.shape == said.shape and np.abs(found - said).max() <= _ROUNDING * largest

    try:
        features, facts = measured(kept.weights, arrays)
        numbers = facts.keys() - {"digest"}
        right = facts["digest"] == kept.facts["digest"] and near(features, kept.features)
        if not (right and all(near(facts[key], kept.facts[key]) for key in numbers)):
            raise ValueError("others are found here")
    except Exception as problem:  # whatever TensorFlow says of weights of another shape
        raise SaigenError(
            f"{path}: its features or its facts are not its classifier's; delete it, and the set "
            "gets a classifier of its own"
        ) from problem


def resized(images: np.ndarray, side: int) -> np.ndarray:
    """Return images at side × side, uint8: padded with 0 to the next multiple, then averaged.

    A 28 × 28 digit becomes 32 × 32 by a black frame, and 16 × 16 by averaging 2 × 2 of that. For a
    side of twice its own or more every pixel is doubled first, or more: 64 × 64 is 56 in a frame.

    Raises:
      ValueError: the images are not square.
    """
    height, width = images.shape[1:3]
    if height != width:
        raise ValueError(f"images of {height}x{width} are not square")
    larger = max(1, side // height)
    images = images.repeat(larger, axis=1).repeat(larger, axis=2)
    height *= larger
    factor = max(1, -(-height // side))
    frame = factor * side - height
    low, high = frame // 2, frame - frame // 2
    padded = np.pad(images, [(0, 0), (low, high), (low, high), (0, 0)])
    blocks = padded.reshape(len(images), side, factor, side, factor, images.shape[3])
    # Half up, in integers: the same on every machine.
    sums = blocks.sum(axis=(2, 4), dtype=np.uint32)
    return ((sums + factor**2 // 2) // factor**2).astype(np.uint8)
