"""CIFAR-10 from its binary version; the last 5,000 training images validate."""

import numpy as np

from saigen.data import archives
from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher, as_it_is
from saigen.data.registry import Entry
from saigen.errors import SaigenError

_ARCHIVE = "cifar-10-binary.tar.gz"
_TRAIN = [f"data_batch_{number}.bin" for number in range(1, 6)]
_RECORDS = 10_000  # in each file
_RECORD = 1 + 3 * 32 * 32  # a label, then the red, green and blue planes


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Fetch and split; images are [n, 32, 32, 3] uint8, labels [n] int64."""
    raw = fetcher.fetch(entry, as_it_is)
    batches = {
        path.rpartition("/")[2]: content
        for path, content in archives.members(raw.contents[_ARCHIVE], _ARCHIVE)
        if path.endswith(".bin")
    }
    images, labels = read([_batch(batches, name) for name in _TRAIN])
    cut = entry.splits["train"]
    test_images, test_labels = read([_batch(batches, "test_batch.bin")])
    arrays = {
        "train_images": images[:cut],
        "train_labels": labels[:cut],
        "valid_images": images[cut:],
        "valid_labels": labels[cut:],
        "test_images": test_images,
        "test_labels": test_labels,
    }
    return Draft(arrays, {"source": raw.source})


def read(batches: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Return images [n, 32, 32, 3] uint8 and labels [n] int64 from records end to end."""
    records = np.frombuffer(b"".join(batches), np.uint8).reshape(-1, _RECORD)
    planes = records[:, 1:].reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), records[:, 0].astype(np.int64)


def _batch(batches: dict[str, bytes], name: str) -> bytes:
    content = batches.get(name, b"")
    if len(content) != _RECORDS * _RECORD:
        raise SaigenError(
            f"cifar10: {name} in {_ARCHIVE} has {len(content)} bytes, not {_RECORDS * _RECORD}."
        )
    return content
