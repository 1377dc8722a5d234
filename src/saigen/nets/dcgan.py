"""The DCGAN pair at any side: 4 × 4 kernels of stride 2, no biases, normal first weights.

At side 64 and width 64 it is the pair of the usual PyTorch example: 3,576,704 and 2,765,568
weights. Every halving of the side leaves out the widest stage.

Source: Radford et al. 2016; released code of Sato & Iiduka 2023 and of Naganuma & Iiduka 2023.
"""

import tensorflow as tf

from saigen.nets.activations import leaky_relu, relu
from saigen.nets.initial import normal
from saigen.nets.layers import Layers

#: Kernels begin at N(0, 0.02²), scales of batch norm at N(1, 0.02²).
KERNEL, SCALE = normal(0.0, 0.02), normal(1.0, 0.02)
#: The side of the first feature map.
START = 4


def generator(layers: Layers, z: tf.Tensor, side: int, channels: int, width: int = 64) -> tf.Tensor:
    """Return images in [−1, 1]: [batch, side, side, channels].

    A latent of 1 × 1 becomes 4 × 4 by a transposed convolution, which is a matrix product; every
    further stage doubles the side and halves the channels, down to `width` before the image.

    Args:
      z: [batch, latent] float32.
      side: 4 · 2ᵏ pixels, k ≥ 1.
      channels: of the image.
      width: channels of the last hidden stage.
    """
    stages = _stages(side)
    filters = width * 2 ** (stages - 1)
    kernel = layers.weight("in/W", [z.shape[-1], START * START * filters], KERNEL)
    x = tf.reshape(z @ kernel, [-1, START, START, filters])
    x = relu(layers.batch_norm("in norm", x, SCALE))
    for stage in range(1, stages):
        filters //= 2
        x = layers.deconv(f"up{stage}", x, filters, 4, KERNEL, bias=False)
        x = relu(layers.batch_norm(f"up{stage} norm", x, SCALE))
    return tf.tanh(layers.deconv("out", x, channels, 4, KERNEL, bias=False))


def discriminator(layers: Layers, x: tf.Tensor, width: int = 64, norm: str = "batch") -> tf.Tensor:
    """Return a score for each image, without a sigmoid: [batch, 1].

    Every stage halves the side and doubles the channels; the first has no norm.

    Args:
      x: [batch, side, side, channels] in [−1, 1].
      width: channels of the first stage.
      norm: `batch`, `layer` or `none`.
    """
    for stage in range(_stages(x.shape[1])):
        x = layers.conv(f"down{stage}", x, width * 2**stage, 4, 2, KERNEL, bias=False)
        if stage and norm == "batch":
            x = layers.batch_norm(f"down{stage} norm", x, SCALE)
        elif stage:
            x = layers.norm(norm, f"down{stage} norm", x)
        x = leaky_relu(x)
    features = x.shape[1] * x.shape[2] * x.shape[3]
    return tf.reshape(x, [-1, features]) @ layers.weight("out/W", [features, 1], KERNEL)


def _stages(side: int) -> int:
    """Return k of side = 4 · 2ᵏ."""
    stages = (side // START).bit_length() - 1
    if stages < 1 or side != START * 2**stages:
        raise ValueError(f"a DCGAN has a side of 8, 16, 32, 64, …, not {side}")
    return stages
