"""A step of WGAN-GP in the plane: 3 × 512 ReLU networks, batch 256, five critic updates and one.

Saving: rectifiers as masks. Compared: the mean of the critic's five losses, with the same latents
and points between.
"""

import numpy as np

from benchmarks import flops
from benchmarks.families.wgan import PENALTY, penalised

WIDTH, DEPTH, BATCH, TURNS, EXAMPLES = 512, 3, 256, 5, 10000
RATE, BETAS = 1e-4, (0.5, 0.9)
#: Five updates lie before the first number, and Adam's first ones have the sign of gradients that
#: are 0 but for rounding: 1e-3 was seen.
TOLERANCES = (5e-3, 5e-3)

_D = flops.dense(2, *[WIDTH] * DEPTH, 1)
_G = flops.dense(2, *[WIDTH] * DEPTH, 2)
_CRITIC = _G + 2 * 3 * _D + 4 * _D
FLOPS = 2.0 * BATCH * (TURNS * _CRITIC + 3 * _G + 2 * _D)


def _points() -> np.ndarray:
    return np.random.default_rng(0).standard_normal([EXAMPLES, 2]).astype(np.float32)


def saigen():
    """Return `Gan.step` with the networks of the paper's toys."""
    import tensorflow as tf

    from benchmarks.shipped import Shipped, plain_task
    from saigen.engine import rng
    from saigen.nets.gan import Gan, Method
    from saigen.papers.wgan_gp.toy_networks import critic, generator

    points = tf.constant(_points())
    method = Method(
        penalty=PENALTY,
        critic_steps=TURNS,
        learning_rate=RATE,
        beta1=BETAS[0],
        beta2=BETAS[1],
        batch_size=BATCH,
        generator_batch=BATCH,
    )
    gan = Gan(
        method,
        generator(WIDTH, DEPTH),
        critic(WIDTH, DEPTH),
        real=lambda rows, key: tf.gather(points, rows),
        draw=lambda key, n: (rng.normal(key("latent"), [n, 2]),),
    )

    def draws(key):
        turns = [rng.Key(key.seed, key.step * TURNS + turn) for turn in range(TURNS)]
        last = rng.Key(key.seed, -1 - key.step)
        z = [rng.normal(k("latent"), [BATCH, 2]) for k in (*turns, last)]
        return {"z": z, "epsilon": [rng.uniform(k("epsilon"), [BATCH]) for k in turns]}

    batch = BATCH * TURNS
    task = plain_task(gan.step, gan.variables, gan.initial, gan.metrics, batch, EXAMPLES)
    return Shipped(task, "critic_loss", draws)


def torch(style, weights):
    """Return the same step."""
    import torch

    from benchmarks import plain as pt

    how = pt.STYLES[style]
    g, d = (pt.parameters(weights, how, f"{name}/") for name in ("generator", "critic"))
    optimisers = [pt.adam(net.values(), RATE, BETAS, how) for net in (g, d)]
    points = torch.from_numpy(_points())

    def forward(net, x):
        for number in range(1, DEPTH + 1):
            x = pt.rectified(
                torch.addmm(net[f"{number:02d}/b"], x, net[f"{number:02d}/W"]), 0.0, how
            )
        return torch.addmm(net["out/b"], x, net["out/W"])

    critic_step = penalised(lambda net, x: forward(net, x)[:, 0], d, how)
    made = pt.compiled(lambda z: forward(g, z), how)
    loss_of_generator = pt.compiled(lambda z: -forward(d, forward(g, z)).mean(), how)

    def step(draws):
        rows = draws.rows(EXAMPLES, TURNS * BATCH).view(TURNS, BATCH)
        z = draws.normal("z", TURNS + 1, BATCH, 2)
        epsilon = draws.uniform("epsilon", TURNS, BATCH)
        losses = []
        for turn in range(TURNS):
            with torch.no_grad():
                fake = made(z[turn])
            losses.append(critic_step(points[rows[turn]], fake, epsilon[turn, :, None]))
            optimisers[1].step()
        pt.descend(optimisers[0], loss_of_generator(z[TURNS]), g.values())
        return torch.stack(losses).mean()

    return pt.Plain(step)
