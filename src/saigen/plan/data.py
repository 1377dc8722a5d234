"""Data to calibrate on: the prepared file, or something of the same shape."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from saigen.config import Config
from saigen.data import describe, prepare, scored
from saigen.data.dataset import SPLITS, save
from saigen.errors import SaigenError

#: Training images of a stand-in: what a step costs does not depend on how many there are.
_ENOUGH = 5000


def data_for(
    name: str | None, config: Config, prepared: Path, scratch: Path, tell: Callable[[str], None]
) -> tuple[Path | None, str | None]:
    """Return data to calibrate on, and a note where it is a stand-in.

    The prepared file; else the dataset made from what is on this machine; else synthetic images
    of the same shape. Nothing is downloaded.

    Args:
      name: the dataset, or None.
      config: says where data lies.
      prepared: folder of prepared datasets.
      scratch: folder for what is made here.
      tell: takes a line where that takes a while.
    """
    if name is None:
        return None, None
    for target in (prepared / f"{name}.npz", scratch / f"{name}.npz"):
        if target.is_file():
            return target, None
    if scored.parsed(name):
        tell(f"Preparing {name} to measure on, with a classifier: a minute or two …")
    try:
        prepare(
            name,
            target,
            folder=config.data.folder,
            mirrors=config.data.mirrors,
            image_folders=config.data.image_folders,
            offline=True,
            log=lambda line: None,
        )
        return target, None
    except SaigenError:
        return stand_in(name, scratch), f"{name} is not here yet: measured on a synthetic stand-in"


def stand_in(name: str, scratch: Path) -> Path:
    """Make synthetic data of the shape of a dataset, and return its file.

    A scored set gets a synthetic scored set: its classifier has the same size.
    """
    derived = scored.parsed(name)
    entry = describe(derived[0] if derived else name)
    kind = "binary_digits" if entry.binary else "digits"
    if "colour" in entry.what:
        kind = "colours"
    elif "x" not in entry.what.rpartition(" ")[2]:
        kind = "text"
    target = scratch / f"{name}.npz"
    like = f"synthetic_{kind}" + (f"_{derived[1]}px" if derived else "")
    # A scored stand-in has its size; that of the catalogue has its own.
    side = None if derived else entry.catalogue.get("size")
    made = prepare(like, target, folder=scratch, log=lambda line: None)
    arrays = {}
    for key, array in made.arrays.items():
        split = next((split for split in SPLITS if key.startswith(f"{split}_")), None)
        if split is None:
            arrays[key] = array
            continue
        if side and key.endswith("_images"):
            array = scored.resized(array, side)
        wanted = min(entry.splits.get(split, len(array)), _ENOUGH if split == "train" else 10**6)
        arrays[key] = np.resize(array, (wanted, *array.shape[1:]))
    save(target, name, arrays, made.facts)
    return target
