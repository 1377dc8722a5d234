"""A character language model whose generator is continuous: softmax rows go into the critic.

Source: Gulrajani et al. 2017, section 5.5 and table 4, and the released gan_language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from saigen.engine import rng
from saigen.engine.rng import Key
from saigen.engine.task import Params, Task
from saigen.metrics.ngrams import NGrams
from saigen.nets.activations import relu
from saigen.nets.gan import Gan, Method
from saigen.nets.layers import Layers, Network
from saigen.papers.wgan_gp.pair import LATENT

if TYPE_CHECKING:
    from saigen.data.dataset import Dataset

#: What fills a line to its length, and what stands for symbols beyond the vocabulary.
PAD, UNKNOWN = ord("`"), ord("?")
#: Characters in the n-grams that are compared: the released code goes to 4, TTUR's fork to 6.
GRAMS = (1, 2, 3, 4, 6)
#: Residual blocks in both networks, what their branches are multiplied by, and the filter's size.
BLOCKS, BRANCH, FILTER = 5, 0.3, 5
_AT_ONCE = 64


def lines_of(text: np.ndarray, length: int, sentences: bool = False) -> np.ndarray:
    """Cut a text into lines of one length: [line, length] uint8.

    Args:
      text: [character] uint8.
      length: characters of a line.
      sentences: each line of the text makes one, cut or padded. Otherwise, and this is a departure,
        paragraphs are joined by spaces and cut at fixed places.
    """
    if sentences:
        kept = [line[:length] for line in text.tobytes().splitlines() if line]
        padded = b"".join(line.ljust(length, bytes([PAD])) for line in kept)
        return np.frombuffer(padded, np.uint8).reshape(-1, length)
    words = b" ".join(text.tobytes().split())
    marks = np.frombuffer(words, np.uint8)
    marks = np.pad(marks, (0, -len(marks) % length), constant_values=PAD)
    return marks.reshape(-1, length)


def vocabulary(lines: np.ndarray, most: int) -> np.ndarray:
    """Return the symbols of the text, the most frequent first, at most so many: [symbol] uint8."""
    counts = np.bincount(lines.ravel(), minlength=256)
    frequent = np.argsort(-counts, kind="stable")
    kept = [symbol for symbol in frequent if counts[symbol] and symbol != UNKNOWN]
    return np.array([UNKNOWN, *kept[: most - 1]], np.uint8)


def encoded(lines: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """Return each symbol's place in the vocabulary, 0 for those outside: int32."""
    places = np.zeros(256, np.int32)
    places[symbols] = np.arange(len(symbols))
    return places[lines]


def generator_network(width: int, length: int, symbols: int) -> Network:
    """z → linear → 5 residual blocks → 1 × 1 convolution → softmax: [batch, place, symbol]."""

    def forward(layers: Layers, z: tf.Tensor) -> tf.Tensor:
        x = tf.reshape(layers.dense("in", z, length * width), [-1, length, width])
        for number in range(BLOCKS):
            x = _block(layers, f"{number}", x)
        return tf.nn.softmax(layers.conv1d("out", x, symbols, 1))

    return Network("generator", forward, [LATENT])


def critic_network(width: int, length: int, symbols: int) -> Network:
    """1 × 1 convolution → the same 5 blocks → linear score: [batch, 1]."""

    def forward(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        x = layers.conv1d("in", x, width, 1)
        for number in range(BLOCKS):
            x = _block(layers, f"{number}", x)
        return layers.dense("out", tf.reshape(x, [-1, length * width]), 1)

    return Network("critic", forward, [length, symbols])


def _block(layers: Layers, name: str, x: tf.Tensor) -> tf.Tensor:
    branch = layers.conv1d(f"{name}/1", relu(x), x.shape[-1], FILTER)
    branch = layers.conv1d(f"{name}/2", relu(branch), x.shape[-1], FILTER)
    return x + BRANCH * branch


class LanguageGan:
    """The GAN of table 4, with either objective, on lines of a text."""

    def __init__(self, params: Params, dataset: Dataset) -> None:
        self.params = params
        cut = (params["length"], params["sentences"])
        lines = lines_of(dataset.text("train"), *cut)
        self.symbols = vocabulary(lines, params["symbols"])
        self.codes = encoded(lines, self.symbols)
        held = encoded(lines_of(dataset.text("valid"), *cut), self.symbols)
        self._truth = {n: NGrams(self.codes, n) for n in GRAMS}
        self._floor = {
            n: NGrams(held[: params["test_samples"]], n).divergence(self._truth[n]) for n in GRAMS
        }
        sizes = (params["width"], params["length"], len(self.symbols))
        codes = tf.constant(self.codes)
        self.gan = Gan(
            Method.of(params),
            generator_network(*sizes),
            critic_network(*sizes),
            real=lambda rows, key: tf.one_hot(tf.gather(codes, rows), len(self.symbols)),
            draw=lambda key, n: (rng.normal(key("latent"), [n, LATENT]),),
        )
        self._some = tf.function(self._drawn, autograph=False)

    def _drawn(
        self, seed: tf.Tensor, step: tf.Tensor, part: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return codes [line, length] by argmax, and the entropy of the rows in bits."""
        apart = Key(seed, step * 1000 + part)
        rows = self.gan.generator(rng.normal(apart("evaluation latent"), [_AT_ONCE, LATENT]))
        entropy = -tf.reduce_sum(tf.math.xlogy(rows, rows), -1) / np.log(2.0)
        return tf.argmax(rows, -1, tf.int32), tf.reduce_mean(entropy)

    def evaluate(self, seed: int, step: int, final: bool) -> Mapping[str, float]:
        """Compare the n-grams of samples with those of all training lines.

        Returns:
          js/<n>: Jensen-Shannon divergence in bits, in [0, 1]; js_floor/<n>: of as many held-out
          lines; entropy: of the generator's rows, bits a character; distinct: share of sampled
          lines that are not alike.
        """
        n = self.params["test_samples"]
        at = tf.constant(seed), tf.constant(step)
        parts = [self._some(*at, tf.constant(part)) for part in range(-(-n // _AT_ONCE))]
        lines = np.concatenate([codes.numpy() for codes, _ in parts])[:n]
        found = {f"js/{k}": NGrams(lines, k).divergence(self._truth[k]) for k in GRAMS}
        found |= {f"js_floor/{k}": self._floor[k] for k in GRAMS}
        found["entropy"] = float(np.mean([entropy.numpy() for _, entropy in parts]))
        found["distinct"] = len(np.unique(lines, axis=0)) / len(lines)
        return found

    def samples(self, seed: int) -> Mapping[str, np.ndarray]:
        """Return some lines as the bytes of their symbols: [line, length] uint8."""
        codes, _ = self._some(*map(tf.constant, (seed, 0, 0)))
        return {"lines": self.symbols[codes.numpy()]}


def train(params: Params, dataset: Dataset) -> Task:
    """Build the training of one language model; a step is one generator update."""
    model = LanguageGan(params, dataset)
    return model.gan.task(params, len(model.codes), evaluate=model.evaluate, samples=model.samples)
