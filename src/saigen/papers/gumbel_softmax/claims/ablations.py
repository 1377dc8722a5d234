"""Claims that ablations of structured prediction decide: section 4 and 4.1."""

import pandas as pd

from saigen.claims import Finding, all_of, below, claim, difference
from saigen.papers.gumbel_softmax.claims.panels import Tables


@claim(
    "13-annealing",
    says="On the categorical SBN, annealing the temperature brings nothing by the step where the "
    "ablations end",
    where="Section 4.1",
    published="fixed τ = 1 throughout",
    tables=["ablations"],
)
def annealing(tables: Tables) -> Finding:
    """At the rate chosen for τ = 1, it is at most 0.3 nats worse than each annealed schedule.

    The ablations end after 20,000 of the figure's 545,000 steps at standard, after all at paper.
    """
    runs = _ablations(tables)
    schedules = [name for name in runs["variant"].unique() if name.startswith("annealed")]
    return all_of(
        {
            name: below(
                difference(runs, "test_nll", of="reference", against=name, by="variant"), 0.3
            )
            for name in schedules
        }
    )


@claim(
    "14-normalisation",
    says="On the categorical SBN, by the step where the ablations end, SF and MuProp train better "
    "with variance normalisation than without, at the rate chosen with it",
    where="Section 4",
    published="was necessary to get competitive results",
    tables=["ablations"],
)
def normalisation(tables: Tables) -> Finding:
    """Better than with centring alone, which a smaller rate might suit better."""
    runs = _ablations(tables)
    return all_of(
        {
            name: below(
                difference(runs, "test_nll", of=name, against=f"{name}_unnormalised", by="variant")
            )
            for name in ("sf", "muprop")
        }
    )


def _ablations(tables: Tables) -> pd.DataFrame:
    runs = tables["ablations"]
    return runs[runs["experiment"] == "structured_prediction"]
