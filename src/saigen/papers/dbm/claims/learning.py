"""Claims on training: slides 25 and 26 and the abstract, on trained machines."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from saigen.claims import (
    INCONCLUSIVE,
    REPLICATED,
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
from saigen.papers.dbm.claims.learned import (
    Tables,
    beside_means,
    fails,
    if_log_z_is_known,
    learns,
    passes,
    trained,
)
from saigen.papers.dbm.curve_tables import EXISTING

_BOTH = {"training": "MNIST", "training_fashion": "Fashion-MNIST"}


@claim(
    "C8",
    says="Metropolis-Hastings changes nothing in training: as coded and as specified are as run",
    where="ours, on slides 20 to 24 and the official program",
    published="not stated",
    tables=["readings"],
)
def metropolis_is_idle(tables: Tables) -> Finding:
    """Without centres no first proposal of any run is accepted; same seeds, same numbers.

    A run that diverged has no count, and is not counted.
    """
    return _idle(tables["readings"], "none")


@claim(
    "C8-centred",
    says="The same with centres by the data",
    where="ours",
    published="not stated",
    tables=["readings"],
)
def metropolis_is_idle_with_centres(tables: Tables) -> Finding:
    """With centres no first proposal is accepted; the readings give the same numbers."""
    return _idle(tables["readings"], "data")


def _idle(rows: pd.DataFrame, centre: str) -> Finding:
    """Judge that no run with a centre accepted a proposal, and that the readings do not differ."""
    rows = rows[(rows["centre"] == centre) & ~rows["learner"].str.contains("small")]
    accepted = rows[["accepted_positive", "accepted_negative"]].to_numpy()
    pairs = rows["differs"].dropna()
    if accepted.size == 0 or pairs.empty:
        raise SaigenError(f"no runs with centre `{centre}` by each of the three readings")
    return all_of(
        {
            "accepted": _none_accepted(accepted),
            "difference": below(measured_with(pairs.max(), 0.0, len(pairs)), 1e-12),
        }
    )


def _none_accepted(accepted: NDArray) -> Finding:
    """Judge whether no run [run, phase] accepted a proposal, of those whose count is known."""
    known = accepted[~np.isnan(accepted).any(axis=1)]
    if not len(known):
        raise SaigenError("every run diverged: no count of accepted proposals is known")
    found = below(measured_with(float(known.max()), 0.0, len(known)), 0.5)
    lost = len(accepted) - len(known)
    return replace(found, why=f"{found.why}; {lost} runs diverged") if lost else found


@claim(
    "C9",
    says="A deep Boltzmann machine trains end to end, without pre-training",
    where="abstract, slide 25",
    published="in words and pictures",
    tables=["machines"],
)
def trains_end_to_end(tables: Tables) -> Finding:
    """On both datasets LMI beats independent pixels: half their distance, a higher likelihood.

    A likelihood settles nothing where log Z of a run has a standard error above 0.3 nats.
    """
    return all_of(
        {name: learns(trained(tables, experiment, ["lmi"])) for experiment, name in _BOTH.items()}
    )


@claim(
    "C9-long",
    says="It does so in long runs",
    where="ours, on slide 25",
    published="not stated",
    tables=["machines"],
)
def trains_in_long_runs(tables: Tables) -> Finding:
    """The test of C9 on MNIST, of the long runs that are taken apart."""
    return learns(trained(tables, "anatomy", ["lmi"]))


@claim(
    "C9-released",
    says="It trains end to end in the released setting, without centres",
    where="the official program",
    published="in code",
    needs="paper",
    tables=["machines"],
)
def trains_as_released(tables: Tables) -> Finding:
    """Without centres LMI beats independent pixels: half their distance, a higher likelihood."""
    return learns(trained(tables, "training", ["lmi"], "none"))


@claim(
    "C10",
    says="Existing methods fail without pre-training, and succeed with it",
    where="slide 25",
    published="in words and pictures",
    tables=["machines", "rates"],
)
def others_fail(tables: Tables) -> Finding:
    """CD-10, PCD-10 and Gibbs UCD end half as far off as independent pixels, or farther.

    And PCD-10 after pre-training passes the test of C9. Each by its better sampler, on both
    datasets where it was run. One that passes that test, with two errors of log Z in its favour,
    refutes the claim; its likelihood alone settles nothing. Inconclusive where a method fails at
    this rate and would pass, in short runs, at another of the grid: which it is, is told. LMI's
    own outcome is C9.
    """
    parts = {}
    for experiment, name in _BOTH.items():
        rows = trained(tables, experiment, [*EXISTING, "pretrained"])
        parts |= {f"{learner} on {name}": part for learner, part in _by_learner(rows).items()}
    found, others = all_of(parts), _at_other_rates(tables["rates"])
    told = f"in the short runs of the grid of rates {', '.join(others) or 'none'} would pass"
    verdict = INCONCLUSIVE if others and found.verdict == REPLICATED else found.verdict
    return replace(found, verdict=verdict, why=f"{found.why}; {told}")


@claim(
    "C10-long",
    says="In long runs too an existing method fails without pre-training, and succeeds with it",
    where="ours, on slide 25",
    published="not stated",
    tables=["machines"],
)
def another_fails_in_long_runs(tables: Tables) -> Finding:
    """The test of C10 on MNIST, of PCD-10 without and with pre-training, in the long runs."""
    return all_of(_by_learner(trained(tables, "anatomy", ["pcd_10", "pretrained"])))


def _by_learner(rows: pd.DataFrame) -> dict[str, Finding]:
    """Return of each method that it fails, or after pre-training that it learns."""
    return {
        learner: (learns if learner == "pretrained" else fails)(cell, "best_of_means")
        for learner, cell in rows.groupby("learner", sort=False)
    }


def _at_other_rates(rates: pd.DataFrame) -> list[str]:
    """Name the existing methods that pass at a rate of the grid, in all of its short runs."""
    rows = rates[(rates["centre"] == "data") & rates["learner"].isin(EXISTING)]
    rows = beside_means(rows)
    cells = rows.assign(won=passes(rows)).groupby(["learner", "learning_rate"], sort=False)
    won = cells["won"].all()
    return [f"{learner} at {rate:g}" for learner, rate in won.index[won]]


def _beside_own(found: Finding, tables: Tables) -> Finding:
    """Name what became of LMI itself: to be ahead of it, or behind, means little if it failed."""
    own = learns(trained(tables, "training", ["lmi"]))
    return replace(found, why=f"{found.why}; that LMI itself has learned is {own.verdict}")


@claim(
    "C10-ratio",
    says="Existing methods end twice as far from the data as LMI, or farther",
    where="ours, on slide 25",
    published="not stated",
    tables=["machines"],
)
def others_are_far_off(tables: Tables) -> Finding:
    """CD-10, PCD-10 and Gibbs UCD against LMI, each by its better sampler.

    Whether LMI itself passes the test of C9 is told beside the verdict.
    """
    rows = trained(tables, "training", ["lmi", *EXISTING])
    found = all_of(
        {
            name: above(ratio(rows, "fd_best", of=name, against="lmi", by="learner"), 2.0)
            for name in EXISTING
        }
    )
    return _beside_own(found, tables)


@claim(
    "C10-work",
    says="At equal work LMI has a higher likelihood than existing methods",
    where="ours, on slide 25",
    published="not stated",
    tables=["equal_compute", "machines"],
)
def ahead_at_equal_work(tables: Tables) -> Finding:
    """At the work that it and all of them have done, LMI's log-likelihood is above each of theirs.

    Inconclusive where log Z of either has a standard error above 0.3 nats: annealing that misses
    a mode understates log Z, and its error with it. Whether LMI itself passes the test of C9 is
    told beside the verdict.
    """
    rows = tables["equal_compute"]
    rows = rows[(rows["experiment"] == "training") & (rows["centre"] == "data")]
    return _beside_own(all_of({name: _likelier(rows, name) for name in EXISTING}), tables)


def _likelier(rows: pd.DataFrame, name: str) -> Finding:
    metric = "curve_log_likelihood"
    found = above(difference(rows, metric, of="lmi", against=name, by="learner", better="higher"))
    both = rows["learner"].isin(["lmi", name])
    return if_log_z_is_known(found, rows.loc[both, "curve_log_z_error"])


@claim(
    "C11",
    says="The FID on MNIST is 10.33",
    where="abstract",
    published="10.33",
    needs="paper",
    tables=["grey_machines"],
)
def fid_of_mnist(tables: Tables) -> Finding:
    """The Inception FID of LMI's 8-bit machine, centred by the data, is below 15, over seeds."""
    return _inception(tables, "grey", 15.0)


@claim(
    "C12",
    says="The FID is about that of WGAN on MNIST and CIFAR-10",
    where="slide 26",
    published="in words; WGAN has 6.7 and 55.2 elsewhere (Lucic et al. 2018)",
    needs="paper",
    tables=["grey_machines"],
)
def fid_like_wgan(tables: Tables) -> Finding:
    """Inception FIDs of the same machines are below 1.5 times those of WGAN, over seeds."""
    return all_of(
        {
            "MNIST": _inception(tables, "grey", 1.5 * 6.7),
            "CIFAR-10": _inception(tables, "colour", 1.5 * 55.2),
        }
    )


def _inception(tables: Tables, experiment: str, bound: float) -> Finding:
    rows = tables["grey_machines"]
    rows = rows[(rows["experiment"] == experiment) & (rows["centre"] == "data")]
    rows = rows[rows["learner"] == "lmi"]
    if rows["fid_sample"].isna().all():
        raise SaigenError("no Inception features: distances here are by a classifier of ours")
    return below(mean_of(rows, "fid_sample"), bound)
