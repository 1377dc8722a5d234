"""Claims on estimates of the critical batch size: section 4.4."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, all_of, below, claim, untested, within
from saigen.errors import SaigenError
from saigen.papers.critical_batch.claims.reading import Tables, sweep
from saigen.papers.critical_batch.tables import NETWORKS
from saigen.stats import t_interval


def _ratio(table: pd.DataFrame, column: str) -> pd.Series:
    """Return log₂ of an estimate over the measured size, of the seeds whose size lies within.

    nan where the estimate is not positive.
    """
    table = table.dropna(subset="critical").set_index("seed")
    values = table[column].astype(float)
    return np.log2(values.where(values > 0.0)) - np.log2(table["critical"].astype(float))


@claim(
    "A7-line",
    says="The straight line of 1/N against 1/b estimates the critical batch size",
    where="Section 4.4; E1",
    published="measured and estimated sizes are close",
    tables=["fits"],
)
def line_estimates(tables: Tables) -> Finding:
    """log₂ of E1's b* over the measured one, Adam on the DCGAN: within one power of two.

    A line that rises with 1/b has no positive b*; one such seed leaves the claim unproven.
    """
    fits = sweep(tables["fits"], "dcgan").rename(columns={"line_critical": "E1"})
    found = _ratio(fits, "E1")
    if found.empty:
        return untested("no seed's measured size lies within the grid")
    if found.isna().all():
        return untested("no seed's line falls with 1/b: E1 gives no positive size")
    return within(t_interval(found), 1.0)


@claim(
    "A7-constants",
    says="The printed constants with measured gradients estimate the critical batch size",
    where="Section 4.4; E2, our reconstruction",
    published="measured and estimated sizes are close",
    tables=["estimates"],
)
def constants_estimate(tables: Tables) -> Finding:
    """log₂ of E2 (median h) over the measured size, both networks, Adam: within 1.

    Of the seeds that reached the target: the constants are those of the gradients there.
    """
    found = {name: _ratio(_adam(tables, name), "E2_median") for name in NETWORKS}
    if any(part.empty for part in found.values()):
        return untested("no seed reached the target with a critical size within the grid")
    return all_of({name: within(t_interval(part), 1.0) for name, part in found.items()})


@claim(
    "A8",
    says="The critical sizes of D and G lie on either side of the measured one",
    where="Theorem 3.2, which has one for each network",
    tables=["estimates"],
)
def networks_bracket(tables: Tables) -> Finding:
    """log₂(E2 of D / measured) · log₂(E2 of G / measured) is below 0, Adam, median h."""
    of_d, of_g = (_ratio(_adam(tables, name), "E2_median") for name in NETWORKS)
    product = (of_d * of_g).dropna()
    if product.empty:
        return untested("no seed reached the target with a critical size within the grid")
    return below(t_interval(product))


def _adam(tables: Tables, network: str) -> pd.DataFrame:
    table = tables["estimates"]
    found = table[(table["optimiser"] == "adam") & (table["network"] == network)]
    if found.empty:
        raise SaigenError("no gradients were measured with Adam")
    return found[found["reached"].astype(bool)]
