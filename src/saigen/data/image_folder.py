"""Any folder of class sub-folders of images as a dataset; in a tar or a zip too."""

import hashlib
import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps

from saigen.data import archives
from saigen.data.dataset import SPLITS, Draft
from saigen.errors import SaigenError, UsageError, did_you_mean

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
#: Of many classes, so many are told.
_SHOWN = 10
#: What split a folder is, by its name in small letters.
_SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "test": "test",
    "testing": "test",
}
_GREY = {"1", "L", "LA"}
#: Pillow's modes of 32 bits a pixel, PGMs of 16 bits too: what is white is nowhere said.
_UNBOUNDED = {"I", "F"}


@dataclass(frozen=True)
class Options:
    """What a user says of an image folder: `my_set: path` or `my_set: {path: …, size: 64}`.

    Attributes:
      path: a folder, a tar (compressed or not) or a zip.
      size: crop each image to its central square and resize it to this; None keeps all as they
        are, and then they must be of one size.
    """

    path: Path
    size: int | None = None

    @classmethod
    def of(cls, name: str, value: str | Path | Mapping[str, object]) -> "Options":
        """Read the options of the image folder `name`; UsageError tells what is wrong."""
        given = dict(value) if isinstance(value, Mapping) else {"path": value}
        for key in given.keys() - {"path", "size"}:
            known = did_you_mean(key, ["path", "size"])
            raise UsageError(f"data.image_folders.{name}: `{key}` is not an option{known}.")
        if "path" not in given:
            raise UsageError(f"data.image_folders.{name}: `path` is missing.")
        size = given.get("size")
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
            raise UsageError(f"data.image_folders.{name}.size: {size!r} is not a number of pixels.")
        return cls(Path(str(given["path"])).expanduser(), size)


@dataclass(frozen=True)
class _Picture:
    path: PurePosixPath
    pixels: np.ndarray  # [height, width] where grey, else [height, width, 3]


def make(name: str, options: Options, log: Callable[[str], None] = lambda line: None) -> Draft:
    """Decode, split and shuffle all images.

    The folders are `<class>/…/<image>`, or `train/<class>/…/<image>` with `test/` and `valid/`
    (or `val/`) beside, in capitals or in full (`training/`) too; folders around it all do not
    matter. What is hidden or no image by its suffix is not read. A split that has no folder is
    drawn from the train images, a tenth of them each. Rows are ordered by a hash of their paths:
    the same in a folder, a tar and a zip, and no split is sorted by class.

    Returns:
      Images [n, height, width, channel] uint8 with 1 channel if all are grey, else 3, and labels
      [n] int64 into the sorted class names.

    Raises:
      SaigenError: nothing there, an unreadable image, one of 32 bits a pixel, several
        sizes, no classes or not in UTF-8, splits with no train images among them.
    """
    if not options.path.exists():
        raise SaigenError(
            f"{name}: no folder or archive {options.path} (data.image_folders.{name})."
        )
    others: list[str] = []

    def is_image(path: str) -> bool:
        place = PurePosixPath(path)
        if any(part.startswith((".", "__MACOSX")) for part in place.parts):
            return False
        if place.suffix.lower() in _SUFFIXES:
            return True
        others.append(path)
        return False

    pictures = [
        _Picture(PurePosixPath(path), _pixels(content, f"{options.path}: {path}", options))
        for path, content in archives.members(options.path, wanted=is_image)
    ]
    if others:
        log(f"{name}: {len(others)} files that are no images left out")
    if not pictures:
        raise SaigenError(f"{name}: no images in {options.path}.")
    arrays, facts = _arrange(name, _unwrapped(pictures))
    log(f"{name}: {_summary(arrays, facts['classes'])}")
    return Draft(arrays, facts | {"source": str(options.path)})


def _pixels(content: bytes, label: str, options: Options) -> np.ndarray:
    stream = io.BytesIO(content)
    try:
        with Image.open(stream) as opened:
            mode = opened.mode
            image = _eight_bits(opened)
    except Exception as problem:  # Pillow's decoders fail in many ways
        why = str(problem).replace(f" {stream!r}", "")  # it has no other name for what it reads
        raise SaigenError(f"{label}: not a readable image ({why}).") from problem
    if mode in _UNBOUNDED:
        raise SaigenError(
            f"{label}: it is read with 32 bits a pixel (mode {mode}), and what is white in them is "
            "not known; save it as a PNG of 8 or 16 bits."
        )
    if options.size is not None:
        image = fitted(image, options.size)
    return np.asarray(image)


def _eight_bits(opened: Image.Image) -> Image.Image:
    if opened.mode.startswith("I;16"):
        # Pillow clips these at 255, and of colours with 16 bits keeps the upper 8, as here.
        return Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))
    return opened.convert("L" if opened.mode in _GREY else "RGB")


def fitted(image: Image.Image, size: int) -> Image.Image:
    """Return the central square of an image, resized (bicubic) to size × size."""
    return ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)


def _unwrapped(pictures: list[_Picture]) -> list[_Picture]:
    """Leave out the folders around everything, as archives of a folder have them.

    One that has images in it, not in its folders alone, is a class: the only one.
    """
    paths = [picture.path.parts for picture in pictures]
    inner = min(len(path) for path in paths)
    around = 0
    while (
        inner - around >= 3
        and len(tops := {path[around] for path in paths}) == 1
        and not _split_folders(tops)
    ):
        around += 1
    return [_Picture(PurePosixPath(*p.path.parts[around:]), p.pixels) for p in pictures]


