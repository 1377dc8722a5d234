"""The 200 random architectures: the space of table 1, and the list drawn from it.

The list is `architectures.csv`, drawn once with the seed below and without replacement, before any
was trained; a test holds the two together. Departure: the paper's own list was not published.

Source: Gulrajani et al. 2017, table 1 and appendix B.
"""

import csv
from dataclasses import dataclass, fields
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

SEED, DRAWN = 2017, 200
#: Weight decay of a critic that is normalised, in both methods.
DECAY = 1e-3

ACTIVATIONS = ("relu", "leaky_relu", "softplus", "tanh")
DEPTHS = (4, 8, 12, 20)
FILTERS = (32, 64, 128)

_LIST = Path(__file__).parent / "architectures.csv"


@dataclass(frozen=True)
class Architecture:
    """What table 1 varies, for the generator and for the critic."""

    generator_activation: str
    generator_depth: int
    generator_norm: bool
    generator_filters: int
    critic_activation: str
    critic_depth: int
    critic_norm: bool
    critic_filters: int


def space() -> list[Architecture]:
    """Return all 9,216 architectures, in a fixed order."""
    one = [ACTIVATIONS, DEPTHS, (True, False), FILTERS]
    return [Architecture(*levels) for levels in product(*one, *one)]


def draw() -> list[Architecture]:
    """Draw the list: the chance of every architecture is the same."""
    everything = space()
    generator = np.random.Generator(np.random.Philox(SEED))
    # Raw words only: NumPy promises them for ever, and its distributions not.
    order = np.argsort(generator.bit_generator.random_raw(len(everything)), kind="stable")
    return [everything[index] for index in order[:DRAWN]]


@cache
def architectures() -> tuple[Architecture, ...]:
    """Return the list as it was drawn."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def architecture(number: int) -> Architecture:
    """Return one of the list, from 0."""
    return architectures()[number]


def write() -> None:
    """Write the list; run once."""
    names = [field.name for field in fields(Architecture)]
    with _LIST.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["number", *names])
        for number, found in enumerate(draw()):
            writer.writerow([number, *(getattr(found, name) for name in names)])


def _read(row: dict[str, str]) -> Architecture:
    return Architecture(
        row["generator_activation"],
        int(row["generator_depth"]),
        row["generator_norm"] == "True",
        int(row["generator_filters"]),
        row["critic_activation"],
        int(row["critic_depth"]),
        row["critic_norm"] == "True",
        int(row["critic_filters"]),
    )
