"""A small text written on the spot by a grammar, to try language models without any download."""

import numpy as np

from saigen.data.dataset import Draft
from saigen.data.english_text import split_paragraphs
from saigen.data.fetch import Fetcher
from saigen.data.registry import Entry

SEED = 3
_PARAGRAPHS, _SENTENCES = 200, 5

_WORDS = {
    "the": ["the", "a", "one", "every", "this", "no"],
    "good": ["small", "old", "green", "quiet", "quick", "narrow", "warm", "second"],
    "cat": ["cat", "river", "teacher", "stone", "garden", "letter", "bird", "street", "child"],
    "sees": ["sees", "finds", "follows", "keeps", "draws", "forgets", "likes", "opens"],
    "slowly": ["slowly", "again", "today", "at night", "without a word", "in the rain"],
}
_SHAPES = [
    "the cat sees the cat",
    "the good cat sees the cat",
    "the cat sees the good cat slowly",
    "slowly the cat sees the good cat",
    "the good cat sees the cat, and the cat sees the cat",
]


def make(entry: Entry, fetcher: Fetcher) -> Draft:
    """Write and split the text; every split is [character] uint8."""
    stream = np.random.Philox(key=SEED)
    paragraphs = (
        " ".join(_sentence(stream) for _ in range(_SENTENCES)) for _ in range(_PARAGRAPHS)
    )
    arrays = split_paragraphs("\n\n".join(paragraphs))
    return Draft(arrays, {"source": "written by Saigen", "seed": SEED})


def _sentence(stream: np.random.BitGenerator) -> str:
    """A sentence shape with every word exchanged for one of its kind."""
    words = []
    for word in _pick(_SHAPES, stream).split():
        kind = word.rstrip(",")
        words.append(_pick(_WORDS.get(kind, [kind]), stream) + word[len(kind) :])
    return " ".join(words).capitalize() + "."


def _pick(choices: list[str], stream: np.random.BitGenerator) -> str:
    return choices[int(stream.random_raw()) % len(choices)]
