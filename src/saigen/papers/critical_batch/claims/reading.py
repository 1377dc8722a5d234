"""Reading the tables for the claims: sweeps of one setting, costs about the critical size."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.claims import mean_of
from saigen.claims.runs import chosen_by_others, compare
from saigen.errors import SaigenError
from saigen.stats import Interval

Tables = Mapping[str, pd.DataFrame]


def sweep(
    table: pd.DataFrame,
    model: str,
    setting: str = "adam",
    aim: str = "target",
    reading: str = "fixed",
) -> pd.DataFrame:
    """Return rows of `crossings` or `fits` of one setting."""
    found = table[
        (table["model"] == model)
        & (table["setting"] == setting)
        & (table["aim"] == aim)
        & (table["reading"] == reading)
    ]
    if found.empty:
        raise SaigenError(f"no runs of {model} with {setting}")
    return found


def costs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return N b as [seed, batch size], ∞ where a run never reached the target.

    Only batch sizes that every seed was run at.
    """
    return _laid_out(runs.assign(sfo=runs["sfo"].fillna(np.inf)))


def spent(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the same with what the cost of a run that never reached the target lies beyond.

    It is what the run had spent when it ended, and ∞ where it diverged.
    """
    return _laid_out(runs.assign(sfo=runs["sfo"].fillna(runs["bound"] * runs["batch_size"])))


def _laid_out(runs: pd.DataFrame) -> pd.DataFrame:
    return runs.pivot(index="seed", columns="batch_size", values="sfo").dropna(axis=1)


def rise(runs: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Return log₂ K(factor · b*) / K(b*) of every seed; b* is the cheapest by the others' median.

    The grid's last size stands for one beyond it, so that the rise is 0 where b* lies at that end:
    none was seen. A run that never reached the target counts with what it had spent, a bound from
    below, and with ∞ where it diverged.

    Returns:
      A row a seed that says something: `rise`, and `exact`, false where it is a bound. A seed that
      did not reach the target at b*, or whose bound shows no rise, says nothing.
    """
    table, bound = costs(runs), spent(runs)
    sizes = table.columns.to_numpy(dtype=float)
    found = {}
    for seed, best in chosen_by_others(table, "median").items():
        away = table.columns[np.argmin(np.abs(np.log2(sizes) - np.log2(best * factor)))]
        up = float(np.log2(bound.loc[seed, away]) - np.log2(bound.loc[seed, best]))
        exact = bool(np.isfinite(table.loc[seed, away]))
        if np.isfinite(table.loc[seed, best]) and (exact or up > 0.0):
            found[seed] = {"rise": up, "exact": exact}
    return pd.DataFrame.from_dict(found, orient="index", columns=["rise", "exact"])


def mean_rise(found: pd.DataFrame) -> Interval:
    """Return the mean of `rise` over seeds, with its interval.

    The rise to a run that diverged is infinite: it counts as the largest finite one, and opens the
    interval above.
    """
    rises = found["rise"].to_numpy(dtype=float)
    if np.isinf(rises).all():
        return compare(rises, np.zeros(len(rises)))
    return mean_of(found, "rise")
