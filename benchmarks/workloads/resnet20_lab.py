"""A training step of the laboratory's ResNet-20 under SGD with momentum, batch 128.

Its stem leaves 9 × 9 places, so that overheads weigh more than in He's. Compared: the
cross-entropy, with the same crops and mirrors.
"""

from benchmarks.families import resnet

FLOPS = resnet.lab_flops()
_SETTINGS = {"learning_rate": 0.05, "weight_decay": 0.0, "by_pixel": False}


def saigen():
    """Return the `lab` experiment of the paper's trainer."""
    return resnet.shipped("lab", {**_SETTINGS, "optimiser": "momentum"})


def torch(style, weights):
    """Return the same network and protocol."""
    return resnet.plain(style, weights, _SETTINGS, lab=True)
