"""Training of every GAN of the paper to a target distance, with looks at a fixed ratio."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, inf, log
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key, normal
from saigen.engine.task import Params, Task
from saigen.nets.shape import Shape
from saigen.papers.critical_batch.crossing import IN_A_ROW
from saigen.papers.critical_batch.judge import Judge
from saigen.papers.critical_batch.networks import LATENT, NETWORKS
from saigen.papers.critical_batch.probe import Probe
from saigen.papers.critical_batch.two_time_scales import TwoTimeScales

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Samples drawn at once in an evaluation: their batch norm has statistics of its own batch.
DRAWN_AT_ONCE = 100
#: Samples kept to be looked at.
SHOWN = 64
#: Settings that no trace holds.
SIZES = (
    *("curve_samples", "stretch", "probes", "growth", "images", "least_steps"),
    *("target", "stricter", "stretched_target", "stretched_stricter"),
)
#: The setting that holds the stricter target of each reading of the images, by its metric: the two
#: distances lie on scales of their own.
STRICTER = {"frechet": "stricter", "frechet_stretched": "stretched_stricter"}

_judges: dict[str, Judge] = {}


def look_is_due(step: int, every: int, growth: float) -> bool:
    """Say whether a course is looked at: whenever the step has grown by `growth` since.

    A look every 5% of the steps so far is a cadence of at most 5% of any N, at a cost that grows
    with log N alone. Looks fall on multiples of `every`.

    Args:
      step: a multiple of `every`.
      growth: above 1.
    """
    if step <= every:
        return True
    return floor(log(step) / log(growth)) > floor(log(step - every) / log(growth))


class Training:
    """A GAN, its data and its judge.

    Args:
      params: `network`, `width`, `norm`, what `TwoTimeScales` reads, `batch_size`, and how to look:
        `evaluate_every` and `growth`, `curve_samples`, `stretch` (measure stretched images too),
        `probes` (mini-batches of `probe_batch` for gradient noise; 0 for none), `images` and
        `least_steps` (end after so many of both), `target` and `stricter` (distances; 0: told by
        the pilot, never end for them), `stretched_target` and `stretched_stricter` (the same of
        stretched images), `inception`. A run ends once every reading it takes has been at its
        stricter target in two looks running.
      dataset: see `Judge`.
    """

    def __init__(self, params: Params, dataset: Dataset) -> None:
        self.params = params
        images, labels = dataset.images("train"), dataset.labels("train")
        self.examples = len(images)
        self._images, self._labels = tf.constant(images), tf.constant(labels, tf.int32)
        classes = max(1, len(dataset.facts["classes"]))
        shape = Shape(images.shape[1], images.shape[3], classes)
        self._shape = shape
        self.gan = TwoTimeScales(
            params, NETWORKS[params["network"]](params, shape), self._read, classes
        )
        self.sizes = {name: params[name] for name in SIZES}
        self._judge = _judge(dataset, params["inception"])
        self._drawn = tf.function(self._some, autograph=False)
        batch = params["probe_batch"]
        self._probe = Probe(self.gan, params["optimiser"], batch, self.examples)
        # How many looks running have found each reading's stricter target; a variable, so that a
        # resume knows.
        self._in_a_row = tf.Variable([0] * len(STRICTER), trainable=False)

    def task(self) -> Task:
        """Return the training as the engine wants it."""
        params = self.params
        return Task(
            variables={**self.gan.variables, "looks at the target": self._in_a_row},
            initial=lambda seed: {
                **self.gan.initial(seed),
                "looks at the target": np.zeros(len(STRICTER), np.int32),
            },
            step=self.gan.step,
            metrics=self.gan.metrics,
            steps=params["steps"],
            batch_size=params["batch_size"],
            examples=self.examples,
            log_every=params["log_every"],
            evaluate_every=params["evaluate_every"],
            evaluate=self.evaluate,
            stops=self.stops,
            samples=lambda seed: {"images": self.drawn(seed, SHOWN)},
            live=self.gan.rates,
            sizes=self.sizes,
        )

    def stops(self, step: int) -> bool:
        """Say whether the run has seen its images and taken its steps, or reached its targets.

        Images alone would give a batch of 2,048 too few steps to get anywhere, steps alone a batch
        of 4 too few images.
        """
        seen = step * self.params["batch_size"] >= self.sizes["images"]
        ended = seen and step >= self.sizes["least_steps"]
        readings = len(STRICTER) if self.sizes["stretch"] else 1
        return ended or bool((self._in_a_row.numpy()[:readings] >= IN_A_ROW).all())

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Look at the course where that is due.

        Returns:
          frechet; batch_size, target and stricter, as set; frechet_stretched and its targets where
          `stretch`; and what `Probe` has where `probes`.
        """
        every = self.params["evaluate_every"]
        if not (final or look_is_due(step, every, self.sizes["growth"])):
            return {}
        images = self.drawn(seed, self.sizes["curve_samples"])
        found = {"frechet": self._judge(images), "batch_size": float(self.params["batch_size"])}
        found |= self._as_set("target", "stricter")
        if self.sizes["stretch"]:
            found["frechet_stretched"] = self._judge(images, stretch=True)
            found |= self._as_set("stretched_target", "stretched_stricter")
        self._in_a_row.assign(self._counted(found))
        if self.sizes["probes"]:
            found |= self._probe(seed, step, self.sizes["probes"])
        return found

    def _as_set(self, *names: str) -> dict[str, float]:
        return {name: float(self.sizes[name]) for name in names}

    def _counted(self, found: Mapping[str, float]) -> list[int]:
        """Return how many looks running have found each reading's stricter target.

        A reading that had its looks keeps them while the run goes on for the other.
        """
        counts = []
        for count, (metric, aim) in zip(self._in_a_row.numpy(), STRICTER.items(), strict=True):
            there = found.get(metric, inf) <= self.sizes[aim]
            counts.append(int(count) if count >= IN_A_ROW else int(there) * (int(count) + 1))
        return counts

    def drawn(self, seed: int, n: int) -> np.ndarray:
        """Return n samples, from the same latents at every step: [n, side, side, channel] uint8."""
        parts = [
            self._drawn(tf.constant(seed), tf.constant(part)).numpy()
            for part in range(-(-n // DRAWN_AT_ONCE))
        ]
        images = np.nan_to_num(np.concatenate(parts)[:n])
        return ((images + 1.0) * 127.5 + 0.5).clip(0, 255).astype(np.uint8)

    def _some(self, seed: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
        z = normal(Key(seed, part)("evaluation latent"), [DRAWN_AT_ONCE, LATENT])
        return self.gan.pair.generator(z, tf.range(DRAWN_AT_ONCE) % self._shape.classes)

    def _read(self, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images = tf.cast(tf.gather(self._images, rows), tf.float32)
        return images / 127.5 - 1.0, tf.gather(self._labels, rows)


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one GAN; a step is one update of D and one of G."""
    return Training(params, dataset).task()


def _judge(dataset: Dataset, inception: str) -> Judge:
    """Return the judge of a dataset; one for all variants that a process trains."""
    name = f"{dataset.digest} {inception}"
    if name not in _judges:
        _judges[name] = Judge(dataset, inception)
    return _judges[name]
