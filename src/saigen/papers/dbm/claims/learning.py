"""Claims on training: slides 25 to 27 and the abstract, on trained machines."""

from collections.abc import Mapping, Sequence

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    measured_with,
    ratio,
)
from saigen.errors import SaigenError

Tables = Mapping[str, pd.DataFrame]

_BOTH = {"training": "MNIST", "training_fashion": "Fashion-MNIST"}
EXISTING = ("cd_10", "pcd_10", "gibbs_ucd")


def trained(
    tables: Tables, experiment: str, learners: Sequence[str], centre: str = "data"
) -> pd.DataFrame:
    """Return the last numbers of some learners with one centre.

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
    # A baseline is judged by the sampler that suits it best.
    return rows.assign(
        fd_best=rows[["fd_sample", "fd_gibbs"]].min(axis=1),
        of_noise=rows["fd_sample"] / rows["fd_noise"],
    )


@claim(
    "C8",
    says="Metropolis-Hastings changes nothing in training: as coded and as specified are as run",
    where="ours, on slides 20 to 24 and the official program",
    published="not stated",
    tables=["readings"],
)
def metropolis_is_idle(tables: Tables) -> Finding:
    """Without centres no first proposal of any run is accepted; same seeds, same numbers."""
    rows = tables["readings"]
    plain = rows[rows["centre"] == "none"]
    plain = plain[~plain["learner"].str.contains("small")]
    accepted = plain[["accepted_positive", "accepted_negative"]].to_numpy()
    pairs = rows[rows["centre"] == "none"]["differs"].dropna()
    if accepted.size == 0 or pairs.empty:
        raise SaigenError("no runs without centres by each of the three readings")
    return all_of(
        {
            "accepted": below(measured_with(accepted.max(), 0.0, len(plain)), 0.5),
            "difference": below(measured_with(pairs.max(), 0.0, len(pairs)), 1e-12),
        }
    )


@claim(
    "C8-centred",
    says="The same with centres by the data",
    where="ours",
    published="not stated",
    tables=["readings"],
)
def metropolis_is_idle_with_centres(tables: Tables) -> Finding:
    """With centres no first proposal is accepted; the readings give the same numbers."""
    rows = tables["readings"]
    centred = rows[(rows["centre"] == "data") & ~rows["learner"].str.contains("small")]
    accepted = centred[["accepted_positive", "accepted_negative"]].to_numpy()
    pairs = centred["differs"].dropna()
    if accepted.size == 0 or pairs.empty:
        raise SaigenError("no centred runs by each of the three readings")
    return all_of(
        {
            "accepted": below(measured_with(accepted.max(), 0.0, len(centred)), 0.5),
            "difference": below(measured_with(pairs.max(), 0.0, len(pairs)), 1e-12),
        }
    )


@claim(
    "C9",
    says="A deep Boltzmann machine trains end to end, without pre-training",
    where="abstract, slide 25",
    published="in words and pictures",
    tables=["machines"],
)
def trains_end_to_end(tables: Tables) -> Finding:
    """LMI's samples are less than half as far from the data as noise, on both datasets."""
    return all_of(
        {
            name: below(mean_of(trained(tables, experiment, ["lmi"]), "of_noise"), 0.5)
            for experiment, name in _BOTH.items()
        }
    )


@claim(
    "C9-released",
    says="It trains end to end in the released setting, without centres",
    where="the official program",
    published="in code",
    needs="paper",
    tables=["machines"],
)
def trains_as_released(tables: Tables) -> Finding:
    """LMI's samples without centres are less than half as far from the data as noise."""
    return below(mean_of(trained(tables, "training", ["lmi"], "none"), "of_noise"), 0.5)


@claim(
    "C10",
    says="Existing methods fail where there is no pre-training",
    where="slide 25",
    published="in words and pictures",
    tables=["machines"],
)
def others_fail(tables: Tables) -> Finding:
    """CD-10, PCD-10 and Gibbs UCD, by their better sampler, are twice as far off as LMI."""
    rows = trained(tables, "training", ["lmi", *EXISTING])
    return all_of(
        {
            name: above(ratio(rows, "fd_best", of=name, against="lmi", by="learner"), 2.0)
            for name in EXISTING
        }
    )


