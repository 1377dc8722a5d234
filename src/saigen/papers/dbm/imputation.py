"""Completion of missing pixels by a masked local search.

    x_v ← m v + (1 − m) noise;  repeat T = 0 sweeps, the known pixels held, until unchanged.

A known pixel is held by a bias that no field outweighs, so that the search is the one of training.
Of several restarts the one with the lowest energy is kept.

Source: Taniguchi et al. 2023, slide 27, in words.
Departure: masks, restarts and their number were not found. Four masks, and the best of R.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.papers.dbm.local_search import local_search
from saigen.papers.dbm.machine import Machine, State, chains_of
from saigen.papers.dbm.sweeps import noise

Array = np.ndarray

#: The log-odds of a pixel that is known: far above any field.
CERTAIN = 1e9


def masks(shape: tuple[int, int, int], bits: int) -> dict[str, Array]:
    """Return the known units of each kind of mask, [unit] float32 in {0, 1}; half or less unknown.

    All bits of a pixel, and all of its channels, are known or unknown together.
    """
    height, width, channels = shape
    rows, columns = np.mgrid[:height, :width]
    edge_row, edge_column = height // 4, width // 4
    middle = (rows >= edge_row) & (rows < height - edge_row)
    middle &= (columns >= edge_column) & (columns < width - edge_column)
    unknown = {
        "top": rows < height // 2,
        "left": columns < width // 2,
        "centre": middle,
        # One fixed draw, whatever the seed of the run.
        "random": rng.generator(0, "mask").random((height, width)) < 0.5,
    }
    each = channels * bits
    return {
        name: np.repeat(1.0 - where.ravel(), each).astype(np.float32)
        for name, where in unknown.items()
    }


def masked_search(
    machine: Machine, known: tf.Tensor, visible: tf.Tensor, restarts: int, key: Key
) -> tuple[tf.Tensor, tf.Tensor]:
    """Complete images, and return them with the energy of what was found.

    Args:
      known: m, [unit] in {0, 1}.
      visible: [image, unit]; entries where m = 0 are not read.
      restarts: searches from different noise.

    Returns:
      The completions [image, unit] of the lowest energy, and these energies [image] nats.
    """
    count, seed = chains_of(visible), key("imputation noise")
    certain = tf.where(visible > 0.0, CERTAIN, -CERTAIN)
    first = tf.where(known > 0.0, certain, machine.biases[0])
    clamped = replace(machine, biases=[first, *machine.biases[1:]])

    def search(restart: tf.Tensor) -> State:
        folded = tf.random.experimental.stateless_fold_in(seed, restart, alg="philox")
        scattered, *hidden = noise(machine, count, folded)
        start = known * visible + (1.0 - known) * scattered
        return local_search(clamped, [start, *hidden])[0]

    def body(restart: tf.Tensor, best: tf.Tensor, lowest: tf.Tensor) -> tuple:
        found = search(restart)
        energy = machine.energy(found)
        better = energy < lowest
        best = tf.where(better[:, tf.newaxis], found[0], best)
        return restart + 1, best, tf.minimum(energy, lowest)

    _, best, lowest = tf.while_loop(
        lambda restart, best, lowest: restart < restarts,
        body,
        (tf.constant(0), visible, tf.fill([count], np.float32(np.inf))),
        parallel_iterations=1,
    )
    return best, lowest


def mean_completion(known: Array, visible: Array, train: Array) -> Array:
    """Return the images with unknown units set to the training images' more frequent value."""
    usual = (train.mean(0) >= 0.5).astype(visible.dtype)
    return np.where(known > 0.0, visible, usual)


def nearest_completion(known: Array, visible: Array, train: Array) -> Array:
    """Return the images with unknown units taken from the training image nearest in the known."""
    seen = np.flatnonzero(known > 0.0)
    a, b = visible[:, seen].astype(np.float32), train[:, seen].astype(np.float32)
    # |a − b| of 0/1 units: a + b − 2ab, summed; |a| is the same for every candidate.
    nearest = np.argmin(b.sum(1) - 2.0 * (a @ b.T), axis=1)
    return np.where(known > 0.0, visible, train[nearest])


def error(known: Array, found: Array, visible: Array, pixels: Callable[[Array], Array]) -> float:
    """Return the mean absolute error of the unknown pixels' grey levels, in [0, 1]."""
    wrong = np.abs(pixels(found) - pixels(visible))
    hidden = pixels(np.broadcast_to(1.0 - known, visible.shape)) > 0.0
    return float(wrong[hidden].mean())
