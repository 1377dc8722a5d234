"""What counts as a machine that has learned, for all claims on trained machines.

A machine that knows how often each pixel is on, and nothing else, is already far better than
noise. To have learned is to be well ahead of that machine, in samples and in likelihood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
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
from saigen.claims.finding import number, remarks
from saigen.errors import SaigenError
from saigen.papers.dbm.frames import MOST_LOG_Z_ERROR

Tables = Mapping[str, pd.DataFrame]

#: A machine's distance, as a share of that of independent pixels, below which it has learned.
SHARE = 0.5
#: Nats by which its likelihood must be above theirs: smoothing costs independent pixels three, and
#: a few hundred test images leave some to chance.
LEAST_GAIN = 10.0
#: Standard error of log Z (nats): above MOST_LOG_Z_ERROR, and up to this one, it may hide
#: MOST_MISSED; above, a chain or two carry the estimate. (By 50 to 200 log-normal weights whose
#: logarithms have a standard deviation up to 12: the 99% quantile of what they miss is at most 6,
#: and 50 to 60.)
LARGEST_LOG_Z_ERROR = 0.9
MOST_MISSED = 60.0
#: A distance that fell below this share of itself over the last half of a run is still falling.
STILL = 0.9
#: The distance along the steps by LMI's own sampler.
OWN = ["curve_fd_sample"]


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


def centres_of(tables: Tables, experiment: str) -> list[str]:
    """Return the centres that an experiment was run with, that of the data first."""
    rows = tables["machines"]
    found = set(rows.loc[rows["experiment"] == experiment, "centre"])
    return [name for name in ("data", "none") if name in found]


def beside_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Return last numbers beside those of independent pixels at their means.

    Added: `fd_best`, the distance by the sampler that suits a machine best; `of_means` and
    `best_of_means`, distances as shares of theirs; and what the log-likelihood has over theirs
    (nats): `gain`, and `most_gain`, with two standard errors of log Z more.
    """
    best = rows[["fd_sample", "fd_gibbs"]].min(axis=1)
    gain = rows["log_likelihood"] - rows["log_likelihood_of_means"]
    return rows.assign(
        fd_best=best,
        of_means=rows["fd_sample"] / rows["fd_means"],
        best_of_means=best / rows["fd_means"],
        gain=gain,
        most_gain=gain + 2.0 * rows["log_z_error"],
    )


def near(rows: pd.DataFrame, distance: str = "of_means") -> Finding:
    """One cell's samples are less than half as far from the data as independent pixels are.

    Args:
      rows: of `trained`, one a seed.
      distance: `of_means`, or `best_of_means` for machines that were not trained by local modes.
    """
    return below(mean_of(rows, distance), SHARE)


def likelier(rows: pd.DataFrame) -> Finding:
    """One cell's machines are likelier than independent pixels, by more than 10 nats.

    Annealing understates log Z, so that it overstates a likelihood: one that is not higher all the
    same is not higher, and one that is higher must stay so less what may have been missed of log Z
    where it is known worst. (Less what each seed may have missed, doubt would stand as scatter.)
    """
    gain, worst = mean_of(rows, "gain", better="higher"), rows["log_z_error"].max()
    missed = 2.0 * worst if worst <= MOST_LOG_Z_ERROR else MOST_MISSED
    told = f"{number(missed)} of it for what annealing may have missed"
    found = above(replace(gain, note=remarks(told, gain.note)), LEAST_GAIN + missed)
    at_most = above(mean_of(rows, "most_gain", better="higher"), LEAST_GAIN)
    if found.verdict == REPLICATED:
        return if_log_z_is_known(found, rows["log_z_error"], LARGEST_LOG_Z_ERROR)
    return at_most if at_most.verdict == NOT_REPLICATED else replace(found, verdict=INCONCLUSIVE)


def learns(rows: pd.DataFrame, distance: str = "of_means") -> Finding:
    """One cell's samples are `near`, and its machines `likelier`.

    Args:
      rows: of `trained`, one a seed.
      distance: as in `near`.
    """
    return all_of({"distance": near(rows, distance), "likelihood": likelier(rows)})


def fails(rows: pd.DataFrame, distance: str = "best_of_means") -> Finding:
    """One cell's samples are half as far from the data as independent pixels are, or farther.

    Refuted where it `learns`. Near samples of a law that is not known to be likelier are neither.
    """
    samples = near(rows, distance)
    if samples.verdict == NOT_REPLICATED:
        return replace(samples, verdict=REPLICATED, why=f"its samples are far off: {samples.why}")
    found = learns(rows, distance)
    verdict = NOT_REPLICATED if found.verdict == REPLICATED else INCONCLUSIVE
    return replace(found, verdict=verdict, why=f"that it learns is {found.verdict}: {found.why}")


def passes(rows: pd.DataFrame) -> pd.Series:
    """Return of each run alone whether it has learned, every doubt in its favour."""
    return (rows["best_of_means"] < SHARE) & (rows["most_gain"] > LEAST_GAIN)


def either(parts: Mapping[str, Finding]) -> Finding:
    """One of the parts holds, whichever: it is named. Refuted where every one is."""
    order = (REPLICATED, INCONCLUSIVE, NOT_REPLICATED)
    name = min(parts, key=lambda name: order.index(parts[name].verdict))
    return replace(parts[name], why=f"{name}: {parts[name].why}")


def curve_of(curves: pd.DataFrame, experiment: str, learner: str, centre: str) -> pd.DataFrame:
    """Return a learner's curves with one centre in one experiment."""
    return curves[
        (curves["experiment"] == experiment)
        & (curves["learner"] == learner)
        & (curves["centre"] == centre)
        & (curves["status"] != "diverged")
    ]


def if_settled(found: Finding, verdict: str, curve: pd.DataFrame, samplers: list[str]) -> Finding:
    """Return a finding: inconclusive where it has a verdict that longer training may turn.

    That is so where the distance of the better sampler was still falling: its last value is, in
    the geometric mean over seeds, less than nine tenths of that at half of the run.

    Args:
      found: the finding.
      verdict: the one that is doubted.
      curve: a learner's curves with one centre, of every seed; the finding stands without any.
      samplers: the columns of distances, of which the smaller is read.
    """
    if found.verdict != verdict or curve.empty:
        return found
    nearest = curve.assign(fd=curve[samplers].min(axis=1)).sort_values("step")
    shares = []
    for _, run in nearest.groupby("seed"):
        half = run[run["step"] <= run["step"].max() / 2]
        if len(half):
            shares.append(run["fd"].iloc[-1] / half["fd"].iloc[-1])
    share = float(np.exp(np.mean(np.log(shares)))) if shares else 1.0
    if share >= STILL:
        return found
    told = f"its distance was still falling, to {share:.2g} of itself over the last half"
    return replace(found, verdict=INCONCLUSIVE, why=f"{found.why}; {told}")


def if_log_z_is_known(found: Finding, errors: pd.Series, most: float = MOST_LOG_Z_ERROR) -> Finding:
    """Return a finding on likelihoods: inconclusive where log Z of any run is not known.

    Args:
      found: the finding.
      errors: standard errors of log Z of the runs behind it, in nats.
      most: the largest that is good enough.
    """
    worst = errors.max()
    if worst > most:
        why = f"log Z has a standard error of {worst:.2g} nats; {found.why}"
        return replace(found, verdict=INCONCLUSIVE, why=why)
    return found
