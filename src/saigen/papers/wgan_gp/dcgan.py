"""The convolutional networks of CIFAR-10 (figure 3), MNIST (figure 5b), and of random search.

Source: the released gan_cifar and gan_mnist; table 1 and appendix B of Gulrajani et al. 2017.
"""

from functools import partial

import tensorflow as tf

from saigen.engine.task import Params
from saigen.nets.activations import ACTIVATIONS, leaky_relu, relu
from saigen.nets.layers import Layers
from saigen.nets.shape import Shape
from saigen.papers.wgan_gp.architectures import DECAY, Architecture, architecture
from saigen.papers.wgan_gp.pair import Pair, flattened, paired, seeded


def cifar(params: Params, shape: Shape) -> Pair:
    """Three doublings from side/8: 4·width → 2·width → width → image, and the mirror of it.

    At side 32 and width 128: 5,179,907 and 4,114,689 weights.
    """
    width, norm = params["width"], params["critic_norm"]

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        start = shape.side // 8
        x = layers.dense("in", z, start * start * 4 * width)
        x = relu(layers.batch_norm("in norm", x))  # of each unit, before it has places
        x = tf.reshape(x, [-1, start, start, 4 * width])
        for number, channels in enumerate((2 * width, width), start=1):
            x = layers.deconv(f"up{number}", x, channels)
            x = relu(layers.batch_norm(f"up{number} norm", x))
        return tf.tanh(layers.deconv("out", x, shape.channels))

    return paired(shape, generator, partial(_critic, width, norm), norm == "batch")


def mnist(params: Params, shape: Shape) -> Pair:
    """The MNIST networks: batch norm in both only where the critic has it (clipping).

    At side 28 and width 64: 1,554,177 and 1,030,145 weights. Where the side is no multiple of 8,
    the second feature map is cropped (8 → 7).
    """
    width, norm = params["width"], params["critic_norm"]
    quarter = shape.side // 4

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        start = -(-quarter // 2)
        x = layers.dense("in", z, start * start * 4 * width)
        x = relu(layers.norm(norm, "in norm", x))
        x = tf.reshape(x, [-1, start, start, 4 * width])
        for number, channels in enumerate((2 * width, width), start=1):
            x = layers.deconv(f"up{number}", x, channels)
            x = relu(layers.norm(norm, f"up{number} norm", x))
            if number == 1:
                x = x[:, :quarter, :quarter]
        return tf.tanh(layers.deconv("out", x, shape.channels))

    return paired(shape, generator, partial(_critic, width, norm), norm == "batch")


def _critic(width: int, norm: str, layers: Layers, x: tf.Tensor) -> tf.Tensor:
    """Three strided convolutions, all but the first normalised, and a score."""
    x = leaky_relu(layers.conv("down1", x, width, 5, 2))
    for number, channels in ((2, 2 * width), (3, 4 * width)):
        x = layers.conv(f"down{number}", x, channels, 5, 2)
        x = leaky_relu(layers.norm(norm, f"down{number} norm", x))
    return layers.dense("out", flattened(x), 1)


def random(params: Params, shape: Shape) -> Pair:
    """One of the 200 drawn architectures, both networks as it says.

    Where the critic is normalised, its norm is the run's `critic_norm` and its kernels decay.
    A depth of d has d − 4 further 3 × 3 convolutions of stride 1 at twice the base width, at a
    quarter of the side.
    Departure: where the further layers stand is not printed; this is the first author's ImageNet
    script, but for its critic's further layers, which take their width from the critic's own.
    """
    found = architecture(params["architecture"])
    norm = params["critic_norm"] if found.critic_norm else "none"
    return paired(
        shape,
        _random_generator(found, params["width"], shape),
        _random_critic(found, params["width"], shape, norm, params["critic_activation"]),
        norm == "batch",
        DECAY if found.critic_norm else 0.0,
    )


def _random_generator(found: Architecture, width: float, shape: Shape):
    act = ACTIVATIONS[found.generator_activation]
    norm = "batch" if found.generator_norm else "none"
    base = _scaled(found.generator_filters, width)

    def forward(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        def finished(name: str, x: tf.Tensor) -> tf.Tensor:
            return act(layers.norm(norm, f"{name} norm", x))

        x = finished("in", seeded(layers, z, shape.side // 8, 4 * base))
        x = finished("up1", layers.deconv("up1", x, 2 * base))
        for number in range(found.generator_depth - 4):
            x = finished(f"more{number:02d}", layers.conv(f"more{number:02d}", x, 2 * base))
        x = finished("up2", layers.deconv("up2", x, base))
        return tf.tanh(layers.deconv("out", x, shape.channels))

    return forward


def _random_critic(found: Architecture, width: float, shape: Shape, norm: str, instead: str):
    act = ACTIVATIONS[instead or found.critic_activation]
    base = _scaled(found.critic_filters, width)

    def forward(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        def finished(name: str, x: tf.Tensor) -> tf.Tensor:
            return act(layers.norm(norm, f"{name} norm", x))

        x = act(layers.conv("down1", x, base, 5, 2))
        x = finished("down2", layers.conv("down2", x, 2 * base, 5, 2))
        for number in range(found.critic_depth - 4):
            x = finished(f"more{number:02d}", layers.conv(f"more{number:02d}", x, 2 * base))
        x = finished("down3", layers.conv("down3", x, 4 * base, 5, 2))
        return layers.dense("out", flattened(x), 1)

    return forward


def _scaled(filters: int, width: float) -> int:
    return max(1, round(filters * width))
