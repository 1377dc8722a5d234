"""The order in which examples are seen: a pure function of (seed, step)."""

from functools import lru_cache

import numpy as np

from saigen.engine import rng


def batch_indices(seed: int, first: int, steps: int, batch: int, examples: int) -> np.ndarray:
    """Return which examples the steps `first`, …, `first + steps - 1` see.

    Every epoch is a fresh permutation; examples that do not fill a last batch wait for another
    epoch's permutation.

    Args:
      seed: the seed of the run.
      first: the first step, from 0.
      steps: how many steps.
      batch: examples in a batch.
      examples: size of the training set.

    Returns:
      [steps, batch] int32, in [0, examples).
    """
    if batch > examples:
        raise ValueError(f"a batch of {batch} from {examples} examples")
    per_epoch = examples // batch
    chosen = np.empty([steps, batch], np.int32)
    for row, step in enumerate(range(first, first + steps)):
        epoch, place = divmod(step, per_epoch)
        order = _permutation(seed, epoch, examples)
        chosen[row] = order[place * batch : (place + 1) * batch]
    return chosen


@lru_cache(maxsize=2)
def _permutation(seed: int, epoch: int, examples: int) -> np.ndarray:
    return rng.generator(seed, "data order", epoch).permutation(examples).astype(np.int32)
