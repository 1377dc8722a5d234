"""The inception score, with any classifier's probabilities."""

import numpy as np
from scipy.special import rel_entr


def inception_score(probabilities: np.ndarray, splits: int = 10) -> tuple[float, float]:
    """exp(E_x KL(p(y|x) ‖ p(y))): mean and standard deviation over equal parts of the samples.

    Between 1 (all predictions alike) and the number of classes (each sure, all classes as often).
    The score of few samples a part is biased low; compare equal counts only.

    Args:
      probabilities: [sample, class], rows that sum to 1.
      splits: parts, in the order of the samples; what does not fill a part is left out.

    Returns:
      Mean and standard deviation over the parts (0 with one), as published scores have them.

    Source: Salimans et al. 2016; the ± is not an error over runs.
    """
    probabilities = np.asarray(probabilities, np.float64)
    size = len(probabilities) // splits
    if size < 1:
        raise ValueError(f"{len(probabilities)} samples do not fill {splits} parts")
    parts = probabilities[: size * splits].reshape(splits, size, -1)
    marginal = parts.mean(1, keepdims=True)
    scores = np.exp(rel_entr(parts, marginal).sum(2).mean(1))
    return float(scores.mean()), float(scores.std())
