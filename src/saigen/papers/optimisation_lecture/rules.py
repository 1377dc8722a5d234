"""The lecture's optimisers: the project's own, with what its slides give beside the rate."""

from typing import Any

import tensorflow as tf

from saigen.nets.first_order import Optimiser, make_optimiser

#: By the slides: ε under RMSProp's root and beside AdaGrad's, ρ = 0.9 and 0.95.
SETTINGS: dict[str, dict[str, Any]] = {
    "adagrad": {"epsilon": 1e-7},
    "rmsprop": {"decay": 0.9, "epsilon": 1e-7, "under_root": True},
    "adadelta": {"decay": 0.95, "epsilon": 1e-6},
}


def lecture_optimiser(
    name: str,
    weights: dict[str, tf.Variable],
    learning_rate: float | tf.Variable,
    momentum: float | tf.Variable = 0.9,
) -> Optimiser:
    """Return one of the lecture's seven methods; `momentum` is for the two that have one."""
    settings = SETTINGS.get(name, {})
    if name in ("momentum", "nesterov"):
        settings = {"momentum": momentum}
    return make_optimiser(name, weights, learning_rate, **settings)
