"""The seven architectures of figure 2: a DCGAN and six ways to make it hard to train.

Sides are those of 64 × 64 images; smaller ones start from a smaller map, and `width` (64 in the
paper) sets the channels. Norms in the critic are the run's `critic_norm`: batch norm, and layer
norm with the gradient penalty. The 101-layer network is in `resnet101`.

Source: Gulrajani et al. 2017, section 5.2, figure 2, appendices E and H, and the released
gan_64x64.
"""

from collections.abc import Callable

import tensorflow as tf

from saigen.engine.task import Params
from saigen.nets.activations import leaky_relu, relu
from saigen.nets.initial import Draw, he_inputs, uniform_of_deviation
from saigen.nets.layers import Layers
from saigen.papers.wgan_gp.pair import (
    CriticForward,
    GeneratorForward,
    Pair,
    Shape,
    flattened,
    paired,
    seeded,
)

Activation = Callable[[tf.Tensor], tf.Tensor]


def baseline(params: Params, shape: Shape) -> Pair:
    """The DCGAN itself. At side 64 and width 64: 5.36 and 4.32 million weights."""
    width, norm = params["width"], params["critic_norm"]
    generator = _generator(shape, width, "batch", relu)
    return paired(shape, generator, _critic(shape, width, norm, leaky_relu), norm == "batch")


def constant_filters(params: Params, shape: Shape) -> Pair:
    """A generator without norm and with as many filters in every layer."""
    width, norm = params["width"], params["critic_norm"]

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        x = relu(seeded(layers, z, shape.side // 16, width))
        for number in (1, 2, 3):
            x = relu(layers.deconv(f"up{number}", x, width))
        return tf.tanh(layers.deconv("out", x, shape.channels))

    return paired(shape, generator, _critic(shape, width, norm, leaky_relu), norm == "batch")


def mlp(params: Params, shape: Shape) -> Pair:
    """A generator of four fully connected ReLU layers, of 512 units at width 64."""
    width, norm = params["width"], params["critic_norm"]

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        for number in (1, 2, 3, 4):
            z = relu(layers.dense(f"{number}", z, 8 * width, he_inputs))
        x = layers.dense("out", z, shape.side**2 * shape.channels)
        return tf.tanh(tf.reshape(x, [-1, shape.side, shape.side, shape.channels]))

    return paired(shape, generator, _critic(shape, width, norm, leaky_relu), norm == "batch")


def no_normalisation(params: Params, shape: Shape) -> Pair:
    """The DCGAN without any norm, its first weights as they were."""
    width = params["width"]
    generator = _generator(shape, width, "none", relu)
    return paired(shape, generator, _critic(shape, width, "none", leaky_relu), False)


def gated(params: Params, shape: Shape) -> Pair:
    """Gates σ(a) · tanh(b) for every activation; a and b are alternate channels."""
    width, norm = params["width"], params["critic_norm"]
    generator = _generator(shape, width, "batch", _gate, 2, own=False)
    critic = _critic(shape, width, norm, _gate, 2, own=False)
    return paired(shape, generator, critic, norm == "batch")


def tanh(params: Params, shape: Shape) -> Pair:
    """The DCGAN with tanh for every activation."""
    width, norm = params["width"], params["critic_norm"]
    generator = _generator(shape, width, "batch", tf.tanh)
    return paired(shape, generator, _critic(shape, width, norm, tf.tanh), norm == "batch")


def dcgan_draw(width: int) -> Draw:
    """Return the first weights of the DCGAN: uniform, of standard deviation 0.02 at width 64.

    Departure: below that width they are larger, by the root of the ratio, so that a layer passes
    on as much as at 64; at an eighth of the width 0.02 would hand on next to nothing.
    """
    return uniform_of_deviation(0.02 * (64.0 / width) ** 0.5)


def _generator(
    shape: Shape, width: int, norm: str, act: Activation, share: int = 1, own: bool = True
) -> GeneratorForward:
    """Four doublings from side/16: 8·width → 4 → 2 → 1·width → image.

    `share` channels go into one behind each activation; `own`: the first weights are the DCGAN's,
    else those of the released code's other networks.
    """
    draw = dcgan_draw(width) if own else None

    def forward(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        x = seeded(layers, z, shape.side // 16, 8 * width * share, draw)
        x = act(layers.norm(norm, "in norm", x))
        for number, channels in enumerate((4 * width, 2 * width, width), start=1):
            x = layers.deconv(f"up{number}", x, channels * share, draw=draw)
            x = act(layers.norm(norm, f"up{number} norm", x))
        return tf.tanh(layers.deconv("out", x, shape.channels, draw=draw))

    return forward


def _critic(
    shape: Shape, width: int, norm: str, act: Activation, share: int = 1, own: bool = True
) -> CriticForward:
    """Four halvings: image → width → 2 → 4 → 8·width → score; no norm in the first."""
    draw = dcgan_draw(width) if own else None

    def forward(layers: Layers, x: tf.Tensor) -> tf.Tensor:
        x = act(layers.conv("down1", x, width * share, 5, 2, draw))
        for number, channels in ((2, 2 * width), (3, 4 * width), (4, 8 * width)):
            x = layers.conv(f"down{number}", x, channels * share, 5, 2, draw)
            x = act(layers.norm(norm, f"down{number} norm", x))
        more = {} if draw is None else {"draw": draw}
        return layers.dense("out", flattened(x), 1, **more)

    return forward


def _gate(x: tf.Tensor) -> tf.Tensor:
    return tf.sigmoid(x[..., ::2]) * tf.tanh(x[..., 1::2])
