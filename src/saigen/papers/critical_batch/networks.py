"""The pairs of networks: the DCGAN of the first two experiments, and a small conditional ResNet.

Every generator maps (z, labels) to images, every discriminator (images, labels) to [batch, 1].
"""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from saigen.engine.task import Params
from saigen.nets import dcgan
from saigen.nets.activations import relu
from saigen.nets.initial import constant, glorot_uniform
from saigen.nets.layers import Layers, Network
from saigen.nets.resampling import doubled, halved
from saigen.nets.shape import Shape
from saigen.nets.spectral_norm import SpectralNetwork

#: Numbers in the latent z ~ N(0, I).
LATENT = 100


@dataclass(frozen=True)
class Pair:
    """A generator and a discriminator."""

    generator: Network
    discriminator: Network


def dcgan_pair(params: Params, shape: Shape) -> Pair:
    """The DCGAN, whose discriminator has the norm `norm`; labels are ignored."""
    width, norm = params["width"], params["norm"]

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        return dcgan.generator(layers, z, shape.side, shape.channels, width)

    def discriminator(layers: Layers, x: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        return dcgan.discriminator(layers, x, width, norm)

    return _paired(shape, generator, discriminator)


def conditional_resnet(params: Params, shape: Shape) -> Pair:
    """A residual pair with classes: conditional batch norm in G, a projection in D.

    D(x, y) = w·φ(x) + b + e_y·φ(x), with φ the features pooled over places.

    Source: Brock et al. 2019 for the plan, Miyato & Koyama 2018 for the projection.
    D has the norm `norm`, or with `spectral` all its kernels at spectral norm 1, as BigGAN.
    Departure: a tenth of BigGAN's depth, no attention, no hierarchical latent, and G and the
    embedding of classes without spectral norm.
    """
    width, classes, spectral = params["width"], shape.classes, params["norm"] == "spectral"
    norm = "none" if spectral else params["norm"]

    def generator(layers: Layers, z: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        side = dcgan.START
        x = tf.reshape(layers.dense("in", z, side * side * width), [-1, side, side, width])
        while side < shape.side:
            side *= 2
            name = f"up{side}"
            shortcut = layers.conv(f"{name}/shortcut", doubled(x), width, 1, draw=glorot_uniform)
            branch = relu(layers.conditional_batch_norm(f"{name}/norm1", x, labels, classes))
            branch = layers.conv(f"{name}/1", doubled(branch), width)
            branch = relu(layers.conditional_batch_norm(f"{name}/norm2", branch, labels, classes))
            x = shortcut + layers.conv(f"{name}/2", branch, width)
        x = relu(layers.batch_norm("out norm", x))
        return tf.tanh(layers.conv("out", x, shape.channels, draw=glorot_uniform))

    def discriminator(layers: Layers, x: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        x = layers.conv("in", x, width)
        side = shape.side
        while side > dcgan.START:
            name, side = f"down{side}", side // 2
            shortcut = layers.conv(f"{name}/shortcut", halved(x), width, 1, draw=glorot_uniform)
            branch = layers.conv(f"{name}/1", relu(layers.norm(norm, f"{name}/norm1", x)), width)
            branch = relu(layers.norm(norm, f"{name}/norm2", branch))
            x = shortcut + halved(layers.conv(f"{name}/2", branch, width))
        pooled = tf.reduce_mean(relu(x), [1, 2])
        embedding = layers.weight("classes", [classes, width], constant(0.0))
        projection = tf.reduce_sum(tf.gather(embedding, labels) * pooled, 1, keepdims=True)
        return layers.dense("out", pooled, 1) + projection

    return _paired(shape, generator, discriminator, SpectralNetwork if spectral else Network)


NETWORKS: dict[str, Callable[[Params, Shape], Pair]] = {
    "dcgan": dcgan_pair,
    "conditional_resnet": conditional_resnet,
}


def _paired(
    shape: Shape, generator: Callable, discriminator: Callable, judging: type[Network] = Network
) -> Pair:
    labels, image = ([], tf.int32), [shape.side, shape.side, shape.channels]
    return Pair(
        Network("generator", generator, [LATENT], labels),
        judging("discriminator", discriminator, image, labels),
    )
