"""How good a machine is: its samples, reconstructions, modes and likelihood.

Samples are drawn in three ways, each told apart in every metric's name: `mode`, where a local
search from noise ends; `sample`, one Gibbs sweep after that (the method's own samples); `gibbs`,
many Gibbs sweeps from noise, which a machine whose law is good must stand.

Source: `sample` and `reconstruct` of the official program. It computes no FID and no likelihood.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.metrics.classifier import Classifier
from saigen.metrics.frechet import FewSamples, Moments, frechet_distance, moments
from saigen.metrics.inception import Inception
from saigen.papers.dbm import sampling
from saigen.papers.dbm.learner import Learner
from saigen.papers.dbm.machine import State
from saigen.papers.dbm.partition import log_mean
from saigen.papers.dbm.pixels import Pixels

#: Samples worth looking at, of each kind.
SHOWN = 36


class Fidelity:
    """The Fréchet distance to real test images, in the features of a network.

    Args:
      pixels: how the machine sees images.
      inception: path of the prepared Inception graph; empty for the dataset's own classifier.

    Real images are taken as the machine sees them, with as many bits a pixel: a one-bit machine is
    compared with thresholded images. Sets of equal size are compared with sets of equal size.
    """

    def __init__(self, pixels: Pixels, inception: str = "") -> None:
        self._pixels, self._coloured = pixels, bool(inception)
        self._network = Inception(inception) if inception else Classifier.of(pixels.dataset)
        self._real: dict[int, Moments] = {}
        self._of_data: dict[tuple[int, int], dict[str, float]] = {}

    def __call__(self, units: np.ndarray) -> float:
        """Return the distance of samples [sample, unit] in {0, 1} to as many test images."""
        if len(units) not in self._real:
            real = self._pixels.units("test", len(units))
            self._real[len(units)] = self._moments(real)
        return _distance(self._moments(units), self._real[len(units)])

    def of_data(self, count: int, seed: int) -> dict[str, float]:
        """Return the distances that a generator is held against: no machine's, so found once.

        `floor`, of training images; `means`, of images whose units are drawn independently, each
        with its mean over the training images; `noise`, of units that are fair coins.
        """
        if (count, seed) in self._of_data:
            return self._of_data[count, seed]
        draws = rng.generator(seed, "floor and ceiling")
        train = self._pixels.units("train")
        rows = draws.choice(len(train), min(count, len(train)), replace=False)
        grey = draws.integers(0, 2, [count, train.shape[1]]).astype(np.uint8)
        coins = draws.random(grey.shape, np.float32) < train.mean(0, dtype=np.float32)
        means = coins.astype(np.uint8)
        found = {"floor": self(train[rows]), "noise": self(grey), "means": self(means)}
        return self._of_data.setdefault((count, seed), found)

    def _moments(self, units: np.ndarray) -> Moments:
        images = self._pixels.images(units) * 255.0
        if self._coloured and images.shape[-1] == 1:  # Inception sees grey as three equal channels
            images = np.repeat(images, 3, -1)
        return moments(self._network(images)[0])


@dataclass(frozen=True)
class Sizes:
    """How much of everything an evaluation takes."""

    images: int
    samples: int
    gibbs_sweeps: int
    temperatures: int
    chains: int


def sizes_in(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that evaluations read at each call, and that no trace holds."""
    names = [f"{kind}_{field.name}" for kind in ("curve", "test") for field in fields(Sizes)]
    return {name: params[name] for name in names}


