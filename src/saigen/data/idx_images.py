"""MNIST and Fashion-MNIST: four IDX files, of which the last 10,000 training rows validate."""

import numpy as np

from saigen.data import idx
from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher
from saigen.data.registry import Entry


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Fetch and split; images are [n, 28, 28, 1] uint8, labels [n] int64."""
    raw = fetcher.fetch(entry)
    arrays = {name: idx.decode(content) for name, content in raw.contents.items()}
    images, labels = arrays["train-images-idx3-ubyte"], arrays["train-labels-idx1-ubyte"]
    cut = entry.splits["train"]
    parts = {
        "train": (images[:cut], labels[:cut]),
        "valid": (images[cut:], labels[cut:]),
        "test": (arrays["t10k-images-idx3-ubyte"], arrays["t10k-labels-idx1-ubyte"]),
    }
    made: dict[str, np.ndarray] = {}
    for split, (split_images, split_labels) in parts.items():
        made[f"{split}_images"] = split_images[..., np.newaxis]
        made[f"{split}_labels"] = split_labels.astype(np.int64)
    return Draft(made, {"source": raw.source})
