"""The linear networks of the Gumbel-Softmax paper: 20 categorical variables of 10 classes.

PyTorch's relaxed samples are softmax((logits + g) / τ), as Saigen's are, whose noise is written
down as the logarithm of a sample at zero logits and τ = 1: g but for a constant a variable, which
the softmax takes away. Compared: the loss in nats, with the same noise.
"""

from collections.abc import Mapping

import numpy as np

UNITS, CLASSES, BATCH, EXAMPLES, PIXELS, HALF = 200, 10, 100, 1000, 784, 392
VARIABLES = UNITS // CLASSES


def images() -> np.ndarray:
    """Return noise for binary images."""
    draws = np.random.default_rng(0).random([EXAMPLES, 28, 28, 1])
    return (draws < 0.2).astype(np.uint8)


def noise():
    """Return a dataset of noise for binary images."""
    from benchmarks.shipped import Noise

    return Noise(images())


def params_of(experiment: str) -> dict:
    """Return the settings of an experiment with categorical codes and Gumbel-Softmax."""
    from saigen.paper import load_paper

    params = load_paper("gumbel_softmax").experiments[experiment].params
    return {**params, "latent": "categorical", "estimator": "gumbel"}


def shipped(experiment: str, train, layers: int):
    """Return Saigen's training.

    Args:
      experiment: whose settings it has.
      train: the paper's trainer.
      layers: how many layers of codes there are.
    """
    from benchmarks.shipped import Shipped

    def draws(key):
        shape = [BATCH, VARIABLES, CLASSES]
        return {f"noise{layer}": gumbels(key(f"layer {layer}"), shape) for layer in range(layers)}

    return Shipped(train(params_of(experiment), noise()), "loss", draws)


def gumbels(seed, shape: list[int]):
    """Return the Gumbel noise of a relaxed sample, up to a constant a variable."""
    import tensorflow as tf

    from saigen.papers.gumbel_softmax.latent import Categorical

    latent = Categorical(shape[-2], shape[-1])
    return tf.math.log(latent.relaxed(tf.zeros(shape), tf.constant(1.0), seed))


def plain(style: str, weights: Mapping[str, np.ndarray], rate: float, layers: int, loss_of):
    """Return the training in PyTorch, gradient descent with momentum.

    Args:
      style: a key of `STYLES`.
      weights: where to begin.
      rate: the learning rate.
      layers: how many layers of codes there are.
      loss_of: (weights by name, images [batch, pixels], the noise of each layer) → nats.
    """
    from benchmarks import plain as pt

    how = pt.STYLES[style]
    net = pt.parameters(trained(weights), how)
    optimiser = pt.momentum(net.values(), rate, how)
    data = pt.images_of(images()).flatten(1)
    compiled = pt.compiled(lambda rows, *noise: loss_of(net, rows.float(), *noise), how)

    def step(draws):
        shape = BATCH, VARIABLES, CLASSES
        rows = data[draws.rows(EXAMPLES, BATCH)]
        loss = compiled(rows, *(draws.gumbel(f"noise{layer}", *shape) for layer in range(layers)))
        pt.descend(optimiser, loss, net.values())
        return loss.detach()

    return pt.Plain(step)


def relaxed(logits, noise, temperature: float):
    """Return relaxed one-hot samples, flat: [batch, units]."""
    shape = noise.shape
    return ((logits.view(shape) + noise) / temperature).softmax(-1).flatten(-2)


def trained(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the weights among a task's variables: neither slots nor baselines."""
    slots = ("velocity/", "baseline/", "adam")
    return {name: value for name, value in weights.items() if not name.startswith(slots)}
