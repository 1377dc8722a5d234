"""Convolutions of stride 2 and their transposes, fast where one side has few channels.

`down` is a SAME convolution of stride 2; `up` is its transpose. Each is the other's gradient in the
maps, so that a network from an image, its gradient in the image and the gradient of that (which a
gradient penalty takes) run on these two.

On a CPU a transposed convolution to the 1 or 3 channels of an image takes four to six times as long
as the convolution does, to 16 channels up to twice. So `up` computes the four phases of a 2 × 2
block as channels, by a convolution of stride 1, and puts them in their places:

    y[2p + r] = Σ_t K[r + 3 − 2t] x[p + t − 1],   t = 0, 1, 2, along either axis.
"""

import tensorflow as tf

#: Kernels whose SAME border is one pixel before: the phases' formula holds for these.
SIZES = (4, 5)
#: Channels of the larger maps up to which it pays.
FEW = 16
_STRIDES = [1, 2, 2, 1]


def suits(size: int, height: int | None, width: int | None, channels: int) -> bool:
    """Say whether `down` and `up` serve for images of this shape and kernels of this size."""
    even = height is not None and width is not None and height % 2 == width % 2 == 0
    return size in SIZES and even and channels <= FEW


@tf.custom_gradient
def down(x: tf.Tensor, kernel: tf.Tensor):
    """Return conv2d(x, kernel, 2, "SAME").

    Args:
      x: images, [batch, height, width, channel], height and width even.
      kernel: [size, size, channel, feature], size 4 or 5.

    Returns:
      [batch, height / 2, width / 2, feature].
    """

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return up(upstream, kernel), _in_kernel(x, kernel, upstream)

    return tf.nn.conv2d(x, kernel, 2, "SAME"), gradient


@tf.custom_gradient
def up(maps: tf.Tensor, kernel: tf.Tensor):
    """Return conv2d_transpose(maps, kernel, …, 2, "SAME").

    Args:
      maps: [batch, height, width, feature].
      kernel: [size, size, channel, feature], size 4 or 5.

    Returns:
      [batch, 2 height, 2 width, channel].
    """
    size, channels, features = kernel.shape[0], kernel.shape[2], kernel.shape[3]
    padded = tf.pad(kernel, [[1, 5 - size], [1, 5 - size], [0, 0], [0, 0]])
    taps = tf.reverse(tf.reshape(padded, [3, 2, 3, 2, channels, features]), [0, 2])
    phases = tf.reshape(tf.transpose(taps, [0, 2, 5, 1, 3, 4]), [3, 3, features, 4 * channels])

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return down(upstream, kernel), _in_kernel(upstream, kernel, maps)

    return tf.nn.depth_to_space(tf.nn.conv2d(maps, phases, 1, "SAME"), 2), gradient


def _in_kernel(images: tf.Tensor, kernel: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
    """Return the gradient of Σ maps · down(images, kernel) in the kernel."""
    return tf.raw_ops.Conv2DBackpropFilter(
        input=images,
        filter_sizes=kernel.shape,
        out_backprop=maps,
        strides=_STRIDES,
        padding="SAME",
    )
