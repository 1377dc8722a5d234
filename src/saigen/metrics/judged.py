"""Trains the classifier of a scored set and says how good it is, and what real images score.

The digest of this module's code, and of what it imports, stands for how a classifier was trained:
what only reads or words its facts has no place here.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from saigen.metrics.classifier import Classifier, fit
from saigen.metrics.frechet import FewSamples, frechet_distance, moments
from saigen.metrics.score import inception_score

#: Real images in the two halves of the floor: at most so many of the test images each.
FLOOR = 2500


def judged(
    arrays: Mapping[str, np.ndarray], classes: int
) -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, Any]]:
    """Return the classifier's weights, its features of the test images, and facts.

    Args:
      arrays: `train_images`, `train_labels`, `test_images`, `test_labels`; the test images in
        random order, since the floor takes the first of them and those that follow.
      classes: how many there are.

    Returns:
      Weights by name; features [image, 64] float32; and the facts: `digest` of the weights,
      `accuracy` on the test images, `score` of the test images (one part), `floor`: the Fréchet
      distance between two disjoint parts of the test images, and `floor_images` in each.
    """
    weights = fit(arrays["train_images"], arrays["train_labels"], classes)
    return weights, *measured(weights, arrays)


def measured(
    weights: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, Any]]:
    """Return a classifier's features of the test images, and facts, as `judged` has them."""
    classifier = Classifier(weights)
    features, probabilities = classifier(arrays["test_images"])
    accuracy = float((probabilities.argmax(1) == arrays["test_labels"]).mean())
    score, _ = inception_score(probabilities, splits=1)
    half = min(FLOOR, len(features) // 2)
    with warnings.catch_warnings():
        # The floor has a count of its own, told beside it.
        warnings.simplefilter("ignore", FewSamples)
        floor = frechet_distance(moments(features[:half]), moments(features[half : 2 * half]))
    facts = {
        "digest": classifier.digest,
        "accuracy": round(accuracy, 4),
        "score": round(score, 4),
        "floor": round(floor, 4),
        "floor_images": half,
    }
    return features, facts
