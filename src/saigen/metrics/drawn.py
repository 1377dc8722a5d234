"""Draws images from a generator and judges them: the evaluation that image GANs share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.metrics.quality import Quality

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Images drawn at once.
AT_ONCE = 100
#: Images kept to be looked at.
SHOWN = 64
#: Settings that no trace holds: images drawn at an evaluation, and at the last one.
SIZES = ("curve_samples", "test_samples")

_judges: dict[str, Quality] = {}


class Drawn:
    """Images of a generator in training, and how good they are by the dataset's classifier.

    Args:
      generator: maps a key and how many to images [n, side, side, channel] in [−1, 1].
      dataset: a scored set (`<set>_<side>px`).
      sizes: `SIZES`, read at each evaluation.
    """

    def __init__(
        self,
        generator: Callable[[Key, int], tf.Tensor],
        dataset: Dataset,
        sizes: Mapping[str, int],
    ) -> None:
        self._generator, self._sizes = generator, sizes
        # One judge for all variants that a process trains.
        if dataset.digest not in _judges:
            _judges[dataset.digest] = Quality(dataset)
        self._quality = _judges[dataset.digest]
        self._some = tf.function(
            lambda seed, place: generator(Key(seed, place), AT_ONCE), autograph=False
        )

    def images(self, seed: int, step: int, n: int) -> np.ndarray:
        """Return n images of the generator as it stands: [n, side, side, channel] uint8."""
        places = [tf.constant(step * 1000 + part) for part in range(-(-n // AT_ONCE))]
        parts = [self._some(tf.constant(seed), place).numpy() for place in places]
        images = np.nan_to_num(np.concatenate(parts)[:n])
        return np.rint((images + 1.0) * 127.5).clip(0, 255).astype(np.uint8)

    def judged(self, seed: int, step: int, final: bool) -> dict[str, float]:
        """Return what `Quality` says, and how much the images of a batch differ.

        Returns:
          The numbers of `Quality`; spread: standard deviation over images of a pixel, averaged
          over pixels, in [0, 1].
        """
        n = self._sizes["test_samples" if final else "curve_samples"]
        images = self.images(seed, step, n)
        spread = float((images / 255.0).std(0).mean())
        return {**self._quality(images, thorough=final), "spread": spread}

    def samples(self, seed: int) -> dict[str, np.ndarray]:
        """Return some images to look at: [image, side, side, channel] uint8."""
        return {"images": self.images(seed, 0, SHOWN)}


def latents(key: Key, n: int, size: int) -> tf.Tensor:
    """Return standard normal latents: [n, size]."""
    return rng.normal(key("latent"), [n, size])
