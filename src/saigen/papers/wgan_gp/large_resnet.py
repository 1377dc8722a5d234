"""The residual pair behind figure 4: bedrooms at 128 × 128.

Source: Gulrajani et al. 2017, figure 4; the paper describes no networks, and these are those of the
first author's research program of the same months (wgan_imagenet128).
Departure: that they are the figure's is probable, not certain.
"""

import tensorflow as tf

from saigen.engine.task import Params
from saigen.nets.activations import relu
from saigen.nets.initial import glorot_uniform, he_uniform
from saigen.nets.layers import Layers
from saigen.nets.resampling import doubled, halved
from saigen.nets.shape import Shape
from saigen.papers.wgan_gp.pair import Pair, paired, seeded

#: Where the generator begins, and where the critic's halvings end.
START, END = 4, 8
#: Of the generator's convolutions inside a branch.
GAIN = 0.5


def large_resnet(params: Params, shape: Shape) -> Pair:
    """Doublings from 4 × 4 in the generator, halvings to 8 × 8 in the critic.

    At side 128 and width 64 the generator's blocks have 512, 256, 128 and 64 channels before a last
    doubling, the critic's 128, 256, 512, 1024, 1024 and 1024. A smaller side has fewer blocks.
    """
    width, norm, side = params["width"], params["critic_norm"], shape.side
    blocks = (side // START).bit_length() - 2
    halvings = (side // 2 // END).bit_length() - 1
    widths = [width * 2**power for power in reversed(range(blocks))]

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        x = seeded(layers, z, START, widths[0])
        for number, channels in enumerate(widths):
            x = _up(layers, f"up{number}", x, channels)
        x = doubled(relu(layers.batch_norm("out norm", x)))
        return tf.tanh(layers.conv("out", x, shape.channels, 5, draw=glorot_uniform))

    def critic(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        channels = 2 * width
        x = layers.conv("in", x, channels, 5, 2)
        for number in range(halvings):
            channels *= 2
            shortcut = halved(x)
            name = f"down{number}"
            shortcut = layers.conv(f"{name}/shortcut", shortcut, channels, 1, draw=glorot_uniform)
            x = shortcut + _branch(layers, norm, name, x, channels, 2)
        for number in (0, 1):
            x = x + _branch(layers, norm, f"plain{number}", x, channels, 1)
        return layers.dense("out", tf.reduce_mean(relu(x), [1, 2]), 1)

    return paired(shape, generator, critic, norm == "batch")


def _up(layers: Layers, name: str, x: tf.Tensor, channels: int) -> tf.Tensor:
    """Batch norm, ReLU, doubling, 3 × 3, and once more without the doubling; plus the shortcut."""
    shortcut = layers.conv(f"{name}/shortcut", doubled(x), channels, 1, draw=glorot_uniform)
    branch = doubled(relu(layers.batch_norm(f"{name}/norm1", x)))
    branch = layers.conv(f"{name}/1", branch, channels, draw=_small)
    branch = relu(layers.batch_norm(f"{name}/norm2", branch))
    return shortcut + layers.conv(f"{name}/2", branch, channels, draw=_small)


def _branch(
    layers: Layers, norm: str, name: str, x: tf.Tensor, channels: int, stride: int
) -> tf.Tensor:
    """Norm, ReLU, 3 × 3 as wide as x; norm, ReLU, 3 × 3 of this stride."""
    branch = relu(layers.norm(norm, f"{name}/norm1", x))
    branch = layers.conv(f"{name}/1", branch, x.shape[-1])
    branch = relu(layers.norm(norm, f"{name}/norm2", branch))
    return layers.conv(f"{name}/2", branch, channels, stride=stride)


def _small(seed: tf.Tensor, shape: list[int]) -> tf.Tensor:
    return GAIN * he_uniform()(seed, shape)
