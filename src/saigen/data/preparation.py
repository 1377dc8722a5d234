"""From a dataset's name to a prepared file, whatever it takes."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from saigen.data import (
    bernoulli_mnist,
    binarized_mnist,
    catalogue,
    cifar10,
    english_text,
    feature_network,
    idx_images,
    image_folder,
    judge,
    scored,
    synthetic_images,
    synthetic_text,
)
from saigen.data.dataset import Dataset, Draft, save
from saigen.data.fetch import Fetcher
from saigen.data.refused import Refused
from saigen.data.registry import Entry, describe, names
from saigen.data.sources import sources_of
from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.files import digest_of
from saigen.fingerprint import fingerprint, parts

MAKERS: dict[str, Callable[[Entry, Fetcher], Draft]] = {
    "idx_images": idx_images.make,
    "binarized_mnist": binarized_mnist.make,
    "bernoulli_mnist": bernoulli_mnist.make,
    "catalogue_images": catalogue.make_images,
    "catalogue_text": catalogue.make_text,
    "cifar10": cifar10.make,
    "english_text": english_text.make,
    "feature_network": feature_network.make,
    "synthetic_digits": synthetic_images.make_digits,
    "synthetic_binary_digits": synthetic_images.make_binary_digits,
    "synthetic_colours": synthetic_images.make_colours,
    "synthetic_text": synthetic_text.make,
}

ImageFolders = Mapping[str, str | Path | Mapping[str, object]]
_NONE: ImageFolders = MappingProxyType({})

#: Images that a scored set's classifier needs: its features have a scale from two to train on, and
#: the two halves of the test images a covariance each.
_FEWEST = {"train": 2, "test": 4}


class Reach(NamedTuple):
    """One place where a dataset may come from, and whether it would have it."""

    source: str
    ok: bool
    why: str


def prepare(
    name: str,
    target: Path | str,
    *,
    folder: Path | str,
    mirrors: Sequence[Path | str] = (),
    image_folders: ImageFolders = _NONE,
    offline: bool = False,
    log: Callable[[str], None] = print,
) -> Dataset:
    """Make the prepared file of a dataset and return it opened.

    Args:
      name: a registered dataset, or a key of `image_folders`.
      target: the .npz to write, atomically; the same content and source give the same bytes.
      folder: where downloads go and stay, so that a second call needs no network.
      mirrors: folders to look in first; SAIGEN_MIRROR adds more after them.
      image_folders: the user's own folders of images, see image_folder.Options.
      offline: ask no source outside this machine.
      log: called with one line a step.

    Raises:
      UsageError: no dataset has this name, or the options of an image folder are wrong.
      SaigenError: no source could give it; every refusal is listed.
    """
    fetcher = Fetcher(Path(folder).expanduser(), mirror_folders(mirrors), offline, log)
    entry, draft = _draft(name, image_folders, fetcher, Path(target).parent, log)
    return save(target, name, draft.arrays, entry.facts() | draft.facts)


def _draft(
    name: str, image_folders: ImageFolders, fetcher: Fetcher, made: Path, log: Callable[[str], None]
) -> tuple[Entry, Draft]:
    """Make a dataset by its name: a user's folder, a scored set, or one of the registry's.

    `made` is the folder of prepared sets, where kept judges lie.
    """
    if name in image_folders:
        options = _options(name, image_folders)
        draft = image_folder.make(name, options, log)
        what = f"images of {options.path.name}"
        return Entry(name, what, maker="", licence="the user's own", citation=""), draft
    if (derived := scored.parsed(name)) is not None and name not in names():
        base, side = derived
        entry, draft = _draft(base, image_folders, fetcher, made, log)
        classes = len(draft.facts.get("classes", entry.classes))
        _check_images(name, base, draft, classes)
        draft = draft._replace(facts=entry.facts() | draft.facts)
        kept, code = judge.path_of(name, made), fingerprint("saigen.metrics.judged")
        draft = scored.score(base, draft, side, classes, kept, code, log)
        return scored.entry(entry, name, side), draft
    entry = _entry(name, image_folders)
    return entry, MAKERS[entry.maker](entry, fetcher)


def _check_images(name: str, base: str, draft: Draft, classes: int) -> None:
    """Refuse a set that has too little for a classifier.

    Not in `scored`, whose code is part of how every scored set is made: all would be made anew.
    """
    for split, fewest in _FEWEST.items():
        labels = draft.arrays.get(f"{split}_labels")
        if labels is None:
            raise SaigenError(
                f"{name}: {base} has no labelled images to train a classifier on; only a set that "
                "has some can be named with a side."
            )
        if len(labels) < fewest:
            raise SaigenError(
                f"{name}: {base} has {len(labels)} {split} images, and a classifier to judge by "
                f"needs {fewest} or more: add images (a split that has no folder is a tenth of the "
                "train images)."
            )
    if classes < 2:
        raise SaigenError(
            f"{name}: all images of {base} are of one class, and a classifier to judge by tells "
            "classes apart: put them into two or more sub-folders, one a class."
        )


def made_by(name: str) -> str:
    """Return a hash of what a prepared set comes from beside its files, for the rule that makes it.

    That is what the registry says of it, places to ask left out, and its maker's own code. Not the
    code that fetches: whatever carried the files, their content is checked.

    Args:
      name: a registered dataset, a scored set, or any other name: a user's own images.
    """

    def alone(module: str) -> str:
        return parts(module)[module]

    if name in names():
        entry = asdict(describe(name))
        for place in ("sources", "spelled"):
            del entry[place]
        made = digest_of([entry, alone(MAKERS[entry["maker"]].__module__)])
    elif (derived := scored.parsed(name)) is not None:
        by = alone(scored.__name__), fingerprint("saigen.metrics.judged")
        made = digest_of([made_by(derived[0]), *by])
    else:
        made = alone(image_folder.__name__)
    return made[:16]


def reachable(
    name: str,
    *,
    folder: Path | str,
    mirrors: Sequence[Path | str] = (),
    image_folders: ImageFolders = _NONE,
    offline: bool = False,
) -> list[Reach]:
    """Say of each source whether it would have the dataset; nothing is downloaded.

    Takes the arguments of `prepare`. A web source is asked for its headers, a package index not
    at all.
    """
    if name not in names() and (derived := scored.parsed(name)) is not None:
        name = derived[0]
    if name in image_folders:
        path = _options(name, image_folders).path
        return [Reach(str(path), path.exists(), "is there" if path.exists() else "not there")]
    entry = _entry(name, image_folders)
    if entry.made_from:
        return reachable(entry.made_from, folder=folder, mirrors=mirrors, offline=offline)
    if entry.catalogue:
        return [Reach("TensorFlow Datasets", *catalogue.reach(offline))]
    if not entry.files:
        return [Reach("made on the spot", True, "needs no download")]
    reaches = []
    for source in sources_of(entry, Path(folder).expanduser(), mirror_folders(mirrors)):
        try:
            if source.remote and offline:
                raise Refused("not asked, offline")
            reaches.append(Reach(source.name, True, source.reach()))
        except Refused as refusal:
            reaches.append(Reach(source.name, False, str(refusal)))
    return reaches


def mirror_folders(mirrors: Sequence[Path | str] = ()) -> list[Path]:
    """The given mirror folders, then those of SAIGEN_MIRROR, each once."""
    named = [*mirrors, *os.environ.get("SAIGEN_MIRROR", "").split(os.pathsep)]
    return list(dict.fromkeys(Path(mirror).expanduser() for mirror in named if str(mirror)))


def _entry(name: str, image_folders: ImageFolders) -> Entry:
    if name not in names():
        known = did_you_mean(name, [*names(), *image_folders])
        raise UsageError(f"`{name}` is not a dataset{known}.")
    return describe(name)


def _options(name: str, image_folders: ImageFolders) -> image_folder.Options:
    # A set of the catalogue may be at hand as a folder of images.
    if name in names() and not describe(name).catalogue:
        raise UsageError(
            f"data.image_folders.{name}: the name is taken by a known dataset; choose another."
        )
    return image_folder.Options.of(name, image_folders[name])
