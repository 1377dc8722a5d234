"""The state of several optimisers under names of their own, ready for a checkpoint."""

from collections.abc import Mapping
from typing import Protocol

import tensorflow as tf


class Optimiser(Protocol):
    """What is asked of an optimiser here."""

    @property
    def variables(self) -> dict[str, tf.Variable]:
        """Its slots, by name."""
        ...


def slots_of(optimisers: Mapping[str, Optimiser]) -> dict[str, tf.Variable]:
    """Return every optimiser's slots, as `<whose>'s <slot>`."""
    return {
        f"{whose}'s {slot}": variable
        for whose, optimiser in optimisers.items()
        for slot, variable in optimiser.variables.items()
    }
