"""WGAN-GP on the CIFAR-10 networks: a critic's update, or a generator's.

Saving: the rectifiers of a critic are products with a constant mask, so that the second derivative
stops there. Compared: the loss (the critic's with the penalty), with the
same latents and the same points between data and fakes.
"""

from collections.abc import Mapping

import numpy as np

from benchmarks import flops, noise

SIDE, WIDTH, LATENT, BATCH, EXAMPLES = 32, 64, 128, 64, 1000
RATE, BETAS, PENALTY = 1e-4, (0.5, 0.9), 10.0

_MIDDLE = flops.conv(8, 5, WIDTH, 2 * WIDTH) + flops.conv(4, 5, 2 * WIDTH, 4 * WIDTH)
_IMAGE = flops.conv(16, 5, 3, WIDTH)
_SCORE, _SEED = flops.dense(16 * 4 * WIDTH, 1), flops.dense(LATENT, 16 * 4 * WIDTH)
_D, _G = _IMAGE + _MIDDLE + _SCORE, _IMAGE + _MIDDLE + _SEED
#: G, then D on images and fakes, with its gradients, then the penalty: D and its slope at points
#: between them, and two products for each of the slope's.
CRITIC = 2.0 * BATCH * (_G + 2 * (3 * _D - _IMAGE) + 4 * _D)
#: G and D, then back through D to the fakes and through G to its weights.
GENERATOR = 2.0 * BATCH * ((3 * _G - _SEED) + 2 * _D)


def images() -> np.ndarray:
    """Return noise for images."""
    return noise.images(EXAMPLES, SIDE, 3)


def shipped(generator: bool):
    """Return Saigen's update of the critic, or of the generator."""
    import tensorflow as tf

    from benchmarks.shipped import Shipped, plain_task
    from saigen.engine import rng
    from saigen.nets.gan import Gan, Method
    from saigen.nets.shape import Shape
    from saigen.papers.wgan_gp.dcgan import cifar

    pair = cifar({"width": WIDTH, "critic_norm": "none"}, Shape(SIDE, 3, 10))
    data = tf.constant(images())
    gan = Gan(
        Method(penalty=PENALTY, learning_rate=RATE, beta1=BETAS[0], beta2=BETAS[1]),
        pair.generator,
        pair.critic,
        real=lambda rows, key: tf.cast(tf.gather(data, rows), tf.float32) / 127.5 - 1.0,
        draw=lambda key, n: (rng.normal(key("latent"), [n, LATENT]), tf.zeros([n], tf.int32)),
    )

    def step(rows, key):
        # The one update without the other is no step of Saigen's own.
        loss = gan._update_generator(key) if generator else gan.update_critic(rows, key)[0]
        return {"loss": loss}

    def draws(key):
        key = rng.Key(key.seed, -1 - key.step) if generator else key
        z = rng.normal(key("latent"), [BATCH, LATENT])
        return {"z": z, "epsilon": rng.uniform(key("epsilon"), [BATCH])}

    task = plain_task(step, gan.variables, gan.initial, ("loss",), BATCH, EXAMPLES)
    return Shipped(task, "loss", draws)


def plain(style: str, weights: Mapping[str, np.ndarray], generator: bool):
    """Return the update in PyTorch."""
    import torch
    from torch.nn import functional as F

    from benchmarks import plain as pt

    how = pt.STYLES[style]
    first, last = weights["generator/in/W"], weights["critic/out/W"]
    norms = {
        f"generator/in{part}": pt.mirror_rows(weights[f"generator/in{part}"][None].T, 4)[:, 0]
        for part in ("/b", " norm/scale", " norm/offset")
    }
    turned = {
        **weights,
        **norms,
        "generator/in/W": pt.mirror_rows(first.T, 4).T,
        "critic/out/W": pt.mirror_rows(last, 4),
    }
    g = pt.parameters(turned, how, "generator/", mirrored=True)
    d = pt.parameters(turned, how, "critic/", mirrored=True)
    trained = g if generator else d
    optimiser = pt.adam(trained.values(), RATE, BETAS, how)
    data = pt.images_of(images(), mirrored=True)

    def norm(name, x):
        affine = g[f"{name} norm/scale"], g[f"{name} norm/offset"]
        return F.relu(F.batch_norm(x, None, None, *affine, True, 0.1, 1e-5))

    def generated(z):
        x = norm("in", torch.addmm(g["in/b"], z, g["in/W"]))
        x = pt.unflat(x, SIDE // 8, how)
        for name in ("up1", "up2"):
            x = norm(name, F.conv_transpose2d(x, g[f"{name}/W"], g[f"{name}/b"], 2, 2, 1))
        return torch.tanh(F.conv_transpose2d(x, g["out/W"], g["out/b"], 2, 2, 1))

    def score(net, x):
        for name in ("down1", "down2", "down3"):
            x = pt.rectified(F.conv2d(x, net[f"{name}/W"], net[f"{name}/b"], 2, 2), 0.2, how)
        return torch.addmm(net["out/b"], pt.flat(x), net["out/W"])[:, 0]

    critic_step = penalised(score, d, how)
    made = pt.compiled(generated, how)
    loss_of_generator = pt.compiled(lambda z: -score(d, generated(z)).mean(), how)

    def update_critic(draws):
        real = data[draws.rows(EXAMPLES, BATCH)].float() / 127.5 - 1.0
        with torch.no_grad():
            fake = made(draws.normal("z", BATCH, LATENT))
        epsilon = draws.uniform("epsilon", BATCH)
        loss = critic_step(pt.channels_first(real, how), fake, epsilon.view(-1, 1, 1, 1))
        optimiser.step()
        return loss

    def update_generator(draws):
        loss = loss_of_generator(draws.normal("z", BATCH, LATENT))
        pt.descend(optimiser, loss, g.values())
        return loss.detach()

    return pt.Plain(update_generator if generator else update_critic)


def penalised(score, net, how):
    """Return what puts the gradient of a critic's loss into its weights, and returns the loss.

    `torch.compile` has no second backward pass, so there both gradients are functional.

    Args:
      score: (weights, points) → [batch].
      net: the critic's weights.
      how: the style.
    """
    import torch

    def loss_of(weights, real, fake, epsilon, slope_of):
        on_real, on_fake = score(weights, torch.cat([real, fake])).split(len(real))
        slopes = slope_of(weights, epsilon * real + (1.0 - epsilon) * fake)
        norms = (slopes.square().flatten(1).sum(1) + 1e-12).sqrt()
        return on_fake.mean() - on_real.mean() + PENALTY * (norms - 1.0).square().mean()

    def taped(weights, points):
        points.requires_grad_()
        total = score(weights, points).sum()
        return torch.autograd.grad(total, points, create_graph=True)[0]

    def functional(weights, points):
        return torch.func.grad(lambda x: score(weights, x).sum())(points)

    def by_tape(real, fake, epsilon):
        for weight in net.values():
            weight.grad = None
        loss = loss_of(net, real, fake, epsilon, taped)
        loss.backward(inputs=list(net.values()))
        return loss.detach()

    def total(weights, real, fake, epsilon):
        return loss_of(weights, real, fake, epsilon, functional)

    compiled = torch.compile(torch.func.grad_and_value(total), dynamic=False)

    def by_function(real, fake, epsilon):
        plain = {name: weight.detach() for name, weight in net.items()}
        gradients, loss = compiled(plain, real, fake, epsilon)
        for name, weight in net.items():
            # The fused optimiser takes a gradient to lie in memory as its weight does.
            weight.grad = torch.empty_like(weight).copy_(gradients[name])
        return loss

    return by_function if how.compiled else by_tape
