"""ResNet-20 for 32 × 32 images, He's and the laboratory's, under SGD with momentum.

Both sides crop, mirror and standardise the batch, normalise by it, keep running statistics, and add
L2 on every weight. Compared: the cross-entropy of the batch, with the same crops and mirrors.
"""

from collections.abc import Mapping

import numpy as np

from benchmarks import flops, noise

EXAMPLES, BATCH, SIDE, PAD = 1024, 128, 32, 4
CHANNELS = (16, 32, 64)


def images() -> np.ndarray:
    """Return noise for images."""
    return noise.images(EXAMPLES, SIDE, 3)


def labels() -> np.ndarray:
    """Return classes."""
    return np.random.default_rng(1).integers(0, 10, EXAMPLES)


def he_flops() -> float:
    """Return the FLOPs of a step on He's network."""
    return flops.training(BATCH, [flops.conv(32, 3, 3, 16), *_blocks(32, 16), flops.dense(64, 10)])


def lab_flops() -> float:
    """Return the FLOPs of a step on the laboratory's network: 9 × 9 places after its stem."""
    shortcuts = [flops.conv(9, 1, 32, 16), flops.conv(5, 1, 16, 32), flops.conv(3, 1, 32, 64)]
    layers = [flops.conv(18, 3, 3, 32), *_blocks(9, 32), *shortcuts, flops.dense(64, 10)]
    return flops.training(BATCH, layers)


def _blocks(side: int, ins: int) -> list[int]:
    found = []
    for stage, outs in enumerate(CHANNELS):
        side = -(-side // 2) if stage else side
        for _ in range(3):
            found += [flops.conv(side, 3, ins, outs), flops.conv(side, 3, outs, outs)]
            ins = outs
    return found


def task(experiment: str, changes: Mapping):
    """Return Saigen's task of an experiment, with some settings changed."""
    from benchmarks.shipped import Noise
    from saigen.paper import load_paper
    from saigen.papers.resnet20.training import train

    params = {**load_paper("resnet20").experiments[experiment].params, **changes}
    return train(params, Noise(images(), labels()))


def shipped(experiment: str, changes: Mapping):
    """Return Saigen's training of an experiment, with some settings changed."""
    from benchmarks.shipped import Shipped
    from saigen.engine import rng

    def draws(key: rng.Key) -> Mapping:
        crop, mirror = (
            rng.uniform(key("crop"), [2, BATCH, 1]),
            rng.uniform(key("mirror"), [BATCH, 1]),
        )
        return {"crop": crop[..., 0], "mirror": mirror[..., 0]}

    return Shipped(task(experiment, {**changes, "batch_size": BATCH}), "loss", draws)


def plain(style: str, weights: Mapping[str, np.ndarray], settings: Mapping, lab: bool):
    """Return the training in PyTorch.

    Args:
      style: a key of `STYLES`.
      weights: where to begin.
      settings: learning_rate, weight_decay and by_pixel.
      lab: the laboratory's network.
    """
    import torch
    from torch.nn import functional as F

    from benchmarks import plain as side

    how = side.STYLES[style]
    trained = {k: v for k, v in weights.items() if not k.startswith("velocity/")}
    net = side.parameters(trained, how)
    kept = {k: v.detach() for k, v in net.items() if k.endswith(("/mean", "/variance"))}
    net = {k: v for k, v in net.items() if k not in kept}
    decay = settings["weight_decay"]
    optimiser = side.momentum(net.values(), settings["learning_rate"], how, decay)
    pixels, classes = torch.from_numpy(images()), torch.from_numpy(labels())
    axes = 0 if settings["by_pixel"] else (0, 1, 2)
    mean = torch.from_numpy(images().mean(axes) / 255.0).float()
    spread = 1.0 if settings["by_pixel"] else pixels.double().div(255.0).std((0, 1, 2), False)
    spread = torch.as_tensor(spread).float()

    def conv(name, x, stride=1, pad=1):
        x = F.conv2d(x, net[f"{name}/W"], None, stride, pad)
        statistics = kept[f"{name}/mean"], kept[f"{name}/variance"]
        affine = net[f"{name}/scale"], net[f"{name}/offset"]
        return F.batch_norm(x, *statistics, *affine, True, 0.1, 1e-5)

    def block(name, x, shortcut, stride):
        y = F.relu(conv(f"{name}/1", x, stride))
        return F.relu(conv(f"{name}/2", y) + shortcut)

    def logits(x):
        x = F.relu(conv("stem", x, *((2, 3) if lab else (1, 1))))
        x = F.max_pool2d(x, 3, 2, 1) if lab else x
        for stage, channels in enumerate(CHANNELS):
            for number in range(3):
                stride = 2 if stage and not number else 1
                name, shortcut = f"{stage}.{number}", x
                if lab and not number:
                    shortcut = conv(f"{name}/shortcut", x, stride, 0)
                elif stage and not number:
                    new = (channels - x.shape[1]) // 2
                    shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, new, new))
                x = block(name, x, shortcut, stride)
        return torch.addmm(net["classes/b"], x.mean((2, 3)), net["classes/W"])

    def inputs(batch, corner, mirror):
        # By pixel the mean image is taken away before the crop, else the mean colour after it.
        x = batch.float() / 255.0 - mean if settings["by_pixel"] else batch
        x = F.pad(x, (0, 0, PAD, PAD, PAD, PAD))
        corner, places = (corner * (2 * PAD + 1)).long(), torch.arange(SIDE)
        turned = torch.where(mirror[:, None] < 0.5, SIDE - 1 - places, places)
        down, right = corner[0, :, None] + places, corner[1, :, None] + turned
        x = x[torch.arange(BATCH)[:, None, None], down[:, :, None], right[:, None, :]]
        return x if settings["by_pixel"] else (x.float() / 255.0 - mean) / spread

    def loss_of(batch, target, corner, mirror):
        x = side.channels_first(inputs(batch, corner, mirror), how)
        return F.cross_entropy(logits(x), target)

    compiled = side.compiled(loss_of, how)

    def step(draws):
        rows = draws.rows(EXAMPLES, BATCH)
        crop, mirror = draws.uniform("crop", 2, BATCH), draws.uniform("mirror", BATCH)
        loss = compiled(pixels[rows], classes[rows], crop, mirror)
        side.descend(optimiser, loss, net.values())
        return loss.detach()

    return side.Plain(step)
