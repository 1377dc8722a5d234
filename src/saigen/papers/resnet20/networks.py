"""The two ResNet-20s: He's of 2016, and the laboratory's, which is another network.

Both are three stages of three basic blocks with 16, 32 and 64 channels, channels last.

Sources: He, Zhang, Ren & Sun 2016, section 4.2; the class ResNetCIFAR of the laboratory's
published programs.
"""

from collections.abc import Callable, Mapping

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.precision import product

#: Of batch normalisation: PyTorch's ε, and the share of a batch in the running statistics.
EPSILON, SHARE = 1e-5, 0.1
CHANNELS = (16, 32, 64)
CLASSES = 10
_AROUND = [[0, 0], [1, 1], [1, 1], [0, 0]]


class Layers:
    """Layers over weights by name: `<layer>/W`, `/b`, `/scale`, `/offset`, `/mean`, `/variance`.

    Args:
      weight: (name, shape) → the weight.
      training: normalise by the batch and keep running statistics, or normalise by these.
    """

    def __init__(self, weight: Callable[[str, list[int]], tf.Variable], training: bool) -> None:
        self.weight, self._training = weight, training

    def conv(self, name: str, x: tf.Tensor, channels: int, size: int, stride: int, pad: int):
        """Return a convolution without bias of x [batch, height, width, channel], zeros around."""
        kernel = self.weight(f"{name}/W", [size, size, x.shape[-1], channels])
        # TensorFlow's own borders are those of the published networks where both sides get the
        # same. Others are added before: not every kernel is fast with borders given to it.
        if _same_border(x.shape[1], size, stride) == 2 * pad:
            return product(tf.nn.conv2d, x, kernel, stride, "SAME")
        x = tf.pad(x, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
        return product(tf.nn.conv2d, x, kernel, stride, "VALID")

    def batch_norm(self, name: str, x: tf.Tensor) -> tf.Tensor:
        """Normalise each channel; the running variance is the unbiased one, as in PyTorch."""
        shape = [x.shape[-1]]
        scale, offset, mean, variance = (
            self.weight(f"{name}/{part}", shape) for part in ("scale", "offset", "mean", "variance")
        )
        if not self._training:
            return tf.compat.v1.nn.fused_batch_norm(
                x, scale, offset, mean, variance, EPSILON, is_training=False
            )[0]
        x, after_mean, after_variance = tf.compat.v1.nn.fused_batch_norm(
            x, scale, offset, mean, variance, EPSILON, exponential_avg_factor=SHARE
        )
        if isinstance(mean, tf.Variable):
            mean.assign(after_mean)
            variance.assign(after_variance)
        return x

    def dense(self, name: str, x: tf.Tensor, units: int) -> tf.Tensor:
        """Return x W + b: [batch, units]."""
        x = product(tf.matmul, x, self.weight(f"{name}/W", [x.shape[-1], units]))
        return x + self.weight(f"{name}/b", [units])


def _same_border(length: int, size: int, stride: int) -> int:
    """Return how many zeros SAME adds along an axis, the odd one at its end."""
    return max((-(-length // stride) - 1) * stride + size - length, 0)


def he(layers: Layers, images: tf.Tensor, blocks: int) -> tf.Tensor:
    """Return logits of He's network: shortcuts without weights (option A).

    Where a stage halves the size, the shortcut takes every second pixel and fills the new channels
    with zeros.
    """
    x = _unit(layers, "stem", images, 16, 3, 1, 1)
    for stage, channels in enumerate(CHANNELS):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            shortcut = _every(stride, x)
            new = channels - x.shape[-1]
            if new:
                shortcut = tf.pad(shortcut, [[0, 0], [0, 0], [0, 0], [new // 2, new - new // 2]])
            x = _block(layers, f"{stage}.{block}", x, shortcut, channels, stride)
    return layers.dense("classes", tf.reduce_mean(x, [1, 2]), CLASSES)


def lab(layers: Layers, images: tf.Tensor, blocks: int) -> tf.Tensor:
    """Return logits of the laboratory's network: an ImageNet-like stem and projections.

    The stem's stride and the pooling leave 9 × 9 pixels of 32 × 32 before the first block.
    """
    x = _unit(layers, "stem", images, 32, 3, 2, 3)
    # PyTorch's borders count as −∞; after a rectifier 0 is as good. (With borders given to it,
    # TensorFlow's pooling has a gradient that takes a fifth of the step.)
    x = tf.nn.max_pool2d(tf.pad(x, _AROUND), 3, 2, "VALID")
    for stage, channels in enumerate(CHANNELS):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            name, shortcut = f"{stage}.{block}", x
            if not block:
                shortcut = layers.conv(f"{name}/shortcut", x, channels, 1, stride, 0)
                shortcut = layers.batch_norm(f"{name}/shortcut", shortcut)
            x = _block(layers, name, x, shortcut, channels, stride)
    return layers.dense("classes", tf.reduce_mean(x, [1, 2]), CLASSES)


def _every(stride: int, x: tf.Tensor) -> tf.Tensor:
    """Return x[:, ::stride, ::stride], as a pooling: a strided slice takes ten times as long."""
    return tf.nn.avg_pool2d(x, 1, stride, "VALID") if stride > 1 else x


def _unit(
    layers: Layers, name: str, x: tf.Tensor, channels: int, size: int, stride: int, pad: int
) -> tf.Tensor:
    return tf.nn.relu(layers.batch_norm(name, layers.conv(name, x, channels, size, stride, pad)))


def _block(
    layers: Layers, name: str, x: tf.Tensor, shortcut: tf.Tensor, channels: int, stride: int
) -> tf.Tensor:
    """Return relu(F(x) + shortcut): two 3 × 3 convolutions with batch normalisation."""
    x = _unit(layers, f"{name}/1", x, channels, 3, stride, 1)
    x = layers.batch_norm(f"{name}/2", layers.conv(f"{name}/2", x, channels, 3, 1, 1))
    return tf.nn.relu(x + shortcut)


FORWARDS: Mapping[str, Callable[[Layers, tf.Tensor, int], tf.Tensor]] = {"he": he, "lab": lab}


class ResNet:
    """One of the two networks with its weights.

    Args:
      kind: `he` or `lab`.
      blocks: basic blocks in each of the three stages; 3 make ResNet-20.

    Attributes:
      weights: what is trained, by name.
      statistics: running means and variances, by name.
    """

    def __init__(self, kind: str, blocks: int = 3) -> None:
        self._kind, self._blocks = kind, blocks
        shapes: dict[str, list[int]] = {}

        def declare(name: str, shape: list[int]) -> tf.Tensor:
            shapes[name] = [int(size) for size in shape]
            return tf.zeros(shape)

        with tf.Graph().as_default():  # shapes only: nothing is computed
            images = tf.compat.v1.placeholder(tf.float32, [None, 32, 32, 3])
            FORWARDS[kind](Layers(declare, training=True), images, blocks)
        found = {name: tf.Variable(tf.zeros(shape)) for name, shape in shapes.items()}
        self.weights = {n: v for n, v in found.items() if not n.endswith(("/mean", "/variance"))}
        self.statistics = {n: v for n, v in found.items() if n not in self.weights}

    def __call__(self, images: tf.Tensor, training: bool) -> tf.Tensor:
        """Return logits [batch, 10] for images [batch, 32, 32, 3] float32."""
        every = {**self.weights, **self.statistics}
        layers = Layers(lambda name, shape: every[name], training)
        return FORWARDS[self._kind](layers, images, self._blocks)

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return first weights and statistics.

        Convolutions are normal with deviation √(2/fan): the fan in for He's network (He et al.
        2015), the fan out for the laboratory's; the last layer likewise with its fan in, for the
        laboratory's U(−1/√n, 1/√n), biases too (PyTorch's default).
        """
        key, found = rng.key(seed), {}
        for name, variable in {**self.weights, **self.statistics}.items():
            shape, draws = variable.shape.as_list(), key(f"initial {name}")
            if name.startswith("classes/") and self._kind == "lab":
                found[name] = (2.0 * rng.uniform(draws, shape) - 1.0) / CHANNELS[-1] ** 0.5
            elif name.endswith("/W"):
                places = shape[0] * shape[1] if len(shape) == 4 else 1
                fan = places * (shape[-1] if self._kind == "lab" else shape[-2])
                found[name] = (2.0 / fan) ** 0.5 * rng.normal(draws, shape)
            else:
                found[name] = tf.fill(shape, float(name.endswith(("/scale", "/variance"))))
        return found

    @property
    def size(self) -> int:
        """How many numbers are trained."""
        return sum(weight.shape.num_elements() for weight in self.weights.values())


def multiplications(kind: str) -> int:
    """Return multiply-adds of a pass of one image, of convolutions and the last layer alone."""
    shapes: dict[str, list[int]] = {}
    total = 0

    class Counting(Layers):
        def conv(self, name, x, channels, size, stride, pad):
            nonlocal total
            found = super().conv(name, x, channels, size, stride, pad)
            total += (
                size * size * int(x.shape[-1]) * channels * int(found.shape[1] * found.shape[2])
            )
            return found

        def dense(self, name, x, units):
            nonlocal total
            total += int(x.shape[-1]) * units
            return super().dense(name, x, units)

    with tf.Graph().as_default():
        images = tf.compat.v1.placeholder(tf.float32, [1, 32, 32, 3])
        layers = Counting(lambda name, shape: tf.zeros(shapes.setdefault(name, shape)), True)
        FORWARDS[kind](layers, images, 3)
    return total
