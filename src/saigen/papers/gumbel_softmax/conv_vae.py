"""The convolutional networks of the semi-supervised VAE: q(y | x), q(z | x, y), p(x | y, z).

Axes before the batch are classes: a [classes, 1, classes] identity in place of y asks for every
class of every image at once, and what does not depend on y is computed once.

Source: Jang et al. 2017, figure 7. At full width 7,208,506 weights: 277,514 in q(y | x), 330,592
in q(z | x, y), 6,600,400 in p(x | y, z).
Departure: figure 7 gives neither padding nor shapes between its layers. We take SAME padding,
ReLU after the first fully connected layer of p(x | y, z) too, its 64 outputs as 1 × 1 × 64, the
class as constant planes beside the image, and "FC 32" of q(z | x, y) as 16 means and 16 logarithms
of standard deviations. All of this is inferred; a reading as 2 × 2 × 16 would have 25.7 million.
"""

from collections.abc import Mapping

import tensorflow as tf

from saigen.engine import rng
from saigen.engine.precision import product
from saigen.engine.rng import Key
from saigen.nets.affine import Weights, affine, initial_affine

SIDE = 28
PIXELS = SIDE * SIDE
_KERNEL, _UP_KERNEL = 5, 3
_STRIDES = [1, 2, 2, 1]
#: Height and width after the first and the third convolution, and after four upsamplings of 1.
_FIRST, _LAST, _UP = 14, 4, 16


