"""When a training counts as a success: rules written before any run of standard was judged."""

import numpy as np
import pandas as pd

from saigen.stats import mcnemar

#: Thresholds of a score's share, (score − 1) / (real score − 1): seventeen, as table 5 has rows.
SHARES = tuple(round(0.05 * k, 2) for k in range(1, 18))

#: Readings of table 5: which score of the GAN, and which of WGAN-GP.
READINGS = {
    "last score": ("score_share", "score_share"),
    "best score": ("best_share", "best_share"),
    "equal cost": ("score_share", "early_share"),
}

#: A success of figure 2 lies at most so many times as far from the data as the best method does
#: with the baseline networks, nearer than samples that all have the data's mean features, and draws
#: at least half of the classes.
TIMES, CLASSES = 2.0, 5.0

#: A random architecture counts as trained above half of the best share that any run of either
#: method had, as the published 5.0 is about half of the published best, 9.0.
TRAINED = 0.5


def least_share(shares: pd.Series) -> float:
    """Return the share of the real images' score above which a random architecture is trained.

    Args:
      shares: of all runs of the random architectures, by both methods; a diverged run has none.
    """
    return TRAINED * float(shares.max())


def counted(runs: pd.DataFrame) -> pd.DataFrame:
    """Return table 5 of our runs: a row a reading and threshold.

    Args:
      runs: columns architecture, method (`gan`, `gp`), seed and the shares of `READINGS`; a
        diverged run has none and is above no threshold.

    Returns:
      reading, threshold, only_gan, only_gp, both, neither (which sum to the pairs), p (exact
      McNemar).
    """
    rows = []
    for reading, columns in READINGS.items():
        sides = {
            method: runs[runs["method"] == method].set_index(["architecture", "seed"])[column]
            for method, column in zip(("gan", "gp"), columns, strict=True)
        }
        pairs = pd.DataFrame(sides).fillna(-np.inf)
        for threshold in SHARES:
            gan, gp = pairs["gan"] > threshold, pairs["gp"] > threshold
            only_gan, only_gp = int((gan & ~gp).sum()), int((gp & ~gan).sum())
            rows.append(
                {
                    "reading": reading,
                    "threshold": threshold,
                    "only_gan": only_gan,
                    "only_gp": only_gp,
                    "both": int((gan & gp).sum()),
                    "neither": int((~gan & ~gp).sum()),
                    "p": mcnemar(only_gp, only_gan, len(pairs)).p,
                }
            )
    return pd.DataFrame(rows)


def succeeded(runs: pd.DataFrame) -> pd.DataFrame:
    """Add `target`, the largest distance of a success, and `success` to runs of figure 2.

    The target is `TIMES` the least over methods of the median distance with the baseline, and no
    more than `frechet_of_mean`.

    Args:
      runs: columns network, method, status, frechet, frechet_of_mean, classes_drawn.
    """
    baseline = runs[(runs["network"] == "baseline") & (runs["status"] == "finished")]
    reference = baseline if len(baseline) else runs[runs["status"] == "finished"]
    best = reference.groupby("method")["frechet"].median().min()
    target = min(TIMES * best, runs["frechet_of_mean"].max())
    good = (runs["frechet"] <= target) & (runs["classes_drawn"] >= CLASSES)
    return runs.assign(target=target, success=good & (runs["status"] == "finished"))
