"""What counts as a machine that has learned, for all claims on trained machines.

A machine that knows how often each pixel is on, and nothing else, is already far better than
noise. To have learned is to be well ahead of that machine, in samples and in likelihood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from saigen.claims import (
    INCONCLUSIVE,
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

#: A machine's distance, as a share of that of independent pixels, below which it has learned.
SHARE = 0.5
#: Nats: beyond it a few chains carry the estimate, and its error says little.
MOST_LOG_Z_ERROR = 0.3


def trained(
    tables: Tables, experiment: str, learners: Sequence[str], centre: str = "data"
) -> pd.DataFrame:
    """Return the last numbers of some learners with one centre, as `beside_means` has them.

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
    return beside_means(rows)


def beside_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return last numbers beside those of independent pixels at their means.

    Added: `fd_best`, the distance by the sampler that suits a machine best; `of_means` and
    `best_of_means`, distances as shares of theirs; `gain` and `most_gain`, what the log-likelihood
    has over theirs (nats), less two standard errors of log Z and with two more.
    """
    best = rows[["fd_sample", "fd_gibbs"]].min(axis=1)
    gain, error = rows["log_likelihood"] - rows["log_likelihood_of_means"], rows["log_z_error"]
    return rows.assign(
        fd_best=best,
        of_means=rows["fd_sample"] / rows["fd_means"],
        best_of_means=best / rows["fd_means"],
        gain=gain - 2.0 * error,
        most_gain=gain + 2.0 * error,
    )


def near(rows: pd.DataFrame, distance: str = "of_means") -> Finding:
    """One cell's samples are less than half as far from the data as independent pixels are.

    Args:
      rows: of `trained`, one a seed.
      distance: `of_means`, or `best_of_means` for machines that were not trained by local modes.
    """
    return below(mean_of(rows, distance), SHARE)


def learns(rows: pd.DataFrame, distance: str = "of_means", gain: str = "gain") -> Finding:
    """One cell's samples are `near`, and test images likelier than by independent pixels.

    A higher likelihood settles nothing where log Z is not known. Annealing understates log Z, so
    that a likelihood that is not higher is not higher all the more.

    Args:
      rows: of `trained`, one a seed.
      distance: as in `near`.
      gain: `gain`, or `most_gain` in favour of the machine.
    """
    likelier = above(mean_of(rows, gain, better="higher"))
    if likelier.verdict == REPLICATED:
        likelier = if_log_z_is_known(likelier, rows["log_z_error"])
    return all_of({"distance": near(rows, distance), "likelihood": likelier})


def fails(rows: pd.DataFrame, distance: str = "best_of_means") -> Finding:
    """One cell's samples are half as far from the data as independent pixels are, or farther.

    Refuted where it `learns`, with every doubt about log Z in its favour. Near samples of an
    unlikely law are neither.
    """
    samples = near(rows, distance)
    if samples.verdict == NOT_REPLICATED:
        return replace(samples, verdict=REPLICATED, why=f"its samples are far off: {samples.why}")
    found = learns(rows, distance, "most_gain")
    verdict = NOT_REPLICATED if found.verdict == REPLICATED else INCONCLUSIVE
    return replace(found, verdict=verdict, why=f"that it learns is {found.verdict}: {found.why}")


def passes(rows: pd.DataFrame) -> pd.Series:
    """Return of each run alone whether it would refute that its method `fails`."""
    known = rows["log_z_error"] <= MOST_LOG_Z_ERROR
    return (rows["best_of_means"] < SHARE) & (rows["most_gain"] > 0.0) & known


def if_log_z_is_known(found: Finding, errors: pd.Series) -> Finding:
    """Return a finding on likelihoods: inconclusive where log Z of any run is not known.

    Args:
      found: the finding.
      errors: standard errors of log Z of the runs behind it, in nats.
    """
    worst = errors.max()
    if worst > MOST_LOG_Z_ERROR:
        why = f"log Z has a standard error of {worst:.2g} nats; {found.why}"
        return replace(found, verdict=INCONCLUSIVE, why=why)
    return found
