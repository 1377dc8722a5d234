"""The residual pair of table 3: CIFAR-10 without labels, and with them as an AC-GAN.

Source: Gulrajani et al. 2017, section 5.4 and appendix F, and the released gan_cifar_resnet.
Departure: appendix F doubles the side before a block's second convolution, the released code
before its first; as the code.
"""

import tensorflow as tf

from saigen.engine.task import Params
from saigen.nets.activations import relu
from saigen.nets.initial import glorot_uniform
from saigen.nets.layers import Layers, Network
from saigen.nets.resampling import doubled, halved
from saigen.nets.shape import Shape
from saigen.papers.wgan_gp.pair import Pair, paired, seeded


def resnet(params: Params, shape: Shape) -> Pair:
    """Three doublings from side/8, `width` channels throughout.

    At side 32 and width 128: 1,204,483 and 1,053,825 weights; supervised 1,218,307 and 1,055,115.
    """
    width, norm = params["width"], params["critic_norm"]
    classes = shape.classes if params["supervised"] else 0

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        def normed(name: str, x: tf.Tensor) -> tf.Tensor:
            if classes:
                return layers.conditional_batch_norm(name, x, labels, classes)
            return layers.batch_norm(name, x)

        x = seeded(layers, z, shape.side // 8, width)
        for number in (1, 2, 3):
            name = f"up{number}"
            shortcut = layers.conv(f"{name}/shortcut", doubled(x), width, 1, draw=glorot_uniform)
            x = doubled(relu(normed(f"{name}/norm1", x)))
            x = layers.conv(f"{name}/1", x, width)
            x = layers.conv(f"{name}/2", relu(normed(f"{name}/norm2", x)), width)
            x = shortcut + x
        x = relu(layers.batch_norm("out norm", x))
        return tf.tanh(layers.conv("out", x, shape.channels, draw=glorot_uniform))

    def critic(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        shortcut = layers.conv("1/shortcut", halved(x), width, 1, draw=glorot_uniform)
        x = relu(layers.conv("1/1", x, width))
        x = shortcut + halved(layers.conv("1/2", x, width))
        for name, down in (("2", True), ("3", False), ("4", False)):
            branch = relu(layers.norm(norm, f"{name}/norm1", x))
            branch = layers.conv(f"{name}/1", branch, width)
            branch = relu(layers.norm(norm, f"{name}/norm2", branch))
            branch = layers.conv(f"{name}/2", branch, width)
            if down:
                x = halved(layers.conv(f"{name}/shortcut", x, width, 1, draw=glorot_uniform))
                branch = halved(branch)
            x = x + branch
        pooled = tf.reduce_mean(relu(x), [1, 2])
        score = layers.dense("out", pooled, 1)
        return tf.concat([score, layers.dense("classes", pooled, classes)], 1) if classes else score

    return paired(shape, generator, critic, norm == "batch")


def layer_count(network: Network) -> int:
    """Return how many convolutions and linear layers a network has, shortcuts left out."""
    return sum("shortcut" not in name for name in network.weights if name.endswith("/W"))
