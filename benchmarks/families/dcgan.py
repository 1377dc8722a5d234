"""The DCGAN pair under Adam: one step of the discriminator, one of the generator, same latents.

As the usual PyTorch example has it, the generator's images are made once, cut off from the graph
for the discriminator's loss and used with it for the generator's. Norms of both gradients are told
on both sides. Compared: the sum of both losses, with the same latents.
"""

from collections.abc import Mapping

import numpy as np

from benchmarks import flops, noise

LATENT, WIDTH, START, EXAMPLES = 100, 64, 4, 512
RATES, BETAS = {"discriminator": 3e-4, "generator": 1e-4}, (0.5, 0.999)
#: Adam's first step has the sign of gradients that are 0 but for rounding.
TOLERANCES = (1e-4, 1e-3)


def _stages(side: int) -> int:
    return (side // START).bit_length() - 1


def step_flops(side: int, batch: int) -> float:
    """Return the FLOPs of a step: G once, D on images, fakes and fakes again, and all backwards."""
    last, widest = _stages(side), WIDTH * 2 ** (_stages(side) - 1)
    middle = [
        flops.conv(side // 2 ** (stage + 1), 4, WIDTH * 2 ** (stage - 1), WIDTH * 2**stage)
        for stage in range(1, last)
    ]
    image = flops.conv(side // 2, 4, 3, WIDTH)
    score, seed = flops.dense(START**2 * widest, 1), flops.dense(LATENT, START**2 * widest)
    d, g = image + sum(middle) + score, image + sum(middle) + seed
    of_discriminator = 2 * (3 * d - image)  # images and fakes
    return 2.0 * batch * (of_discriminator + (3 * g - seed) + 2 * d)


def shipped(side: int, batch: int, width: int = WIDTH):
    """Return Saigen's training, that of the critical batch paper."""
    import tensorflow as tf

    from benchmarks.shipped import Shipped, plain_task
    from saigen.engine import rng
    from saigen.nets.shape import Shape
    from saigen.papers.critical_batch.networks import dcgan_pair
    from saigen.papers.critical_batch.two_time_scales import TwoTimeScales

    data = tf.constant(noise.images(EXAMPLES, side, 3))
    params = {
        "width": width,
        "norm": "batch",
        "game": "standard",
        "penalty": 0.0,
        "penalty_times": 1,
        "optimiser": "adam",
        "beta1": BETAS[0],
        **{f"{name}_rate": rate for name, rate in RATES.items()},
    }

    def read(rows):
        pixels = tf.cast(tf.gather(data, rows), tf.float32) / 127.5 - 1.0
        return pixels, tf.zeros_like(rows)

    gan = TwoTimeScales(params, dcgan_pair(params, Shape(side, 3, 1)), read, 1)

    def step(rows, key):
        found = gan.step(rows, key)
        return {**found, "loss": found["discriminator_loss"] + found["generator_loss"]}

    names = (*gan.metrics, "loss")
    task = plain_task(step, gan.variables, gan.initial, names, batch, EXAMPLES)
    return Shipped(task, "loss", lambda key: {"z": rng.normal(key("latent"), [batch, LATENT])})


def plain(style: str, weights: Mapping[str, np.ndarray], side: int, batch: int):
    """Return the training in PyTorch."""
    import torch
    from torch.nn import functional as F

    from benchmarks import plain as pt

    how, last = pt.STYLES[style], _stages(side)
    g = pt.parameters(weights, how, "generator/")
    d = pt.parameters(weights, how, "discriminator/")
    optimisers = {
        "discriminator": pt.adam(d.values(), RATES["discriminator"], BETAS, how),
        "generator": pt.adam(g.values(), RATES["generator"], BETAS, how),
    }
    data = pt.images_of(noise.images(EXAMPLES, side, 3))

    def norm(net, name, x):
        affine = net[f"{name} norm/scale"], net[f"{name} norm/offset"]
        return F.batch_norm(x, None, None, *affine, True, 0.1, 1e-5)

    def generated(z):
        x = pt.unflat(z @ g["in/W"], START, how)
        x = F.relu(norm(g, "in", x))
        for stage in range(1, last):
            name = f"up{stage}"
            x = F.conv_transpose2d(x, g[f"{name}/W"], None, 2, 1)
            x = F.relu(norm(g, name, x))
        return torch.tanh(F.conv_transpose2d(x, g["out/W"], None, 2, 1))

    def scores(x):
        for stage in range(last):
            x = F.conv2d(x, d[f"down{stage}/W"], None, 2, 1)
            x = norm(d, f"down{stage}", x) if stage else x
            x = F.leaky_relu(x, 0.2)
        return (pt.flat(x) @ d["out/W"])[:, 0]

    def loss_of_discriminator(real, fake):
        return F.softplus(-scores(real)).mean() + F.softplus(scores(fake)).mean()

    def loss_of_generator(fake):
        return F.softplus(-scores(fake)).mean()

    make = pt.compiled(generated, how)
    losses = [pt.compiled(f, how) for f in (loss_of_discriminator, loss_of_generator)]

    def step(draws):
        pixels = data[draws.rows(EXAMPLES, batch)].float() / 127.5 - 1.0
        fake = make(draws.normal("z", batch, LATENT))
        of_d = losses[0](pt.channels_first(pixels, how), fake.detach())
        pt.descend(optimisers["discriminator"], of_d, d.values())
        of_g = losses[1](fake)
        pt.descend(optimisers["generator"], of_g, g.values())
        for net in (d, g):
            torch.nn.utils.get_total_norm([weight.grad for weight in net.values()])
        return (of_d + of_g).detach()

    return pt.Plain(step)
