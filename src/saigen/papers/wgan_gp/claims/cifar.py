"""Claims on CIFAR-10: sections 5.3 and 5.4, figure 3 and table 3."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    ratio,
    untested,
)
from saigen.stats import Comparison

Tables = Mapping[str, pd.DataFrame]

#: Figure 3 is run on two sets; a pair is a seed on one of them.
PAIR = ("experiment", "seed")


def _gap(tables: Tables, metric: str, of: str, against: str) -> Comparison:
    return difference(
        tables["convergence_ends"],
        metric,
        of=of,
        against=against,
        by="variant",
        paired_on=PAIR,
        better="higher",
    )


def _times(tables: Tables, metric: str) -> Comparison:
    return ratio(
        tables["convergence_ends"],
        metric,
        of="gp_adam",
        against="gan",
        by="variant",
        paired_on=PAIR,
    )


@claim(
    "C9",
    says="With the same optimiser the penalty trains faster than clipping, and to a better score",
    where="Section 5.3 and figure 3",
    published="curves; no numbers",
    tables=["convergence_ends"],
)
def beats_clipping(tables: Tables) -> Finding:
    """RMSProp at 5e-5 in both: higher mean over the course, and higher at its end.

    Of the score's share of the real images', since a pair is a seed on one of two sets.
    """
    return all_of(
        {
            "course": above(_gap(tables, "area_share", "gp_rmsprop", "clip")),
            "end": above(_gap(tables, "score_share", "gp_rmsprop", "clip")),
        }
    )


@claim(
    "C10",
    says="Adam with a higher learning rate improves on RMSProp",
    where="Section 5.3 and figure 3",
    published="curves; no numbers",
    tables=["convergence_ends"],
)
def adam_helps(tables: Tables) -> Finding:
    """Higher mean over the course, and higher at its end."""
    return all_of(
        {
            "course": above(_gap(tables, "area_share", "gp_adam", "gp_rmsprop")),
            "end": above(_gap(tables, "score_share", "gp_adam", "gp_rmsprop")),
        }
    )


@claim(
    "C11-slower",
    says="By the clock WGAN-GP converges more slowly than a DCGAN",
    where="Section 5.3 and figure 3, right",
    published="curves; no numbers",
    tables=["convergence_ends"],
)
def slower(tables: Tables) -> Finding:
    """Seconds to 90% of its own last score: a ratio above 1."""
    return above(_times(tables, "seconds_to_90"), 1.0)


@claim(
    "C11-steadier",
    says="At convergence the score of WGAN-GP is more stable than a DCGAN's",
    where="Section 5.3 and figure 3",
    published="curves; no numbers",
    needs="paper",
    tables=["convergence_ends"],
)
def steadier(tables: Tables) -> Finding:
    """Standard deviation of the score over the last fifth of the course: a ratio below 1."""
    return below(_times(tables, "unsteadiness"), 1.0)


@claim(
    "C12-unsupervised",
    says="The residual network has the best unsupervised inception score on CIFAR-10",
    where="Section 5.4 and table 3",
    published="7.86 ± 0.07 against 7.72 (DFM)",
    needs="paper",
    tables=["resnet", "table3"],
)
def unsupervised(tables: Tables) -> Finding:
    """Mean over seeds above 7.72, with Inception."""
    return _published_score(tables, "unsupervised", 7.72)


@claim(
    "C12-supervised",
    says="With labels it scores above every published network but SGAN",
    where="Section 5.4 and table 3",
    published="8.42 ± 0.10 against 8.37 (SGAN-no-joint) and 8.59 (SGAN)",
    needs="paper",
    tables=["resnet", "table3"],
)
def supervised(tables: Tables) -> Finding:
    """Mean over seeds above 8.37, with Inception."""
    return _published_score(tables, "supervised", 8.37)


@claim(
    "C12-labels",
    says="Labels improve the score",
    where="Table 3",
    published="8.42 against 7.86",
    tables=["resnet"],
)
def labels_help(tables: Tables) -> Finding:
    """Supervised minus unsupervised, paired over seeds, above 0 by whichever network."""
    return above(
        difference(
            tables["resnet"],
            "score",
            of="supervised",
            against="unsupervised",
            by="variant",
            better="higher",
        )
    )


def _published_score(tables: Tables, setting: str, bound: float) -> Finding:
    ours = tables["table3"]
    ours = ours[ours["method"].str.endswith("ours")]
    if not ours["protocol"].eq("Inception").all():
        return untested("scores of a classifier are not comparable with Inception's")
    runs = tables["resnet"]
    return above(mean_of(runs[runs["variant"] == setting], "score", better="higher"), bound)
