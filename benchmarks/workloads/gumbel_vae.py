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

    from benchmarks import plain as pt

    how = pt.STYLES[style]
    net = pt.parameters(family.trained(weights), how)
    optimiser = family.momentum(net, RATE, how)
    data = pt.images_of(family.images()).flatten(1)
    shape = family.BATCH, family.VARIABLES, family.CLASSES

    def loss_of(images, noise):
        images = images.float()
        logits = torch.addmm(net["encoder/b"], 2.0 * images - 1.0, net["encoder/W"])
        codes = 2.0 * family.relaxed(logits, noise, TEMPERATURE) - 1.0
        pixels = torch.addmm(net["decoder/b"], codes, net["decoder/W"])
        q = logits.view(shape).log_softmax(-1)
        p = net["prior"].view(shape[1:]).log_softmax(-1)
        reconstruction = F.binary_cross_entropy_with_logits(pixels, images, reduction="sum")
        return (reconstruction + (q.exp() * (q - p)).sum()) / len(images)

    compiled = pt.compiled(loss_of, how)

    def step(draws):
        images = data[draws.rows(family.EXAMPLES, family.BATCH)]
        loss = compiled(images, draws.gumbel("noise0", *shape))
        pt.descend(optimiser, loss, net.values())
        return loss.detach()

    return pt.Plain(step)
