"""Claims on the three readings: whether Metropolis-Hastings has a say at training size."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from saigen.claims import Finding, all_of, below, claim, measured_with
from saigen.errors import SaigenError
from saigen.papers.dbm.claims.learned import Tables


@claim(
    "C8",
    says="Metropolis-Hastings changes nothing in training: as coded and as specified are as run",
    where="ours, on slides 20 to 24 and the official program",
    published="not stated",
    tables=["readings"],
)
def metropolis_is_idle(tables: Tables) -> Finding:
    """Without centres no first proposal of any run is accepted; same seeds, same numbers.

    A run that diverged has no count, and is not counted; nor is one from small initial weights,
    whose first energies are all near 0.
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
    """With centres no first proposal is accepted; the readings give the same numbers.

    Of all trainings but those of the grid of rates and of grey and coloured images.
    """
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
