"""How good samples are by a scored set's classifier, with real images beside as the floor."""

import warnings
from collections.abc import Callable

import numpy as np
from scipy.stats import entropy

from saigen.data.dataset import Dataset
from saigen.metrics.classifier import Classifier
from saigen.metrics.frechet import FewSamples, Moments, frechet_distance, moments
from saigen.metrics.kernel import kernel_distance
from saigen.metrics.neighbours import precision_recall
from saigen.metrics.score import inception_score

#: A feature network: images in 0..255 → features and class probabilities.
FeatureNetwork = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

#: Samples of each kind behind precision, recall and the kernel distance: they take all pairs.
_PAIRED = 2000


class Quality:
    """Judges samples of one dataset.

    The floor of n samples is what the first n real test images get against the other test images:
    no generator can be told from the data beyond it. Scored sets have their test images in random
    order (see `saigen.data.scored`), or the floor would measure how the file drifts from its
    beginning to its end.

    Args:
      dataset: a scored set (`<set>_<side>px`).
      network: judges the images; the dataset's own classifier by default.
    """

    def __init__(self, dataset: Dataset, network: FeatureNetwork | None = None) -> None:
        self._network = network or Classifier.of(dataset)
        if network is None:
            self._real = np.asarray(dataset.arrays["test_features"])
        else:
            self._real = network(dataset.images("test"))[0]
        self._images = dataset.images("test")
        self._moments = moments(self._real)
        self._floors: dict[int, dict[str, float]] = {}

    def __call__(self, images: np.ndarray, thorough: bool = False) -> dict[str, float]:
        """Return the numbers of samples [image, side, side, channel] in 0..255.

        Returns:
          score: inception score by the classifier, in one part; score_share: of (score − 1) of
          as many real images; frechet: distance to all test images; classes_drawn: exp of the
          entropy of how often each class is the likeliest, how many are drawn; frechet_of_mean:
          distance of images whose features are all the mean; frechet_floor and real_score: of as
          many real images (at most half of them); and where `thorough` also kernel (KID), precision
          and recall.
        """
        features, probabilities = self._network(images)
        found = {**self._scores(features, probabilities, self._moments), **self._floor(len(images))}
        found["frechet_of_mean"] = float(np.trace(self._moments.covariance))
        found["score_share"] = (found["score"] - 1.0) / (found["real_score"] - 1.0)
        if thorough:
            real, fake = self._real[:_PAIRED], features[:_PAIRED]
            found["kernel"] = kernel_distance(real, fake, subsets=10)[0]
            found["precision"], found["recall"] = precision_recall(real, fake)
        return found

    def _floor(self, n: int) -> dict[str, float]:
        n = min(n, len(self._real) // 2)
        if n not in self._floors:
            features, probabilities = self._network(self._images[:n])
            found = self._scores(features, probabilities, moments(self._real[n:]))
            self._floors[n] = {
                "frechet_floor": found["frechet"],
                "real_score": found["score"],
            }
        return self._floors[n]

    @staticmethod
    def _scores(features: np.ndarray, probabilities: np.ndarray, real: Moments) -> dict[str, float]:
        with warnings.catch_warnings():
            # The floor from as many real images stands beside.
            warnings.simplefilter("ignore", FewSamples)
            distance = frechet_distance(real, moments(features))
        counts = np.bincount(probabilities.argmax(1))
        return {
            "score": inception_score(probabilities, splits=1)[0],
            "frechet": distance,
            "classes_drawn": float(np.exp(entropy(counts / counts.sum()))),
        }
