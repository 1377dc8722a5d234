"""Training of every image GAN of the paper: any networks, any method, one evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Params, Task
from saigen.metrics.inception import Inception
from saigen.metrics.quality import Quality
from saigen.nets.gan import Gan, Method
from saigen.nets.shape import Shape
from saigen.papers.wgan_gp.ac_gan import Labels
from saigen.papers.wgan_gp.networks import NETWORKS
from saigen.papers.wgan_gp.pair import LATENT

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Samples drawn at once in an evaluation: their batch norm has statistics of its own batch.
DRAWN_AT_ONCE = 100
#: Samples kept to be looked at.
SHOWN = 64
#: Settings that no trace holds.
SIZES = ("curve_samples", "curve_images", "test_samples")

_SHOWN_AT = 0  # the step whose latents they have: no evaluation is then

_judges: dict[str, Quality] = {}


class ImageGan:
    """A GAN on the images of a scored set.

    Args:
      params: `network`, what that network reads, the attributes of `Method`, and `examples` (how
        many training images; 0 for all), `dequantise`, `supervised`, `monitor`, `inception` (path
        of the Inception graph; empty for the dataset's own classifier).
      dataset: a scored set.
    """

    def __init__(self, params: Params, dataset: Dataset) -> None:
        self.params = params
        images, labels = dataset.images("train"), dataset.labels("train")
        if params["examples"]:
            images, labels = images[: params["examples"]], labels[: params["examples"]]
        self.examples = len(images)
        self._images = tf.constant(images)
        self._valid = dataset.images("valid")
        classes = len(dataset.facts["classes"])
        self._shape = Shape(images.shape[1], images.shape[3], classes)
        pair = NETWORKS[params["network"]](params, self._shape)
        method = Method.of(params)
        if pair.weight_decay is not None:
            method = replace(method, weight_decay=pair.weight_decay)
        self.gan = Gan(
            method,
            pair.generator,
            pair.critic,
            real=self._real,
            draw=self._draw,
            mixes=pair.mixes,
            extra=Labels(tf.constant(labels, tf.int32)) if params["supervised"] else None,
        )
        #: Read at each evaluation; runs that differ in these alone share a trace.
        self.sizes = {name: params[name] for name in SIZES}
        self._quality = _quality(dataset, params["inception"])
        self._drawn = tf.function(self._some, autograph=False)
        self._losses = tf.function(self._losses_on, autograph=False)

    def _real(self, rows: tf.Tensor, key: Key) -> tf.Tensor:
        """Return training images in [−1, 1], with noise below a grey level where asked for."""
        images = tf.cast(tf.gather(self._images, rows), tf.float32)
        if not self.params["dequantise"]:
            return _scaled(images)
        noise = rng.uniform(key("dequantisation"), tf.shape(images))
        return (images + noise) / 128.0 - 1.0

    def _draw(self, key: Key, n: int) -> tuple[tf.Tensor, tf.Tensor]:
        labels = tf.random.stateless_uniform(
            [n], key("labels"), 0, self._shape.classes, tf.int32, alg="philox"
        )
        return rng.normal(key("latent"), [n, LATENT]), labels

    def _some(self, seed: tf.Tensor, step: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
        apart = Key(seed, step * 1000 + part)
        z = rng.normal(apart("evaluation latent"), [DRAWN_AT_ONCE, LATENT])
        # As many of every class as can be.
        labels = tf.range(DRAWN_AT_ONCE) % self._shape.classes
        return self.gan.generator(z, labels)

    def drawn(self, seed: int, step: int, n: int) -> np.ndarray:
        """Return n samples of the generator as it stands: [n, side, side, channel] uint8."""
        places = map(tf.constant, range(-(-n // DRAWN_AT_ONCE)))
        at = tf.constant(seed), tf.constant(step)
        parts = [self._drawn(*at, part).numpy() for part in places]
        images = np.nan_to_num(np.concatenate(parts)[:n])
        # (x + 1) · 255.99 / 2, cut off, as the released ResNet script.
        return ((images + 1.0) * (255.99 / 2.0)).clip(0, 255).astype(np.uint8)

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Judge samples, and where `monitor` is set the critic on training and new images.

        Returns:
          What `Quality` has; and of the critic negative_loss/train and negative_loss/valid, minus
          its loss with the penalty, wasserstein/train and wasserstein/valid.
        """
        n = self.sizes["test_samples" if final else "curve_samples"]
        found = self._quality(self.drawn(seed, step, n), thorough=final)
        if self.params["monitor"]:
            n = self.sizes["curve_images"]
            chosen = rng.generator(seed, "monitor").permutation(self.examples)[:n]
            for name, images in (
                ("train", tf.gather(self._images, chosen)),
                ("valid", self._valid[:n]),
            ):
                real = _scaled(tf.cast(images, tf.float32))
                loss, gap, _ = self._losses(real, tf.constant(seed), tf.constant(step)).numpy()
                found[f"negative_loss/{name}"] = float(-loss)
                found[f"wasserstein/{name}"] = float(gap)
        return found

    def _losses_on(self, real: tf.Tensor, seed: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        n, key = real.shape[0], Key(seed, step)
        z = rng.normal(key("monitor latent"), [n, LATENT])
        labels = tf.range(n) % self._shape.classes
        return self.gan.losses(real, self.gan.generator(z, labels), key)

    def samples(self, seed: int) -> Mapping[str, np.ndarray]:
        """Return some images to look at: [image, side, side, channel] uint8."""
        return {"images": self.drawn(seed, _SHOWN_AT, SHOWN)}


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one GAN; a step is one generator update and the critic's before it."""
    model = ImageGan(params, dataset)
    return model.gan.task(
        params,
        model.examples,
        evaluate=model.evaluate,
        samples=model.samples,
        sizes=model.sizes,
    )


def _quality(dataset: Dataset, inception: str) -> Quality:
    """Return the judge of a dataset; one for all variants that a process trains."""
    name = f"{dataset.digest} {inception}"
    if name not in _judges:
        _judges[name] = Quality(dataset, Inception(inception) if inception else None)
    return _judges[name]


def _scaled(images: tf.Tensor) -> tf.Tensor:
    """Return 2 (x / 255 − ½)."""
    return images / 127.5 - 1.0
