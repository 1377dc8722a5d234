"""The training of a ResNet-20 by one optimiser, one protocol."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine.rng import Key
from saigen.engine.task import Metrics, Params, Task
from saigen.nets.first_order import make_optimiser
from saigen.papers.resnet20.images import Standard, augmented, squares, training_set
from saigen.papers.resnet20.networks import ResNet

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: Settings that only change numbers: runs that differ in them share one trace.
LIVE = (
    "learning_rate",
    "multiplier",
    "weight_decay",
    "augment",
    "standardise",
    "cosine",
    "inverse_root",
    "decay_steps",
    "rmsprop_decay",
)
#: From which step on the rate is multiplied by how much, by protocol.
DROPS = {
    "none": (),
    # He et al. 2016, section 4.2.
    "he_2016": ((32000, 0.1), (48000, 0.01)),
    # The Keras example: `epoch > 80` (120, 160, 180), counted from 0, so from the epochs 81, 121,
    # 161 and 181 on, of 1562 batches here.
    "keras": ((126522, 0.1), (189002, 0.01), (251482, 0.001), (282722, 0.0005)),
    # The AdaHessian authors' TensorFlow 2 log: its epochs 80 and 120, of 200 batches.
    "log": ((16000, 0.1), (24000, 0.01)),
}
_CHUNK = 500  # images in one call of an evaluation


def rate_at(params: Mapping, step: tf.Tensor, per_epoch: int) -> tf.Tensor:
    """Return the learning rate of a step t = 0, 1, …

    η · multiplier, times ½ (1 + cos(πt/T)) with `cosine`, times 1/√n with `inverse_root` in the
    n-th epoch, of `per_epoch` steps, times the factor that DROPS has for the step; in the first
    `warm_up` steps `warm_up_rate` instead.
    """
    t = tf.cast(step, tf.float32)
    rate = params["learning_rate"] * params["multiplier"]
    progress = tf.minimum(t / tf.cast(params["decay_steps"], tf.float32), 1.0)
    wave = 0.5 * (1.0 + tf.cos(math.pi * progress))
    rate *= 1.0 + params["cosine"] * (wave - 1.0)
    n = tf.cast(step // per_epoch, tf.float32) + 1.0
    rate *= tf.pow(n, -0.5 * params["inverse_root"])
    factor = tf.constant(1.0)
    for begin, share in DROPS[params["drops"]]:
        factor = tf.where(step >= begin, share, factor)
    rate *= factor
    return tf.where(step < params["warm_up"], params["warm_up_rate"], rate)


def decayed(weights: Mapping[str, tf.Variable], which: str) -> list[str]:
    """Return the names of the weights that the L2 penalty holds.

    Args:
      weights: by name; kernels end in `/W`, and those of convolutions have four axes.
      which: `all` (PyTorch's, Caffe's), `kernels` (those of the last layer too: AdaHessian's log)
        or `convolutions` (the Keras example).
    """
    kernels = [name for name in weights if name.endswith("/W")]
    return {
        "all": list(weights),
        "kernels": kernels,
        "convolutions": [name for name in kernels if weights[name].shape.rank == 4],
    }[which]


def _settings(params: Mapping) -> dict:
    """Return what an optimiser gets beside the rate; PyTorch's defaults otherwise."""
    return {
        "momentum": {"momentum": params["momentum"]},
        "nesterov": {"momentum": params["momentum"]},
        "rmsprop": {"decay": params["rmsprop_decay"]},
        "adamw": {"weight_decay": params["decoupled_decay"]},
    }.get(params["optimiser"], {})


class Trainer:
    """Network, optimiser and data of one variant, and the step that trains it."""

    def __init__(self, params: Params, dataset: Dataset) -> None:
        self.live = {name: tf.Variable(params[name], trainable=False) for name in LIVE}
        self.params = {**params, **self.live}
        self.network = ResNet(params["network"], params["blocks"])
        images, labels = training_set(dataset, params["examples"])
        self.standard = Standard(images, params["by_pixel"])
        self.images, self.labels = tf.constant(images), tf.constant(labels)
        self.test_images = squares(dataset.images("test"))
        self.test_labels = dataset.labels("test").astype(np.int32)
        self._rate = tf.Variable(0.0, trainable=False)
        self._optimiser = make_optimiser(
            params["optimiser"], self.network.weights, self._rate, **_settings(self.params)
        )
        self._decayed = decayed(self.network.weights, params["decayed"])
        self._per_epoch = len(labels) // params["batch_size"]
        self.sizes = {name: params[name] for name in ("curve_images", "test_images", "table")}

    @property
    def variables(self) -> dict[str, tf.Variable]:
        network = self.network
        return {**network.weights, **network.statistics, **self._optimiser.variables}

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the network's first weights, the same for every optimiser, and zero slots."""
        zeros = {name: tf.zeros_like(variable) for name, variable in self.variables.items()}
        return zeros | self.network.initial(seed)

    def inputs(self, images: tf.Tensor, key: Key) -> tf.Tensor:
        """Return a batch as the network sees it while training.

        By-pixel means are taken away before the crop, so that its frame is the mean image's.
        """
        if self.params["by_pixel"]:
            return augmented(self.standard(images), key, self.params["augment"])
        return self.standard(
            augmented(images, key, self.params["augment"]), self.params["standardise"]
        )

    def step(self, batch: tf.Tensor, key: Key) -> Metrics:
        """Take one step. The metrics are of the batch, in training mode, without the penalty."""
        self._rate.assign(rate_at(self.params, key.step, self._per_epoch))
        labels = tf.gather(self.labels, batch)
        with tf.GradientTape() as tape:
            logits = self.network(self.inputs(tf.gather(self.images, batch), key), training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            loss = tf.reduce_mean(losses)
        weights = self.network.weights
        decay = self.params["weight_decay"]
        gradients = tape.gradient(loss, weights)
        # L2 as PyTorch has it, ½ λ ‖w‖²: its gradient joins the loss's.
        penalty = {name: decay * weights[name] for name in self._decayed}
        self._optimiser.apply(
            {n: g + penalty[n] if n in penalty else g for n, g in gradients.items()}
        )
        wrong = tf.argmax(logits, -1, tf.int32) != labels
        return {"loss": loss, "error": 100.0 * tf.reduce_mean(tf.cast(wrong, tf.float32))}

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 32, 32, 3], tf.uint8),
            tf.TensorSpec([None], tf.int32),
        ],
        autograph=False,
    )
    def _sums(self, images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Return (sum of cross-entropies, number wrong) with running statistics."""
        inputs = self.standard(images, self.params["standardise"])
        logits = self.network(inputs, training=False)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        wrong = tf.cast(tf.argmax(logits, -1, tf.int32) != labels, tf.float32)
        return tf.stack([tf.reduce_sum(losses), tf.reduce_sum(wrong)])

    def measured(self, images: np.ndarray | tf.Tensor, labels: np.ndarray | tf.Tensor, count: int):
        """Return mean cross-entropy (nats) and error (%) of the first `count` images."""
        count = min(count, len(labels))
        total = np.zeros(2)
        for start in range(0, count, _CHUNK):
            stop = min(start + _CHUNK, count)
            total += self._sums(images[start:stop], labels[start:stop]).numpy()
        return total[0] / count, 100.0 * total[1] / count

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Measure loss and error on training images as they are, and on test images.

        On the first `curve_images` of each, and at the end on the first `test_images`.
        """
        count = self.sizes["test_images" if final else "curve_images"]
        train_loss, train_error = self.measured(self.images, self.labels, count)
        test_loss, test_error = self.measured(self.test_images, self.test_labels, count)
        return {
            "train_loss": float(train_loss),
            "train_error": float(train_error),
            "test_loss": float(test_loss),
            "test_error": float(test_error),
            "epoch": step / self._per_epoch,
        }


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one network by one optimiser.

    Metrics: loss (nats) and error (%), running means of batches in training mode; train_loss,
    train_error, test_loss, test_error, evaluated with running statistics and no augmentation;
    epoch, passes over the training images so far.
    """
    trainer = Trainer(params, dataset)
    return Task(
        variables=trainer.variables,
        initial=trainer.initial,
        step=trainer.step,
        metrics=("loss", "error"),
        steps=params["steps"],
        batch_size=params["batch_size"],
        examples=len(trainer.labels),
        log_every=params["log_every"],
        evaluate_every=params["evaluate_every"],
        evaluate=trainer.evaluate,
        live=trainer.live,
        sizes=trainer.sizes,
    )
