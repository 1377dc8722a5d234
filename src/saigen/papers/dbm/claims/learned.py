"""What counts as a machine that has learned, for all claims on trained machines.

A machine that knows how often each pixel is on, and nothing else, is already far better than
noise. To have learned is to be well ahead of that machine, in samples and in likelihood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from saigen.claims import (
    NOT_REPLICATED,
    REPLICATED,
    Finding,
    above,
    all_of,
    below,
    mean_of,
)
from saigen.errors import SaigenError

Tables = Mapping[str, pd.DataFrame]

_OPPOSITE = {REPLICATED: NOT_REPLICATED, NOT_REPLICATED: REPLICATED}


def trained(
    tables: Tables, experiment: str, learners: Sequence[str], centre: str = "data"
) -> pd.DataFrame:
    """Return the last numbers of some learners with one centre.

    Added: `fd_best`, the distance by the sampler that suits a machine best; `of_means` and
    `best_of_means`, distances as shares of that of independent pixels at their means; `gain`, what
    the log-likelihood, less two standard errors of log Z, has over theirs (nats).

    Raises:
      SaigenError: there are none.
    """
    rows = tables["machines"]
    rows = rows[
        (rows["experiment"] == experiment)
        & rows["learner"].isin(learners)
        & (rows["centre"] == centre)
    ]
    if rows.empty:
        raise SaigenError(f"{experiment} has no runs of {', '.join(learners)}")
    best = rows[["fd_sample", "fd_gibbs"]].min(axis=1)
    likelihood = rows["log_likelihood"] - 2.0 * rows["log_z_error"]
    return rows.assign(
        fd_best=best,
        of_means=rows["fd_sample"] / rows["fd_means"],
        best_of_means=best / rows["fd_means"],
        gain=likelihood - rows["log_likelihood_of_means"],
    )


def learns(rows: pd.DataFrame, distance: str = "of_means") -> Finding:
    """One cell's samples are less than half as far from the data as independent pixels are.

    And test images are likelier than by independent pixels.

    Args:
      rows: of `trained`, one a seed.
      distance: `of_means`, or `best_of_means` for machines that were not trained by local modes.
    """
    return all_of(
        {
            "distance": below(mean_of(rows, distance), 0.5),
            "likelihood": above(mean_of(rows, "gain", better="higher")),
        }
    )


def fails(rows: pd.DataFrame, distance: str = "best_of_means") -> Finding:
    """The opposite of `learns`: replicated where that is refuted, and the other way round."""
    found = learns(rows, distance)
    verdict = _OPPOSITE.get(found.verdict, found.verdict)
    return replace(found, verdict=verdict, why=f"that it learns is {found.verdict}: {found.why}")
