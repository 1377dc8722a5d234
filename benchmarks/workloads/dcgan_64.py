"""A step of the DCGAN of 64 × 64 images, width 64, batch 32: discriminator, then generator.

Compared: the sum of both losses, with the same latents.
"""

from benchmarks.families import dcgan

SIDE, BATCH = 64, 32
TOLERANCES = dcgan.TOLERANCES
FLOPS = dcgan.step_flops(SIDE, BATCH)


def saigen():
    """Return the step of the critical batch paper."""
    return dcgan.shipped(SIDE, BATCH)


def torch(style, weights):
    """Return the same step."""
    return dcgan.plain(style, weights, SIDE, BATCH)
