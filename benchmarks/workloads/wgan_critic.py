"""A critic's update of WGAN-GP on the CIFAR-10 networks: width 64, batch 64.

Saving: rectifiers as masks. Compared: its loss with the penalty, with the same latents and points
between.
"""

from benchmarks.families import wgan

FLOPS = wgan.CRITIC


def saigen():
    """Return the critic's half of `Gan.step`."""
    return wgan.shipped(generator=False)


def torch(style, weights):
    """Return the same update."""
    return wgan.plain(style, weights, generator=False)
