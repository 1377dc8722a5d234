"""The Fréchet distance of 10,000 images by the classifier's 64 features, batches of 100.

Inference, moments in float64, and the distance to moments that are known. Compared: the distance.
"""

import numpy as np

from benchmarks import flops, noise

IMAGES, DISTINCT, SIDE, BATCH, FEATURES = 10000, 1000, 32, 100, 64
_LAYERS = [
    flops.conv(16, 5, 3, 32),
    flops.conv(8, 3, 32, 64),
    flops.dense(8 * 8 * 64, FEATURES, 10),
]
#: And the products of the moments, whose 64 × 64 sums are small beside the network.
FLOPS = 2.0 * IMAGES * (sum(_LAYERS) + FEATURES**2)


def _images() -> np.ndarray:
    some = noise.images(DISTINCT, SIDE, 3)
    return np.concatenate([np.roll(some, shift, 1) for shift in range(IMAGES // DISTINCT)])


def _weights() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(1)
    shapes = {
        "conv1": [5, 5, 3, 32],
        "conv2": [3, 3, 32, 64],
        "features": [8 * 8 * 64, FEATURES],
        "classes": [FEATURES, 10],
    }
    found = {}
    for name, shape in shapes.items():
        spread = (2.0 / np.prod(shape[:-1])) ** 0.5
        found[f"{name}/W"] = (spread * draw.standard_normal(shape)).astype(np.float32)
        found[f"{name}/b"] = np.zeros(shape[-1], np.float32)
    return {**found, "scale": np.float32(10.0)}


def _real() -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the covariance of the other side's features."""
    features = np.random.default_rng(2).random([IMAGES, FEATURES])
    return features.mean(0), np.cov(features.T)


def saigen():
    """Return what an evaluation does with the images that it drew."""
    from benchmarks.shipped import Called
    from saigen.metrics.classifier import Classifier
    from saigen.metrics.frechet import Moments, frechet_distance, moments

    classifier, images = Classifier(_weights()), _images()
    real = Moments(*_real(), IMAGES)
    return Called(lambda: frechet_distance(real, moments(classifier(images)[0])), _weights())


def torch(style, weights):
    """Return the same."""
    import torch
    from torch.nn import functional as F

    from benchmarks import plain as pt

    how = pt.STYLES[style]
    weights = {**weights, "features/W": pt.mirror_rows(weights["features/W"], 8)}
    net = {name: pt.tensor(np.asarray(value), how, True) for name, value in weights.items()}
    data = pt.images_of(_images(), mirrored=True)
    mean, covariance = (torch.from_numpy(part) for part in _real())

    def inferred(images):
        x = pt.channels_first(images.float() / 127.5 - 1.0, how)
        x = F.relu(F.conv2d(x, net["conv1/W"], net["conv1/b"], 2, 2))
        x = F.relu(F.conv2d(x, net["conv2/W"], net["conv2/b"], 2, 1))
        features = F.relu(torch.addmm(net["features/b"], pt.flat(x), net["features/W"]))
        logits = torch.addmm(net["classes/b"], features, net["classes/W"])
        return features * net["scale"], logits.softmax(1)

    compiled = pt.compiled(inferred, how)

    def distance(features):
        features = features.double()
        apart = mean - features.mean(0)
        other = torch.cov(features.T)
        values, vectors = torch.linalg.eigh(covariance)
        root = (vectors * values.clamp(min=0.0).sqrt()) @ vectors.T
        overlap = torch.linalg.eigvalsh(root @ other @ root).clamp(min=0.0).sqrt().sum()
        return apart @ apart + covariance.trace() + other.trace() - 2.0 * overlap

    @torch.no_grad()
    def step(draws):
        parts = [compiled(data[start : start + BATCH]) for start in range(0, IMAGES, BATCH)]
        return distance(torch.cat([features for features, _ in parts]))

    return pt.Plain(step)
