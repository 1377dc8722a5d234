"""The 1,000-sample bound on the likelihood of 20 images under the variational autoencoder.

Codes are drawn by inversion on both sides. Savings: the pixels' likelihood has one logarithm for
98 of them, and a decoder of ±1 takes {0, 1}. Compared: the mean bound in nats, with the same
uniform numbers.
"""

from benchmarks import flops
from benchmarks.families import gumbel as family

#: Half of the images are called validation images, since an evaluation looks at both.
IMAGES, SAMPLES, GROUP = 10, 1000, 98
_DECODER = flops.dense(family.UNITS, family.PIXELS)
FLOPS = 2.0 * 2 * IMAGES * (SAMPLES * _DECODER + flops.dense(family.PIXELS, family.UNITS))


def saigen():
    """Return `Evaluation` of the paper's trainer on the first weights."""
    from statistics import mean

    from benchmarks.shipped import SEED, Called, Noise
    from saigen.engine import rng
    from saigen.nets.affine import variables_like
    from saigen.papers.gumbel_softmax.evaluation import Evaluation
    from saigen.papers.gumbel_softmax.vae import Vae

    params = {**family.params_of("vae"), "curve_images": IMAGES, "curve_samples": SAMPLES}
    network = Vae(params)
    weights = variables_like(network.initial(SEED))

    def bound(images, key, samples, step):
        return network.log_bound(weights, images, key, samples)

    evaluation = Evaluation(params, Noise(family.images()), bound)

    def draws():
        shape = [SAMPLES, IMAGES, family.VARIABLES, 1]
        order = rng.generator(0, "evaluation order").permutation(family.EXAMPLES)
        return {"rows": order[:IMAGES], "codes": rng.uniform(rng.key(SEED)("codes"), shape)}

    return Called(lambda: mean(evaluation(SEED, 0, False).values()), weights, draws)


def torch(style, weights):
    """Return the same bound."""
    import math

    import torch
    from torch.nn import functional as F

    from benchmarks import plain as pt

    how = pt.STYLES[style]
    net = {name: value.detach() for name, value in pt.parameters(weights, how).items()}
    data = pt.images_of(family.images()).flatten(1)

    def plain_likelihood(codes, images):
        pixels = torch.matmul(2.0 * codes - 1.0, net["decoder/W"]) + net["decoder/b"]
        images = images.expand_as(pixels)
        return -F.binary_cross_entropy_with_logits(pixels, images, reduction="none").sum(-1)

    def likelihood(codes, images):
        # The map of ±1 as it takes {0, 1}.
        decoder, bias = 2.0 * net["decoder/W"], net["decoder/b"] - net["decoder/W"].sum(0)
        pixels = codes @ decoder + bias
        factors = (1.0 + (-pixels.abs()).exp()).unflatten(-1, (-1, GROUP))
        return -(pixels.relu() - images * pixels).sum(-1) - factors.prod(-1).log().sum(-1)

    def log_bound(images, draws):
        images = images.float()
        logits = torch.addmm(net["encoder/b"], 2.0 * images - 1.0, net["encoder/W"])
        q = logits.view(-1, family.VARIABLES, family.CLASSES).log_softmax(-1)
        p = net["prior"].view(family.VARIABLES, family.CLASSES).log_softmax(-1)
        index = (draws >= q.exp().cumsum(-1)[..., :-1]).sum(-1)
        codes = F.one_hot(index, family.CLASSES).float()
        log_p = (likelihood if how.savings else plain_likelihood)(codes.flatten(-2), images)
        log_ratio = (codes * (p - q)).sum((-2, -1))
        return (log_p + log_ratio).logsumexp(0) - math.log(len(draws))

    compiled = pt.compiled(log_bound, how)

    @torch.no_grad()
    def step(draws):
        total = 0.0
        for _ in range(2):
            images = data[draws.rows(family.EXAMPLES, IMAGES)]
            uniform = draws.uniform("codes", SAMPLES, IMAGES, family.VARIABLES, 1)
            total = total - float(compiled(images, uniform).mean())
        return total / 2

    return pt.Plain(step)