class ConvVae:
    """Figure 7's three networks, for images [batch, 28, 28, 1] float32 in {0, 1}.

    Args:
      classes: K, numbers in y.
      width: fraction of the paper's channels; 1 is the paper.
      style: numbers in z.
    """

    def __init__(self, classes: int, width: float = 1.0, style: int = 16) -> None:
        self.classes, self.style = classes, style
        self._down = [max(1, round(width * channels)) for channels in (32, 64, 128)]
        self._hidden = max(1, round(width * 64))
        self._up = [max(1, round(width * channels)) for channels in (128, 64, 32, 32)]

    def initial(self, seed: int) -> dict[str, tf.Tensor]:
        """Return the initial weights of a seed: Glorot-uniform, biases zero."""
        key, features = rng.key(seed), _LAST**2 * self._down[-1]
        return {
            **self._initial_encoder(key, "class", 1),
            **initial_affine(key, "class/out", features, self.classes),
            **self._initial_encoder(key, "style", 1 + self.classes),
            **initial_affine(key, "style/out", features, 2 * self.style),
            **initial_affine(key, "image/in", self.classes + self.style, self._hidden),
            **self._initial_decoder(key, "image"),
            **initial_affine(key, "image/out", _UP**2 * self._up[-1], PIXELS),
        }

    def class_logits(self, weights: Weights, x: tf.Tensor) -> tf.Tensor:
        """Return the logits of q(y | x): [batch, classes]."""
        first = _down(x, weights["class/conv1/W"])
        return affine(weights, "class/out", self._features(weights, "class", first))

    def style_of(self, weights: Weights, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return mean and log standard deviation of q(z | x, y): [..., batch, style] each.

        Args:
          weights: by name, as `initial` has them.
          x: [batch, 28, 28, 1].
          y: [..., batch or 1, classes], one-hot or on the simplex.
        """
        # A convolution is linear, so the image's part is shared by all classes, and a plane that
        # holds y_k everywhere contributes y_k times its response to a plane of ones.
        kernel = weights["style/conv1/W"]
        first = _down(x, kernel[:, :, :1]) + self._response(y, kernel[:, :, 1:])
        features = self._features(weights, "style", first)
        return tuple(tf.split(affine(weights, "style/out", features), 2, axis=-1))

    def pixel_logits(self, weights: Weights, y: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        """Return the pixels' logits under p(x | y, z): [..., batch, 784].

        Args:
          weights: by name, as `initial` has them.
          y: [..., batch or 1, classes].
          z: [..., batch, style].
        """
        leading = tf.shape(z)[:-1]
        y = tf.broadcast_to(y, tf.concat([leading, [self.classes]], 0))
        hidden = tf.nn.relu(affine(weights, "image/in", tf.concat([y, z], -1)))
        maps = tf.reshape(hidden, [-1, 1, 1, self._hidden])
        for layer in range(1, 5):
            filters = weights[f"image/conv{layer}/W"]
            maps = tf.nn.relu(_up(maps, filters) + weights[f"image/conv{layer}/b"])
        flat = tf.reshape(maps, [-1, _UP**2 * self._up[-1]])
        return _unfold(affine(weights, "image/out", flat), leading)

    def _features(self, weights: Weights, name: str, first: tf.Tensor) -> tf.Tensor:
        """Return [..., batch, features], from the first convolution before bias and ReLU."""
        leading = tf.shape(first)[:-3]
        maps = tf.nn.relu(first + weights[f"{name}/conv1/b"])
        maps = tf.reshape(maps, [-1, _FIRST, _FIRST, self._down[0]])
        for layer in (2, 3):
            maps = _down(maps, weights[f"{name}/conv{layer}/W"])
            maps = tf.nn.relu(maps + weights[f"{name}/conv{layer}/b"])
        return _unfold(tf.reshape(maps, [-1, _LAST**2 * self._down[-1]]), leading)

    def _response(self, y: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Return the convolution of planes that hold y everywhere: [..., 14, 14, channels].

        Args:
          y: [..., classes].
          kernel: [5, 5, classes, channels].
        """
        # One input channel, an output for each (class, channel): the response to planes of ones.
        kernel = tf.reshape(kernel, [_KERNEL, _KERNEL, 1, -1])
        ones = tf.reshape(_down(tf.ones([1, SIDE, SIDE, 1]), kernel), [_FIRST**2, self.classes, -1])
        ones = tf.reshape(tf.transpose(ones, [1, 0, 2]), [self.classes, -1])
        shape = tf.concat([tf.shape(y)[:-1], [_FIRST, _FIRST, self._down[0]]], 0)
        return tf.reshape(tf.tensordot(y, ones, 1), shape)

    def _initial_encoder(self, key: Key, name: str, inputs: int) -> dict[str, tf.Tensor]:
        found = {}
        for layer, outputs in enumerate(self._down, 1):
            shape = [_KERNEL, _KERNEL, inputs, outputs]
            found |= _initial_filter(key, f"{name}/conv{layer}", shape, outputs)
            inputs = outputs
        return found

    def _initial_decoder(self, key: Key, name: str) -> dict[str, tf.Tensor]:
        found, inputs = {}, self._hidden
        for layer, outputs in enumerate(self._up, 1):
            # TensorFlow keeps the filter of a transposed convolution as [.., .., outputs, inputs].
            shape = [_UP_KERNEL, _UP_KERNEL, outputs, inputs]
            found |= _initial_filter(key, f"{name}/conv{layer}", shape, outputs)
            inputs = outputs
        return found


def weights_in(values: Mapping[str, tf.Tensor], network: str = "") -> int:
    """Return how many numbers the weights hold whose names begin with `network`."""
    return sum(int(tf.size(value)) for name, value in values.items() if name.startswith(network))


def _initial_filter(key: Key, name: str, shape: list[int], outputs: int) -> dict[str, tf.Tensor]:
    """Return a Glorot-uniform filter, its fans counted over the window, and a zero bias."""
    limit = (6.0 / (shape[0] * shape[1] * (shape[2] + shape[3]))) ** 0.5
    draws = rng.uniform(key(f"initial {name}"), shape)
    return {f"{name}/W": (2.0 * draws - 1.0) * limit, f"{name}/b": tf.zeros([outputs])}


def _down(maps: tf.Tensor, filters: tf.Tensor) -> tf.Tensor:
    """Convolve with stride 2: height and width halve, rounded up."""
    return product(tf.nn.conv2d, maps, filters, _STRIDES, "SAME")


def _up(maps: tf.Tensor, filters: tf.Tensor) -> tf.Tensor:
    """Convolve, transposed, with stride 2: height and width double."""
    count, height, width = tf.shape(maps)[0], 2 * maps.shape[1], 2 * maps.shape[2]
    shape = tf.stack([count, height, width, filters.shape[2]])
    return product(tf.nn.conv2d_transpose, maps, filters, shape, _STRIDES, "SAME")


def _unfold(rows: tf.Tensor, leading: tf.Tensor) -> tf.Tensor:
    """Give [rows, n] the axes `leading` in place of its first."""
    return tf.reshape(rows, tf.concat([leading, rows.shape[-1:]], 0))
