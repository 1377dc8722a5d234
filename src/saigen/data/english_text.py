"""English text that every Python carries: the language reference behind `help()`."""

import platform

import numpy as np

from saigen.data.dataset import Draft
from saigen.data.fetch import Fetcher
from saigen.data.registry import Entry


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Read the text and split it; every split is [character] uint8."""
    from pydoc_data.topics import topics  # half a megabyte of source, wanted here only

    text = "\n\n".join(topics[topic] for topic in sorted(topics))
    return Draft(split_paragraphs(text), {"source": f"Python {platform.python_version()}"})


def split_paragraphs(text: str) -> dict[str, np.ndarray]:
    """Split a text at blank lines: of every ten paragraphs one validates and one tests.

    Returns:
      train_text, valid_text, test_text: [character] uint8, UTF-8.
    """
    paragraphs = [part for part in (part.strip("\n") for part in text.split("\n\n")) if part]
    places = {"train": range(8), "valid": (8,), "test": (9,)}
    arrays = {}
    for split, numbers in places.items():
        kept = [part for place, part in enumerate(paragraphs) if place % 10 in numbers]
        arrays[f"{split}_text"] = np.frombuffer("\n\n".join(kept).encode(), np.uint8)
    return arrays
