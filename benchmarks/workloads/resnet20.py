"""A training step of He's ResNet-20 by his protocol, batch 128.

Compared: the cross-entropy, with the same crops and mirrors.
"""

from benchmarks.families import resnet

FLOPS = resnet.he_flops()
_SETTINGS = {"learning_rate": 0.1, "weight_decay": 1e-4, "by_pixel": True}
PROTOCOL = {**_SETTINGS, "optimiser": "momentum", "drops": "he_2016"}


def saigen():
    """Return the `he_2016` protocol of the paper's trainer."""
    return resnet.shipped("protocols", PROTOCOL)


def torch(style, weights):
    """Return the same network and protocol."""
    return resnet.plain(style, weights, _SETTINGS, lab=False)