@claim(
    "C10-work",
    says="At equal work LMI has a higher likelihood than existing methods",
    where="ours, on slide 25",
    published="not stated",
    tables=["equal_compute"],
)
def ahead_at_equal_work(tables: Tables) -> Finding:
    """At the work that all have done, LMI's log-likelihood is above CD-10's and PCD-10's."""
    rows = tables["equal_compute"]
    rows = rows[(rows["experiment"] == "training") & (rows["centre"] == "data")]
    metric = "curve_log_likelihood"
    return all_of(
        {
            name: above(
                difference(rows, metric, of="lmi", against=name, by="learner", better="higher")
            )
            for name in ("cd_10", "pcd_10")
        }
    )


@claim(
    "C11",
    says="The FID on MNIST is 10.33",
    where="abstract",
    published="10.33",
    needs="paper",
    tables=["frechet"],
)
def fid_of_mnist(tables: Tables) -> Finding:
    """Our 8-bit machine's Inception FID is at most 15."""
    return _inception(tables, "mnist", 15.0)


@claim(
    "C12",
    says="The FID is about that of WGAN on MNIST and CIFAR-10",
    where="slide 26",
    published="in words; WGAN has 6.7 and 55.2 elsewhere (Lucic et al. 2018)",
    needs="paper",
    tables=["frechet"],
)
def fid_like_wgan(tables: Tables) -> Finding:
    """Our Inception FIDs are at most 1.5 times those of WGAN."""
    return all_of(
        {
            data: _inception(tables, data, 1.5 * wgan)
            for data, wgan in (("mnist", 6.7), ("cifar10", 55.2))
        }
    )


def _inception(tables: Tables, data: str, bound: float) -> Finding:
    rows = tables["frechet"]
    ours = rows[rows["source"] == "this replication"][f"inception_fid_{data}"].dropna()
    if ours.empty:
        raise SaigenError("no Inception features: distances here are by a classifier of ours")
    return below(measured_with(float(ours.min()), 0.0, len(ours)), bound)


def _of_factor(tables: Tables, factor: str, of: object, against: object) -> Finding:
    """Compare two levels of one factor of the ablation, paired on seed and the other factors."""
    rows = tables["ablation"]
    rows = rows[rows["init"].isin(["orthogonal", "normal"]) & rows["centre"].isin(["none", "data"])]
    # As words: a pair is found by equal labels, and `of` is shown in the verdict.
    rows = rows.assign(marginal=rows["marginal"].map({True: "yes", False: "no"}))
    others = [name for name in ("centre", "marginal", "init") if name != factor]
    found = difference(
        rows, "fd_sample", of=of, against=against, by=factor, paired_on=["seed", *others]
    )
    return below(found)


@claim(
    "C13-centring",
    says="Centring helps",
    where="a third party's summary of the paper",
    published="in words",
    tables=["ablation"],
)
def centring_helps(tables: Tables) -> Finding:
    """Over the 2³ ablation, at equal updates, the samples' distance is lower with centres."""
    return _of_factor(tables, "centre", "data", "none")


@claim(
    "C13-marginal",
    says="Marginalisation helps",
    where="a third party's summary of the paper",
    published="in words",
    tables=["ablation"],
)
def marginalisation_helps(tables: Tables) -> Finding:
    """Over the 2³ ablation, at equal updates, the samples' distance is lower with it."""
    return _of_factor(tables, "marginal", "yes", "no")


@claim(
    "C13-orthogonal",
    says="Orthogonal initial weights help",
    where="a third party's summary of the paper",
    published="in words",
    tables=["ablation"],
)
def orthogonality_helps(tables: Tables) -> Finding:
    """Over the 2³ ablation, the distance is lower than with normal weights of the same size."""
    return _of_factor(tables, "init", "orthogonal", "normal")


@claim(
    "C14",
    says="Missing pixels are filled in plausibly by a masked local search",
    where="slide 27",
    published="in pictures",
    tables=["completions"],
)
def completes(tables: Tables) -> Finding:
    """LMI's machine errs less on unknown pixels than the mean image, with every mask."""
    return _completes(tables, "mean_image")


@claim(
    "C14-nearest",
    says="The completion is better than that of the nearest training image",
    where="ours",
    published="not stated",
    tables=["completions"],
)
def completes_better_than_a_neighbour(tables: Tables) -> Finding:
    """LMI's machine errs less on unknown pixels than the nearest image, with every mask."""
    return _completes(tables, "nearest")


def _completes(tables: Tables, baseline: str) -> Finding:
    rows = tables["completions"]
    rows = rows[(rows["experiment"] == "anatomy") & (rows["learner"] == "lmi")]
    return all_of(
        {
            mask: below(difference(part, "error", of="machine", against=baseline, by="how"))
            for mask, part in rows.groupby("mask", sort=False)
        }
    )
