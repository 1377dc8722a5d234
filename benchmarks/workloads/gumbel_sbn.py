"""A training step of the structured prediction network, 392 → 200 → 200 → 392, batch 100.

Compared: the loss in nats, with the same Gumbel noise.
"""

from benchmarks import flops
from benchmarks.families import gumbel as family

RATE, TEMPERATURE = 1e-2, 1.0
_LAYERS = [
    flops.dense(family.HALF, family.UNITS),
    flops.dense(family.UNITS, family.UNITS),
    flops.dense(family.UNITS, family.HALF),
]
FLOPS = flops.training(family.BATCH, _LAYERS)


def saigen():
    """Return `structured_prediction` of the paper's trainer."""
    from saigen.papers.gumbel_softmax.sbn import train

    return family.shipped("structured_prediction", train, layers=2)


def torch(style, weights):
    """Return the same step."""
    import torch
    from torch.nn import functional as F

    def loss_of(net, images, first, second):
        upper, lower = images.split(family.HALF, 1)
        h = torch.addmm(net["h1/b"], upper, net["h1/W"])
        h = torch.addmm(net["h2/b"], family.relaxed(h, first, TEMPERATURE), net["h2/W"])
        x = torch.addmm(net["x/b"], family.relaxed(h, second, TEMPERATURE), net["x/W"])
        return F.binary_cross_entropy_with_logits(x, lower, reduction="sum") / len(x)

    return family.plain(style, weights, RATE, 2, loss_of)
