"""The 200 random architectures: the space of table 1, and the list drawn from it.

The list is drawn with the seed below and without replacement; it stands for readers in
`architectures.csv`, written before any was trained, and a test holds the two together. Departure:
the paper's own list was not published.

Source: Gulrajani et al. 2017, table 1 and appendix B.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

SEED, DRAWN = 2017, 200
#: Weight decay of a critic that is normalised, in both methods.
DECAY = 1e-3

ACTIVATIONS = ("relu", "leaky_relu", "softplus", "tanh")
DEPTHS = (4, 8, 12, 20)
FILTERS = (32, 64, 128)


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


@cache
def architectures() -> tuple[Architecture, ...]:
    """Return the list: the chance of every architecture is the same.

    It is drawn and not read, since a file is in no trainer's fingerprint.
    """
    everything = space()
    generator = np.random.Generator(np.random.Philox(SEED))
    # Raw words only: NumPy promises them for ever, and its distributions not.
    order = np.argsort(generator.bit_generator.random_raw(len(everything)), kind="stable")
    return tuple(everything[index] for index in order[:DRAWN])


def architecture(number: int) -> Architecture:
    """Return one of the list, from 0."""
    return architectures()[number]
