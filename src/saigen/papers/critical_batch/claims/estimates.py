"""Claims on estimates of the critical batch size."""

from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import Finding, all_of, below, claim, untested, within
from saigen.claims.finding import conclude
from saigen.errors import SaigenError
from saigen.papers.critical_batch.claims.reading import Tables, sweep
from saigen.papers.critical_batch.fits import WITHIN
from saigen.papers.critical_batch.sizes import HALF_STEP, made_by_smallest, mean_of_logs
from saigen.papers.critical_batch.tables import NETWORKS
from saigen.stats import Interval, t_interval


@claim(
    "A7-line",
    says="The straight line of 1/N against 1/b estimates the critical batch size",
    where="E1, from the law N(b)",
    published="measured and estimated sizes are close",
    tables=["fits"],
)
def line_estimates(tables: Tables) -> Finding:
    """log₂ of E1's b* over the measured one, Adam on the DCGAN: within one power of two.

    A line that rises with 1/b, or meets the axis at or below 0, has no positive b*: one such seed
    leaves the claim unproven, and all of them refute it. Not tested where the line without the
    smallest size that reached the target has another b* by more than half a power of two: that
    size, far out on the axis of 1/b, then makes the estimate, and the law does not hold.
    """
    fits = sweep(tables["fits"], "dcgan")
    off = fits["place"] != WITHIN
    if off.any():
        return untested(f"b* lies off the grid in {off.sum()} of {len(fits)} seeds")
    positive = fits["line_critical"] > 0.0
    if not positive.any():
        reach = np.inf if len(fits) > 1 else np.nan
        nothing = Interval(np.nan, -reach, reach, len(fits))
        return conclude(nothing, False, True, "E1 gives no positive size in any seed")
    if alone := int(made_by_smallest(fits).sum()):
        return untested(f"the smallest size alone makes E1 in {alone} of {len(fits)} seeds")
    line = fits["line_critical"].where(positive)
    return within(mean_of_logs(np.log2(line) - np.log2(fits["critical"]), fits["bare"]), 1.0)


@claim(
    "A7-constants",
    says="The printed constants with measured gradients estimate the critical batch size",
    where="E2, our reconstruction",
    published="measured and estimated sizes are close",
    tables=["estimates"],
)
def constants_estimate(tables: Tables) -> Finding:
    """log₂ of E2 (median h) over the measured size, both networks, Adam: within 1.

    Not tested where a seed did not reach the target, has no measured size within the grid, or has
    no positive estimate: the constants are those of the gradients at the target.
    """
    return all_of({name: _agrees(_of(tables, "adam", name), "E2_median") for name in NETWORKS})


@claim(
    "A7-noise",
    says="The simple noise scale of either network estimates the critical batch size",
    where="E3; McCandlish et al. 2018",
    published="not examined",
    tables=["estimates"],
)
def noise_scale_estimates(tables: Tables) -> Finding:
    """log₂ of E3 over the measured size, both networks, Adam: within 1. As A7-constants else."""
    return all_of({name: _agrees(_of(tables, "adam", name), "E3") for name in NETWORKS})


@claim(
    "A7-ratios",
    says="The critical sizes of AdaBelief and RMSProp are to Adam's as the constants say",
    where="E4, our reconstruction",
    published="not examined",
    tables=["estimates"],
)
def constants_rank_optimisers(tables: Tables) -> Finding:
    """log₂ of E4 (median h) over the ratio of measured sizes, both networks: within 1 for both.

    E4 takes σ² / ‖G‖² to be the same for all optimisers. As A7-constants else.
    """
    parts = {}
    for optimiser in ("adabelief", "rmsprop"):
        for name in NETWORKS:
            adam = _of(tables, "adam", name).set_index("seed")["bare"].astype(int)
            table = _of(tables, optimiser, name)
            bare = table["bare"].astype(int) + table["seed"].map(adam).fillna(0).astype(int)
            found = _agrees(table.assign(bare=bare), "E4", "measured_ratio")
            parts[f"{optimiser}, {name}"] = found
    return all_of(parts)


@claim(
    "A8",
    says="The critical sizes of D and G lie on either side of the measured one",
    where="The law N(b), of which each network has one",
    tables=["estimates"],
)
def networks_bracket(tables: Tables) -> Finding:
    """log₂(E2 of D / measured) · log₂(E2 of G / measured) is below 0, Adam, median h.

    Not tested where A7-constants is not. Where a measured size is a bare point of the grid, known
    to half a step, the product must be below 0 at either end of that step too.
    """
    both = [_of(tables, "adam", name).set_index("seed") for name in NETWORKS]
    for table in both:
        if lost := _lost(table, "E2_median", "critical"):
            return untested(lost)
    of_d, of_g = (_logs(table, "E2_median", "critical") for table in both)
    reach = HALF_STEP * both[0]["bare"].astype(int)
    products = [t_interval((of_d + side * reach) * (of_g + side * reach)) for side in (0, -1, 1)]
    low, high = min(each.low for each in products), max(each.high for each in products)
    return below(replace(products[0], low=low, high=high))


def _of(tables: Tables, optimiser: str, network: str) -> pd.DataFrame:
    table = tables["estimates"]
    found = table[(table["optimiser"] == optimiser) & (table["network"] == network)]
    if found.empty:
        raise SaigenError(f"no gradients were measured with {optimiser}")
    return found


def _agrees(table: pd.DataFrame, estimate: str, measured: str = "critical") -> Finding:
    """Judge whether an estimate is within one power of two of what it estimates, over all seeds."""
    if lost := _lost(table, estimate, measured):
        return untested(lost)
    logs = _logs(table, estimate, measured)
    return within(mean_of_logs(logs, table["bare"]), 1.0)


def _logs(table: pd.DataFrame, estimate: str, measured: str) -> pd.Series:
    return np.log2(table[estimate].astype(float)) - np.log2(table[measured].astype(float))


def _lost(table: pd.DataFrame, estimate: str, measured: str) -> str:
    """Say in how many seeds something is missing; empty where nothing is. No seed is left out."""
    values = table[estimate].astype(float)
    missing = {
        "did not reach the target where gradients were measured": ~table["reached"].astype(bool),
        "have no critical size within the grid": table[measured].isna(),
        "have no positive estimate": ~((values > 0.0) & np.isfinite(values)),
    }
    told = {what: int(where.sum()) for what, where in missing.items()}
    return "; ".join(f"{n} of {len(table)} seeds {what}" for what, n in told.items() if n)
