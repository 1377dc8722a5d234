"""The 101-layer residual pair of figure 2: bottleneck blocks, scaled branches.

33 blocks of three convolutions, one linear layer and one 1 × 1 convolution in each network.

Source: Gulrajani et al. 2017, appendix E, and the released gan_64x64.
"""

import tensorflow as tf

from saigen.engine.task import Params
from saigen.nets.activations import relu
from saigen.nets.initial import he_uniform
from saigen.nets.layers import Layers
from saigen.nets.shape import Shape
from saigen.papers.wgan_gp.pair import Pair, flattened, paired, seeded

#: What a branch is multiplied by, and the output of both networks.
BRANCH, OUTPUT = 0.3, 1.0 / 5.0


def resnet101(params: Params, shape: Shape) -> Pair:
    """Four doublings, `blocks` blocks before each and one fewer after the last.

    At side 64, width 64 and 6 blocks: 101 layers, 9.19 and 7.62 million weights.
    """
    width, blocks, norm = params["width"], params["blocks"], params["critic_norm"]
    widths = (8 * width, 4 * width, 2 * width, width, width // 2)

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        x = seeded(layers, z, shape.side // 16, widths[0])
        for stage, channels in enumerate(widths):
            for number in range(blocks - (stage == 4)):
                x = block(layers, f"{stage}/{number}", x, channels, "same", "batch")
            if stage < 4:
                x = block(layers, f"{stage}/up", x, widths[stage + 1], "up", "batch")
        return tf.tanh(layers.conv("out", x, shape.channels, 1) * OUTPUT)

    def critic(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        x = layers.conv("in", x, widths[4], 1)
        for stage in range(4, -1, -1):
            for number in range(blocks - (stage == 4)):
                x = block(layers, f"{stage}/{number}", x, widths[stage], "same", norm)
            if stage > 0:
                x = block(layers, f"{stage}/down", x, widths[stage - 1], "down", norm)
        return layers.dense("out", flattened(x), 1) * OUTPUT

    return paired(shape, generator, critic, norm == "batch")


def block(
    layers: Layers, name: str, x: tf.Tensor, channels: int, sample: str, norm: str
) -> tf.Tensor:
    """ReLU, 1×1 to half; ReLU, 3×3 to half of the output; ReLU, 1×1; norm; plus the shortcut.

    Args:
      channels: of the output.
      sample: `same`, `up` (the 3 × 3 is a transposed convolution) or `down` (it has stride 2).
      norm: at the end of the branch, the only one.
    """
    branch = layers.conv(f"{name}/1", relu(x), int(x.shape[-1]) // 2, 1)
    if sample == "up":
        branch = layers.deconv(f"{name}/2", relu(branch), channels // 2, 3)
    else:
        stride = 2 if sample == "down" else 1
        branch = layers.conv(f"{name}/2", relu(branch), channels // 2, 3, stride)
    branch = layers.conv(f"{name}/3", relu(branch), channels, 1, bias=False)
    branch = layers.norm(norm, f"{name}/norm", branch)
    if sample == "up":
        x = tf.nn.depth_to_space(layers.conv(f"{name}/shortcut", x, 4 * channels, 1), 2)
    elif sample == "down":
        # Every second pixel, and then a convolution of stride 1: the same numbers. Of a 1×1 kernel
        # with a stride and fewer than 8 channels oneDNN 3.7's AVX2 gradient writes past its
        # workspace (uxlfoundation/oneDNN, issue 6035).
        every_second = tf.nn.avg_pool2d(x, 1, 2, "VALID")
        x = layers.conv(
            f"{name}/shortcut", every_second, channels, 1, draw=he_uniform(fan_out_share=4)
        )
    return x + BRANCH * branch
