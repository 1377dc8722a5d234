"""A step of the semi-supervised autoencoder at full width, its unknown class by Gumbel-Softmax.

100 labelled and 100 other images. The class is a set of constant planes beside the image. Saving:
their convolution is computed once for all images. Compared: −J in nats, with the same
binarised pixels and noise.
"""

from benchmarks import flops, noise

BATCH, CLASSES, STYLE, EXAMPLES, ALPHA, RATE = 100, 10, 16, 1000, 0.1, 1e-3
_UP = (64, 128, 64, 32, 32)

_DOWN = [flops.conv(14, 5, 1, 32), flops.conv(7, 5, 32, 64), flops.conv(4, 5, 64, 128)]
_DECODER = [
    flops.dense(CLASSES + STYLE, 64),
    *(flops.conv(2**k, 3, _UP[k], _UP[k + 1]) for k in range(4)),
    flops.dense(16 * 16 * 32, 784),
]
_CLASS = [*_DOWN, flops.dense(4 * 4 * 128, CLASSES)]
_STYLE = [*_DOWN, flops.dense(4 * 4 * 128, 2 * STYLE)]
FLOPS = sum(flops.training(2 * BATCH, part) for part in (_CLASS, _STYLE)) + (
    2.0 * 2 * BATCH * 3 * sum(_DECODER)
)


def saigen():
    """Return the paper's trainer."""
    import tensorflow as tf

    from benchmarks.families.gumbel import gumbels
    from benchmarks.shipped import SEED, Noise, Shipped
    from saigen.engine import rng
    from saigen.engine.batches import batch_indices
    from saigen.paper import load_paper
    from saigen.papers.gumbel_softmax.semi_supervised import labelled_first, train

    params = load_paper("gumbel_softmax").experiments["semi_supervised"].params
    dataset = Noise(noise.images(EXAMPLES, 28, 1))
    task = train({**params, "method": "gumbel", "alpha": ALPHA}, dataset)
    order = labelled_first(dataset.labels("train"), params["labelled_per_class"], SEED)

    def draws(key):
        batch = batch_indices(SEED, int(key.step), 1, BATCH, task.examples)[0]
        found = {}
        for name in ("binarise labelled", "binarise unlabelled"):
            # The other side sees all images in a mirror.
            found[name] = rng.uniform(key(name), [BATCH, 28, 28, 1])[:, ::-1, ::-1]
        return {
            **found,
            "labelled": order[:BATCH],
            "unlabelled": order[BATCH + batch],
            "labelled style": rng.normal(key("labelled style"), [BATCH, STYLE]),
            "style": rng.normal(key("style"), [BATCH, STYLE]),
            "class": tf.squeeze(gumbels(key("class"), [BATCH, 1, CLASSES]), 1),
        }

    return Shipped(task, "loss", draws)


def torch(style, weights):
    """Return the same step."""
    import math

    import torch
    from torch.nn import functional as F

    from benchmarks import plain as pt
    from benchmarks.families.gumbel import trained

    how = pt.STYLES[style]
    turned = trained(weights)
    del turned["labelled first"]
    for name in ("class/out/W", "style/out/W"):
        turned[name] = pt.mirror_rows(turned[name], 4)
    for name in ("image/out/W", "image/out/b"):
        places = turned[name].reshape(-1, 28, 28)[:, ::-1, ::-1]
        turned[name] = places.reshape(turned[name].shape)
    turned["image/out/W"] = pt.mirror_rows(turned["image/out/W"], 16)
    net = pt.parameters(turned, how, mirrored=True)
    optimiser = pt.adam(net.values(), RATE, (0.9, 0.999), how)
    data = pt.images_of(noise.images(EXAMPLES, 28, 1), mirrored=True)
    labels = torch.arange(EXAMPLES) % CLASSES

    def down(name, first):
        x = F.relu(first + net[f"{name}/conv1/b"].view(-1, 1, 1))
        for layer in (2, 3):
            kernel, bias = net[f"{name}/conv{layer}/W"], net[f"{name}/conv{layer}/b"]
            x = F.relu(F.conv2d(x, kernel, bias, 2, 2))
        return torch.addmm(net[f"{name}/out/b"], pt.flat(x), net[f"{name}/out/W"])

    def class_logits(x):
        return down("class", F.conv2d(x, net["class/conv1/W"], None, 2, 2))

    def style_of(x, y):
        if not how.savings:
            planes = y.view(BATCH, CLASSES, 1, 1).expand(-1, -1, 28, 28)
            first = F.conv2d(torch.cat([x, planes], 1), net["style/conv1/W"], None, 2, 2)
            return down("style", first).split(STYLE, 1)
        of_image, of_class = net["style/conv1/W"].split((1, CLASSES), 1)
        each = of_class.transpose(0, 1).reshape(-1, 1, 5, 5)  # one plane of ones for all classes
        planes = F.conv2d(torch.ones(1, 1, 28, 28), each, None, 2, 2).view(CLASSES, -1, 14, 14)
        first = F.conv2d(x, of_image, None, 2, 2) + pt.unflat(y @ pt.flat(planes), 14, how)
        return down("style", first).split(STYLE, 1)

    def pixel_logits(y, z):
        x = F.relu(torch.addmm(net["image/in/b"], torch.cat([y, z], 1), net["image/in/W"]))
        x = x.view(-1, 64, 1, 1)
        for layer in range(1, 5):
            kernel, bias = net[f"image/conv{layer}/W"], net[f"image/conv{layer}/b"]
            x = F.relu(F.conv_transpose2d(x, kernel, bias, 2, 1, 1))
        return torch.addmm(net["image/out/b"], pt.flat(x), net["image/out/W"])

    def bound(x, y, noise):
        mean, log_deviation = style_of(x, y)
        pixels = pixel_logits(y, mean + log_deviation.exp() * noise)
        kl = 0.5 * (mean.square() + (2 * log_deviation).exp() - 1.0) - log_deviation
        losses = F.binary_cross_entropy_with_logits(pixels, pt.flat(x), reduction="none")
        return -losses.sum(1) - math.log(CLASSES) - kl.sum(1)

    def loss_of(known, y, other, noise_known, noise_other, gumbel):
        log_q = class_logits(other).log_softmax(1)
        entropy = -(log_q.exp() * log_q).sum(1)
        labelled = bound(known, y, noise_known).mean()
        unlabelled = (bound(other, (log_q + gumbel).softmax(1), noise_other) + entropy).mean()
        told = (class_logits(known).log_softmax(1) * y).sum(1).mean()
        return -(labelled + unlabelled + ALPHA * told)

    compiled = pt.compiled(loss_of, how)

    def binarised(draws, kind, rows):
        uniform = draws.uniform(f"binarise {kind}", BATCH, 28, 28, 1)
        return pt.channels_first((uniform < data[rows].float() / 255.0).float(), how)

    def step(draws):
        rows = {kind: draws.rows(EXAMPLES, BATCH, kind) for kind in ("labelled", "unlabelled")}
        known, other = (binarised(draws, kind, rows[kind]) for kind in rows)
        normal = [draws.normal(name, BATCH, STYLE) for name in ("labelled style", "style")]
        y = F.one_hot(labels[rows["labelled"]], CLASSES).float()
        loss = compiled(known, y, other, *normal, draws.gumbel("class", BATCH, CLASSES))
        pt.descend(optimiser, loss, net.values())
        return loss.detach()

    return pt.Plain(step)
