"""What a trained machine is like: long Gibbs chains, diversity of its modes, completion of images.

A machine is trained as its parameters say; then, at its last weights,

- chains of Gibbs sweeps start from its own samples, from test images and from noise, and their
  distance to the data is followed: the law of the machine is what they all come to;
- many local searches from noise count different modes;
- halves, centres and random pixels of test images are completed.

Source: slides 22 to 27 of Taniguchi et al. 2023 for completion; chains and counts are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Params, Task
from saigen.papers.dbm.evaluation import SHOWN, Evaluation, floats, unique
from saigen.papers.dbm.imputation import (
    error,
    masks,
    mean_completion,
    nearest_completion,
)
from saigen.papers.dbm.machine import State
from saigen.papers.dbm.training import prepared

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Where a chain starts.
STARTS = ("own", "data", "noise")
_SIZES = ("test_chain_sweeps", "test_mode_starts", "test_completed_images", "test_restarts")


class Anatomy:
    """Measures the machine that an evaluation evaluates.

    Args:
      sizes: read at each call: `test_chain_sweeps`, the lengths at which chains are looked at;
        `test_samples`, how many chains; `test_mode_starts`; `test_completed_images` and
        `test_restarts`.
      evaluation: whose machine, and how it sees images.
    """

    def __init__(self, sizes: Mapping[str, Any], evaluation: Evaluation) -> None:
        self._sizes, self._evaluation = sizes, evaluation
        self._pixels = evaluation.pixels
        self._masks = masks(self._pixels.shape, self._pixels.bits)

    def measure(self, seed: int, step: int) -> dict[str, float]:
        """Return every metric, by the name of what was done and `/` to what."""
        return {
            **self._chains(seed, step),
            **self._modes(seed, step),
            **self._completions(seed, step),
        }

    def samples(self, seed: int, step: int) -> dict[str, np.ndarray]:
        """Return images of chains and completions: [image, height, width, channel] uint8."""
        grey, key = self._evaluation.grey, rng.key(seed, step)
        found = {}
        for sweeps, state in self._chain("own", 2 * SHOWN, key):
            found[f"chain_{sweeps}"] = grey(state[0][::6])
        images = self._pixels.units("test", 12)
        train = self._pixels.units("train")
        for name, known in self._masks.items():
            found[f"known_{name}"] = grey(known[np.newaxis])
            found[f"complete_{name}"] = grey(self._best(known, images, key))
            found[f"nearest_{name}"] = grey(nearest_completion(known, images, train))
        return found

    def _chains(self, seed: int, step: int) -> dict[str, float]:
        """Fréchet distance after so many sweeps, from every start."""
        return {
            f"chain_fd_{sweeps}/{start}": self._evaluation.fidelity(state[0].numpy())
            for start in STARTS
            for sweeps, state in self._chain(
                start, self._sizes["test_samples"], rng.key(seed, step)
            )
        }

    def _chain(self, start: str, count: int, key: Key) -> Iterator[tuple[int, State]]:
        """Yield (sweeps done, states) at the lengths asked for."""
        parts, draws = self._evaluation.parts(), (key.seed, key.step)
        if start == "own":
            state = self._evaluation.ask.drawn(parts, tf.constant(count), *draws)[1]
        elif start == "noise":
            state = self._evaluation.ask.from_noise(parts, tf.constant(count), *draws)
        else:
            images = self._pixels.units("test", count)
            # Where there are fewer images than chains, they come again.
            rows = np.resize(np.arange(len(images)), count)
            state = self._evaluation.ask.from_data(parts, floats(images[rows]), *draws)
        done = 0
        for sweeps in self._sizes["test_chain_sweeps"]:
            if sweeps > done:
                more = tf.constant(sweeps - done)
                state = self._evaluation.ask.walked(parts, state, more, key.seed, key.step + sweeps)
            yield sweeps, state
            done = sweeps

    def _modes(self, seed: int, step: int) -> dict[str, float]:
        """Different visible modes among local searches from noise, and the commonest's share."""
        key, count = rng.key(seed, step), self._sizes["test_mode_starts"]
        parts = self._evaluation.parts()
        mode, _, _ = self._evaluation.ask.drawn(parts, tf.constant(count), key.seed, key.step)
        rows = np.packbits(mode[0].numpy().astype(np.uint8), axis=1)
        _, often = np.unique(rows, axis=0, return_counts=True)
        data = self._pixels.units("test", count)
        return {
            "modes_unique": len(often) / count,
            "modes_commonest": float(often.max()) / count,
            "modes_unique_of_data": unique(data) / len(data),
        }

    def _completions(self, seed: int, step: int) -> dict[str, float]:
        """Error on the unknown pixels, of the machine and of two baselines."""
        found, key = {}, rng.key(seed, step)
        images = self._pixels.units("test", self._sizes["test_completed_images"])
        train = self._pixels.units("train")
        for name, known in self._masks.items():
            guesses = {
                "machine": self._best(known, images, key),
                "one_search": self._best(known, images, key, restarts=1),
                "mean_image": mean_completion(known, images, train),
                "nearest": nearest_completion(known, images, train),
            }
            for how, guess in guesses.items():
                wrong = error(known, guess, images, self._pixels.images)
                found[f"completion_{name}/{how}"] = wrong
        return found

    def _best(
        self, known: np.ndarray, images: np.ndarray, key: Key, restarts: int | None = None
    ) -> np.ndarray:
        tries = tf.constant(restarts or self._sizes["test_restarts"])
        parts, units = self._evaluation.parts(), floats(images)
        return self._evaluation.ask.completed(
            parts, tf.constant(known), units, tries, key.seed, key.step
        ).numpy()


def train(params: Params, dataset: Dataset) -> Task:
    """Build a training whose last evaluation also takes the machine apart."""
    task, evaluation = prepared(params, dataset)
    task.sizes |= {name: params[name] for name in _SIZES}
    anatomy = Anatomy(task.sizes, evaluation)

    def evaluate(seed: int, step: int, final: bool) -> Mapping[str, float]:
        found = evaluation(seed, step, final)
        return {**found, **anatomy.measure(seed, step)} if final else found

    def samples(seed: int) -> Mapping[str, np.ndarray]:
        return {**evaluation.samples(seed), **anatomy.samples(seed, task.steps)}

    task.evaluate, task.samples = evaluate, samples
    return task