def _arrange(name: str, pictures: list[_Picture]) -> Draft:
    pictures = sorted(pictures, key=lambda picture: _rank(picture.path))
    splits = _splits(name, {picture.path.parts[0] for picture in pictures})
    parts: dict[str, list[_Picture]] = {split: [] for split in SPLITS}
    for picture in pictures:
        parts[splits.get(picture.path.parts[0], "train")].append(picture)
    drawn = [split for split in ("valid", "test") if not parts[split]]
    tenth = max(1, len(parts["train"]) // 10)
    for split in drawn:
        parts[split], parts["train"] = parts["train"][:tenth], parts["train"][tenth:]
    if not all(parts.values()):
        raise SaigenError(f"{name}: {len(pictures)} images are too few for three splits.")

    _check_sizes(name, pictures)
    colour = any(picture.pixels.ndim == 3 for picture in pictures)
    classes = sorted({_class(name, picture, bool(splits)) for picture in pictures})
    _check_text(name, classes)
    arrays = {}
    for split, chosen in parts.items():
        labels = [classes.index(_class(name, picture, bool(splits))) for picture in chosen]
        arrays[f"{split}_images"] = np.stack([_channels(picture, colour) for picture in chosen])
        arrays[f"{split}_labels"] = np.array(labels, np.int64)
    note = "an image folder"
    if drawn:
        note += f"; {' and '.join(drawn)} drawn from its train images"
    return Draft(arrays, {"classes": classes, "note": note})


def _summary(arrays: dict[str, np.ndarray], classes: list[str]) -> str:
    labels = [arrays[f"{split}_labels"] for split in SPLITS]
    sizes = ", ".join(f"{len(some)} {split}" for split, some in zip(SPLITS, labels, strict=True))
    counts = np.bincount(np.concatenate(labels))
    shown = [f"{kind} {n}" for kind, n in zip(classes, counts, strict=True)]
    if len(shown) > _SHOWN:
        shown[_SHOWN:] = [f"and {len(shown) - _SHOWN} more"]
    return f"{sizes} images; classes ({len(classes)}): {', '.join(shown)}"


def _split_folders(tops: set[str]) -> dict[str, str]:
    """Return which split each of the folders is that is called like one."""
    lower = {top: top.lower() for top in tops}
    return {top: _SPLIT_FOLDERS[word] for top, word in lower.items() if word in _SPLIT_FOLDERS}


def _splits(name: str, tops: set[str]) -> dict[str, str]:
    """Return which split each of the folders is; of none where they are classes."""
    splits = _split_folders(tops)
    strangers = sorted(tops - splits.keys())
    # "train" alone may be a class, beside cars and ships; "train" and "test" together are splits.
    if strangers and len(splits) > 1:
        raise SaigenError(
            f"{name}: {sorted(splits)} are splits, and {strangers} beside them "
            f"are not: move them away or into train/."
        )
    if "train" in splits.values():
        return {} if strangers else splits
    # Nobody calls a class "test", and many keep such a folder.
    if (splits and not strangers) or "test" in map(str.lower, splits):
        beside = f" beside {strangers[:5]}" if strangers else ""
        raise SaigenError(
            f"{name}: found {sorted(splits)}{beside}, and no `train`. Splits are "
            "`train/<class>/`, `valid/<class>/` and `test/<class>/`: rename or move the folders; "
            "where it is a class, rename that."
        )
    return {}


def _rank(path: PurePosixPath) -> bytes:
    return hashlib.sha256(str(path).encode(errors="surrogateescape")).digest()


def _class(name: str, picture: _Picture, ready: bool) -> str:
    folders = picture.path.parts[1 if ready else 0 : -1]
    if not folders:
        raise SaigenError(f"{name}: {picture.path} lies in no class folder.")
    return folders[0]


def _check_text(name: str, classes: list[str]) -> None:
    for folder in classes:
        try:
            folder.encode()
        except UnicodeEncodeError:  # the set's record is text, and could not hold it
            shown = os.fsencode(folder).decode(errors="backslashreplace")
            raise SaigenError(
                f"{name}: the name of the class folder {shown} is not UTF-8; rename it."
            ) from None


def _check_sizes(name: str, pictures: list[_Picture]) -> None:
    first = min(pictures, key=lambda picture: picture.path)
    for picture in pictures:
        if picture.pixels.shape[:2] != first.pixels.shape[:2]:
            (h0, w0), (h1, w1) = first.pixels.shape[:2], picture.pixels.shape[:2]
            raise SaigenError(
                f"{name}: {first.path} is {w0}x{h0} and {picture.path} is {w1}x{h1}. "
                f"Set `data.image_folders.{name}.size` to resize all to one square."
            )


def _channels(picture: _Picture, colour: bool) -> np.ndarray:
    pixels = picture.pixels if picture.pixels.ndim == 3 else picture.pixels[..., np.newaxis]
    return np.broadcast_to(pixels, (*pixels.shape[:2], 3)) if colour else pixels
