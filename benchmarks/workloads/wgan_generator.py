"""A generator's update of WGAN-GP on the CIFAR-10 networks: width 64, batch 64.

Compared: its loss, with the same latents.
"""

from benchmarks.families import wgan

FLOPS = wgan.GENERATOR


def saigen():
    """Return the generator's half of `Gan.step`."""
    return wgan.shipped(generator=True)


def torch(style, weights):
    """Return the same update."""
    return wgan.plain(style, weights, generator=True)
