"""A training step of the variational autoencoder, 784 → 200 → 784, batch 100.

The temperature is that of the first 1,000 steps. Compared: −log p(x | y) + KL in nats, with the
same Gumbel noise.
"""

from benchmarks import flops
from benchmarks.families import gumbel as family

RATE, TEMPERATURE = 3e-3, 1.0
_LAYERS = [flops.dense(family.PIXELS, family.UNITS), flops.dense(family.UNITS, family.PIXELS)]
FLOPS = flops.training(family.BATCH, _LAYERS)


def saigen():
    """Return `vae` of the paper's trainer."""
    from saigen.papers.gumbel_softmax.vae import train

    return family.shipped("vae", train, layers=1)


def torch(style, weights):
    """Return the same step."""
    import torch
    from torch.nn import functional as F

    def loss_of(net, images, noise):
        logits = torch.addmm(net["encoder/b"], 2.0 * images - 1.0, net["encoder/W"])
        codes = 2.0 * family.relaxed(logits, noise, TEMPERATURE) - 1.0
        pixels = torch.addmm(net["decoder/b"], codes, net["decoder/W"])
        q = logits.view(noise.shape).log_softmax(-1)
        p = net["prior"].view(noise.shape[1:]).log_softmax(-1)
        reconstruction = F.binary_cross_entropy_with_logits(pixels, images, reduction="sum")
        return (reconstruction + (q.exp() * (q - p)).sum()) / len(images)

    return family.plain(style, weights, RATE, 1, loss_of)