class Evaluation:
    """Evaluates a learner's machine, along the way and, with more of everything, at the end.

    Args:
      sizes: how much of everything; read at each call.
      learner: whose machine.
      pixels: how it sees images.
      inception: path of the prepared Inception graph, for the distance of the last samples by it;
        empty for none.
    """

    def __init__(
        self, sizes: Mapping[str, Any], learner: Learner, pixels: Pixels, inception: str = ""
    ) -> None:
        self._sizes, self._learner, self.pixels = sizes, learner, pixels
        self.ask = sampling.compiled(tuple(learner.sizes))
        self.fidelity = Fidelity(pixels)
        self._published = Fidelity(pixels, inception) if inception else None
        mean = pixels.units("train").mean(0)
        # Log-odds of the training pixels, none of them certain: the base of annealing.
        self._base = tf.constant(np.log((mean + 0.01) / (1.01 - mean)), tf.float32)

    def __call__(self, seed: int, step: int, final: bool) -> dict[str, float]:
        """Return the metrics of the machine as it stands; the last time, of both sizes."""
        found = {f"curve_{k}": v for k, v in self._measured(self._of("curve"), seed, step).items()}
        learner = self._learner
        for place, phase in enumerate(("positive", "negative")):
            gap = float(learner.gap[place])
            if gap < 1e29:
                found[f"accepted_{phase}"] = float(learner.accepted[place])
                found[f"smallest_gap_{phase}"] = gap
                found[f"longest_search_{phase}"] = float(learner.longest[place])
        if final:
            found |= self._measured(self._of("test"), seed, step, self._published)
            found |= self._references(self._of("test"), seed)
            curve = self._references(self._of("curve"), seed)
            found |= {f"curve_{name}": value for name, value in curve.items()}
        return found

    def samples(self, seed: int) -> dict[str, np.ndarray]:
        """Return images to look at: [image, height, width, channel] uint8 in 0..255."""
        parts, key = self.parts(), rng.key(seed, -1)
        draws = key.seed, key.step
        # More than are shown, so that halves of the batch with either order of sweeps are whole.
        count = tf.constant(2 * SHOWN)
        mode, sample, _ = self.ask.drawn(parts, count, *draws)
        walked = self.gibbs_samples(count, self._of("test").gibbs_sweeps, key)
        real = self.pixels.units("test", SHOWN)
        found = {
            "data": real,
            "mode": mode[0][::2],
            "sample": sample[0][::2],
            "gibbs": walked[0][::2],
            "reconstruction": self.ask.reconstructed(parts, floats(real), *draws),
        }
        return {name: self.grey(units) for name, units in found.items()}

    def _of(self, kind: str) -> Sizes:
        """Return the sizes along the way (`curve`) or at the end (`test`)."""
        named = {field.name: self._sizes[f"{kind}_{field.name}"] for field in fields(Sizes)}
        return Sizes(**named)

    def _references(self, sizes: Sizes, seed: int) -> dict[str, float]:
        """Return what the numbers of a machine are held against, measured in the same way."""
        distances = self.fidelity.of_data(sizes.samples, seed)
        return {
            **{f"fd_{name}": value for name, value in distances.items()},
            "log_likelihood_of_means": self._of_means(sizes.images),
        }

    def _of_means(self, count: int) -> float:
        """Return the mean log p(v) of test images, in nats, by pixels drawn independently."""
        images, a = self.pixels.units("test", count), self._base.numpy()
        return float((images * a - np.logaddexp(0.0, a)).sum(1).mean())

    def parts(self) -> sampling.Parts:
        """Return the machine as it stands."""
        return sampling.parts_of(self._learner.machine())

    def gibbs_samples(self, count: tf.Tensor, sweeps: int, key: Key) -> State:
        """Return states after many Gibbs sweeps from noise."""
        parts, draws = self.parts(), (key.seed, key.step)
        start = self.ask.from_noise(parts, count, *draws)
        return self.ask.walked(parts, start, tf.constant(sweeps), *draws)

    def grey(self, units: np.ndarray | tf.Tensor) -> np.ndarray:
        """Return [image, height, width, channel] uint8 in 0..255 from units."""
        return np.rint(self.pixels.images(np.asarray(units)) * 255.0).astype(np.uint8)

    def _measured(
        self, sizes: Sizes, seed: int, step: int, published: Fidelity | None = None
    ) -> dict[str, float]:
        parts, key = self.parts(), rng.key(seed, step)
        draws = key.seed, key.step
        count = tf.constant(sizes.samples)
        mode, sample, sweeps = self.ask.drawn(parts, count, *draws)
        walked = self.gibbs_samples(count, sizes.gibbs_sweeps, key)
        images = self.pixels.units("test", sizes.images)
        guesses = self.ask.reconstructed(parts, floats(images), *draws).numpy()
        by_inception = {} if published is None else {"fid_sample": published(sample[0].numpy())}
        return {
            **by_inception,
            "fd_mode": self.fidelity(mode[0].numpy()),
            "fd_sample": self.fidelity(sample[0].numpy()),
            "fd_gibbs": self.fidelity(walked[0].numpy()),
            "unique_modes": unique(mode[0].numpy()) / sizes.samples,
            "search_sweeps": float(tf.reduce_mean(sweeps)),
            "reconstruction_error": float(np.abs(guesses - images).mean()),
            **self._likelihood(images, sizes, key),
        }

    def _likelihood(self, images: np.ndarray, sizes: Sizes, key: Key) -> dict[str, float]:
        """Return the mean log p(v) of images in nats, and what it is made of.

        log p(v) = b_0·v + log Z(v) − log Z, either Z by annealing. The posterior's has one chain
        an image, so that its mean errs low; log Z errs low too, which lifts the difference.
        """
        parts, draws = self.parts(), (key.seed, key.step)
        chains, temperatures = tf.constant(sizes.chains), tf.constant(sizes.temperatures)
        log_w = self.ask.weights_of_z(parts, self._base, chains, temperatures, *draws)
        log_z, error = log_mean(log_w.numpy())
        above = self.ask.weights_of_visible(parts, floats(images), temperatures, *draws)
        return {
            "log_likelihood": float(above.numpy().mean()) - log_z,
            "log_z": log_z,
            "log_z_error": error,
        }


def unique(units: np.ndarray) -> int:
    """Return how many different rows there are; units [row, unit] in {0, 1}."""
    return len(np.unique(np.packbits(units.astype(np.uint8), axis=1), axis=0))


def _distance(a: Moments, b: Moments) -> float:
    with warnings.catch_warnings():
        # Few samples bias every one of ours alike; their number stands in the settings.
        warnings.simplefilter("ignore", FewSamples)
        return frechet_distance(a, b)


def floats(units: np.ndarray) -> tf.Tensor:
    """Return units as the float32 tensor that machines take."""
    return tf.constant(units, tf.float32)
