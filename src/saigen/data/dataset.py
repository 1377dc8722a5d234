"""A prepared dataset: named arrays in one .npz, with what is known about them."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.files import replacing

SPLITS = ("train", "valid", "test")
_FACTS = "facts"  # the member that holds name, digest and facts, as JSON in bytes


class Draft(NamedTuple):
    """What a maker hands over: arrays named `<split>_<kind>`, and facts beyond the registry's."""

    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """What a training run reads.

    Attributes:
      name: the dataset's name.
      arrays: `train_images`, `train_labels`, `train_text`, … by name; read when first asked for.
      digest: SHA-256 of the decoded content: of every array's name, dtype, shape and bytes.
      facts: what, source, note, licence, citation, synthetic, binary, classes, splits.
    """

    name: str
    arrays: Mapping[str, np.ndarray]
    digest: str
    facts: dict[str, Any]

    @property
    def splits(self) -> list[str]:
        """The splits there are, in the order train, valid, test."""
        return [
            split for split in SPLITS if any(key.startswith(f"{split}_") for key in self.arrays)
        ]

    def images(self, split: str) -> np.ndarray:
        """[example, height, width, channel] uint8 in 0..255, or in {0, 1} where binary."""
        return self._array(split, "images")

    def labels(self, split: str) -> np.ndarray:
        """[example] int64, an index into `facts["classes"]`."""
        return self._array(split, "labels")

    def text(self, split: str) -> np.ndarray:
        """[character] uint8: the bytes of the text in UTF-8."""
        return self._array(split, "text")

    def _array(self, split: str, kind: str) -> np.ndarray:
        if (key := f"{split}_{kind}") in self.arrays:
            return self.arrays[key]
        if split not in self.splits:
            raise UsageError(
                f"{self.name} has no split `{split}`{did_you_mean(split, self.splits)}."
            )
        raise UsageError(f"{self.name} has no {kind}.")


def digest_of_arrays(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over each array's name, dtype, shape and bytes, in the order of the names."""
    digest = hashlib.sha256()
    for key in sorted(arrays):
        array = np.ascontiguousarray(arrays[key])
        digest.update(f"{key} {array.dtype.str} {list(array.shape)}\n".encode())
        digest.update(array.data)
    return digest.hexdigest()


def save(
    target: Path | str, name: str, arrays: Mapping[str, np.ndarray], facts: dict[str, Any]
) -> Dataset:
    """Write a prepared dataset atomically and return it, read back.

    The same content and facts give the same bytes: members in order, uncompressed, no clock.
    """
    sizes = {split: len(arrays[key]) for split in SPLITS for key in arrays if key.startswith(split)}
    record = {"name": name, "digest": digest_of_arrays(arrays), "facts": facts | {"splits": sizes}}
    text = np.frombuffer(json.dumps(record, ensure_ascii=False).encode(), np.uint8)
    with replacing(target) as scratch, zipfile.ZipFile(scratch, "w") as archive:
        for key, array in [(_FACTS, text), *sorted(arrays.items())]:
            member = zipfile.ZipInfo(f"{key}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            with archive.open(member, "w", force_zip64=True) as handle:
                np.lib.format.write_array(handle, np.ascontiguousarray(array), allow_pickle=False)
    return load(target)


def load(path: Path | str) -> Dataset:
    """Open a prepared dataset; arrays are read when first asked for.

    Raises:
      SaigenError: there is no such file, or it is damaged.
    """
    arrays = _Members(Path(path))
    try:
        record = json.loads(arrays.facts())
        return Dataset(record["name"], arrays, record["digest"], record["facts"])
    except (KeyError, TypeError, ValueError) as problem:
        raise _damaged(path, "not a prepared dataset") from problem


class _Members(Mapping[str, np.ndarray]):
    """The arrays of an .npz, each read once and then kept, read-only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: dict[str, np.ndarray] = {}
        self._names = self._ask(lambda archive: [name for name in archive.files if name != _FACTS])

    def facts(self) -> bytes:
        """The record that `save` put beside the arrays."""
        return self._ask(lambda archive: archive[_FACTS].tobytes())

    def __getitem__(self, key: str) -> np.ndarray:
        if key not in self._names:
            raise KeyError(key)
        if key not in self._read:
            self._read[key] = self._ask(lambda archive: archive[key])
            self._read[key].flags.writeable = False
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _ask(self, question: Any) -> Any:
        # numpy says "damaged" in many ways: zip, CRC and header errors, short reads, a plain .npy.
        try:
            # Opened here, since np.load leaves a damaged file open.
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                return question(archive)
        except FileNotFoundError:
            mend = f"`saigen fetch {self._path.stem}` makes it"
            raise SaigenError(f"{self._path}: no such dataset file; {mend}.") from None
        except Exception as problem:
            raise _damaged(self._path, str(problem) or type(problem).__name__) from problem


def _damaged(path: Path | str, why: str) -> SaigenError:
    return SaigenError(f"{path}: the dataset file is damaged ({why}). Delete it and run again.")
