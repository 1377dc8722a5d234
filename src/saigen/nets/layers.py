"""Layers of deep networks over weights by name, channels last.

A network is a function `forward(layers, x, ...)` that asks for its layers by name. `Network` runs
it once to learn which weights it has, and then as often as wanted; so an architecture reads from
top to bottom, and its weights can be counted, drawn from a seed, and kept in a checkpoint.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.precision import product
from saigen.nets import strided
from saigen.nets.initial import Draw, constant, glorot_uniform, he_uniform

#: Of every normalisation here: that of the released code of Gulrajani et al. 2017.
EPSILON = 1e-5

Tensors = Any  # a tensor, or a nest of them


class Layers:
    """What a forward function builds with; `weight(name, shape, draw)` says where weights are."""

    def __init__(self, weight: Callable[[str, list[int], Draw], tf.Tensor]) -> None:
        self.weight = weight

    def dense(self, name: str, x: tf.Tensor, units: int, draw: Draw = glorot_uniform) -> tf.Tensor:
        """Return x W + b: [batch, units] for x [batch, features]."""
        x = product(tf.matmul, x, self.weight(f"{name}/W", [x.shape[-1], units], draw))
        return x + self.weight(f"{name}/b", [units], constant(0.0))

    def conv(
        self,
        name: str,
        x: tf.Tensor,
        channels: int,
        size: int = 3,
        stride: int = 1,
        draw: Draw | None = None,
        bias: bool = True,
    ) -> tf.Tensor:
        """Return a SAME convolution of x [batch, height, width, channel].

        A 1 × 1 kernel with a stride is a sampling and then a kernel of stride 1; as it stands
        oneDNN 3.7 writes past its workspace for it (`papers/wgan_gp/resnet101.py`).
        """
        shape = [size, size, x.shape[-1], channels]
        kernel = self.weight(f"{name}/W", shape, draw or he_uniform(fan_out_share=stride**2))
        if stride == 2 and strided.suits(size, *x.shape[1:]):
            x = product(strided.down, x, tf.convert_to_tensor(kernel))
        else:
            x = product(tf.nn.conv2d, x, kernel, stride, "SAME")
        return x + self.weight(f"{name}/b", [channels], constant(0.0)) if bias else x

    def conv1d(self, name: str, x: tf.Tensor, channels: int, size: int) -> tf.Tensor:
        """Return a SAME convolution of x [batch, place, channel]."""
        kernel = self.weight(f"{name}/W", [size, x.shape[-1], channels], he_uniform())
        x = product(tf.nn.conv1d, x, kernel, 1, "SAME")
        return x + self.weight(f"{name}/b", [channels], constant(0.0))

    def deconv(
        self,
        name: str,
        x: tf.Tensor,
        channels: int,
        size: int = 5,
        draw: Draw | None = None,
        bias: bool = True,
    ) -> tf.Tensor:
        """Return a transposed SAME convolution of stride 2: height and width double."""
        batch, (height, width, inputs) = tf.shape(x)[0], x.shape[1:]
        # [size, size, out, in], as the operation wants it: fans are those of the map from in.
        shape = [size, size, channels, inputs]
        kernel = self.weight(f"{name}/W", shape, draw or he_uniform(fan_out_share=4))
        to = [batch, 2 * height, 2 * width, channels]
        if strided.suits(size, *to[1:]):
            x = product(strided.up, x, tf.convert_to_tensor(kernel))
        else:
            x = product(tf.nn.conv2d_transpose, x, kernel, to, 2, "SAME")
        x = tf.ensure_shape(x, [None, 2 * height, 2 * width, channels])
        return x + self.weight(f"{name}/b", [channels], constant(0.0)) if bias else x

    def batch_norm(self, name: str, x: tf.Tensor, draw: Draw | None = None) -> tf.Tensor:
        """Normalise each channel over the batch (and all places), then scale and shift it.

        The statistics are always those of the batch, in evaluations too, as in the released code
        of Gulrajani et al. `draw` gives the first scales; they are 1 by default.
        """
        scale, offset = self._affine(name, [x.shape[-1]], draw)
        if x.shape.rank == 4:
            return tf.compat.v1.nn.fused_batch_norm(x, scale, offset, epsilon=EPSILON)[0]
        mean, variance = tf.nn.moments(x, list(range(x.shape.rank - 1)))
        return tf.nn.batch_normalization(x, mean, variance, offset, scale, EPSILON)

    def conditional_batch_norm(
        self, name: str, x: tf.Tensor, labels: tf.Tensor, classes: int
    ) -> tf.Tensor:
        """Batch norm with a scale and an offset of each class; statistics are of the whole batch.

        Args:
          x: [batch, height, width, channel].
          labels: [batch] in 0..classes − 1.

        Source: Dumoulin et al. 2017, as in the supervised CIFAR-10 network of the released code.
        """
        scale, offset = self._affine(name, [classes, x.shape[-1]])
        mean, variance = tf.nn.moments(x, [0, 1, 2])
        x = (x - mean) * tf.math.rsqrt(variance + EPSILON)
        scale, offset = (
            tf.gather(table, labels)[:, tf.newaxis, tf.newaxis] for table in (scale, offset)
        )
        return x * scale + offset

    def layer_norm(self, name: str, x: tf.Tensor) -> tf.Tensor:
        """Normalise each example over all its numbers, then scale and shift each channel.

        Examples stay independent, which the gradient penalty needs.
        """
        scale, offset = self._affine(name, [x.shape[-1]])
        mean, variance = tf.nn.moments(x, list(range(1, x.shape.rank)), keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + EPSILON) * scale + offset

    def norm(self, kind: str, name: str, x: tf.Tensor) -> tf.Tensor:
        """Apply the norm `kind`: `batch`, `layer` or `none`."""
        if kind == "none":
            return x
        return self.batch_norm(name, x) if kind == "batch" else self.layer_norm(name, x)

    def _affine(
        self, name: str, shape: list[int], draw: Draw | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        scale = self.weight(f"{name}/scale", shape, draw or constant(1.0))
        return scale, self.weight(f"{name}/offset", shape, constant(0.0))


class Network:
    """A forward function with its weights.

    Args:
      name: goes before the names of all weights.
      forward: `forward(layers, *inputs)`.
      inputs: shape of each input without the batch, e.g. `[128]`; a shape and a type for others
        than float32, e.g. `([], tf.int32)`.

    Attributes:
      weights: the variables by name, `<network>/<layer>/<weight>`.
      layers: the layers over these weights, for another forward function of the same network.
    """

    def __init__(self, name: str, forward: Callable[..., Tensors], *inputs: Any) -> None:
        self.name, self._forward, self._draws = name, forward, {}
        shapes: dict[str, list[int]] = {}

        def declare(weight: str, shape: list[int], draw: Draw) -> tf.Tensor:
            if f"{name}/{weight}" in shapes:
                raise ValueError(f"two weights are called {name}/{weight}")
            shapes[f"{name}/{weight}"], self._draws[f"{name}/{weight}"] = list(shape), draw
            return tf.zeros(shape)

        with tf.Graph().as_default():  # shapes only: nothing is computed
            forward(Layers(declare), *(_placeholder(given) for given in inputs))
        self.weights = {weight: tf.Variable(tf.zeros(shapes[weight])) for weight in shapes}
        self.layers = Layers(lambda weight, shape, draw: self.weights[f"{name}/{weight}"])

    def __call__(self, *inputs: tf.Tensor) -> Tensors:
        """Run the network."""
        return self._forward(self.layers, *inputs)

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the first weights of a run with this seed, by name."""
        key = rng.key(seed)
        return {
            name: draw(key(f"initial {name}"), self.weights[name].shape.as_list())
            for name, draw in self._draws.items()
        }

    @property
    def state(self) -> dict[str, tf.Variable]:
        """What it keeps beside its weights, by name: nothing here."""
        return {}

    def update(self) -> None:
        """Bring the state up to date, once a step."""

    @property
    def size(self) -> int:
        """How many numbers the weights hold."""
        return sum(weight.shape.num_elements() for weight in self.weights.values())

    @property
    def kernels(self) -> list[tf.Variable]:
        """The matrices and filters: what weight decay is about."""
        return [weight for name, weight in self.weights.items() if name.endswith("/W")]


def _placeholder(given: Sequence | tuple) -> tf.Tensor:
    shape, kind = given if isinstance(given, tuple) else (given, tf.float32)
    return tf.compat.v1.placeholder(kind, [None, *shape])
