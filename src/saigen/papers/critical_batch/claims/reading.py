"""Reading the tables for the claims: sweeps of one setting, costs about the critical size."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import mean_of
from saigen.claims.finding import remarks
from saigen.claims.runs import chosen_by_others, compare
from saigen.errors import SaigenError
from saigen.stats import Interval, t_interval

Tables = Mapping[str, pd.DataFrame]

#: How a rise of costs is known, by whether a seed arrived at b* and away from it.
EXACT, AT_LEAST, AT_MOST = "exactly", "at least", "at most"
_KNOWN = {(True, True): EXACT, (True, False): AT_LEAST, (False, True): AT_MOST}


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


def chosen_sizes(table: pd.DataFrame) -> pd.Series:
    """Return b* of every seed: the cheapest size by the median over the others.

    Args:
      table: as of `costs`. A seed has no b* where no size has a finite median over the others.
    """
    chosen = chosen_by_others(table, "median")
    known = [np.isfinite(table.drop(index=seed)[size].median()) for seed, size in chosen.items()]
    return chosen[known]


def rise(runs: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Return log₂ K(factor · b*) / K(b*) of every seed, with b* by `chosen_sizes`.

    The grid's last size stands for one beyond it. A run that never reached the target counts with
    what it had spent, a bound from below of its cost, and with ∞ where it diverged: away from b*
    the rise is at least so large, at b* at most.

    Returns:
      A row a seed that says something: `rise`, and `known`: EXACT, AT_LEAST or AT_MOST. A seed says
      nothing whose b* is itself the last size on that side, that reached the target at neither, or
      whose bound tells no rise from a fall.
    """
    table, bound = costs(runs), spent(runs)
    sizes = table.columns.to_numpy(dtype=float)
    found = {}
    for seed, best in chosen_sizes(table).items():
        away = table.columns[np.argmin(np.abs(np.log2(sizes) - np.log2(best * factor)))]
        if away == best:
            continue
        arrived = tuple(np.isfinite(table.loc[seed, [best, away]]))
        if arrived == (False, False):
            continue
        up = float(np.log2(bound.loc[seed, away]) - np.log2(bound.loc[seed, best]))
        known = _KNOWN[arrived]
        if known == EXACT or (up > 0.0) == (known == AT_LEAST):
            found[seed] = {"rise": up, "known": known}
    return pd.DataFrame.from_dict(found, orient="index", columns=["rise", "known"])


def mean_rise(found: pd.DataFrame) -> Interval:
    """Return the mean of `rise` over seeds, with its interval.

    The rise to a run that never arrived is known by a bound from below alone. It opens the interval
    above, and counts as the largest that is exact where the bound is more, or with the least bound
    where none is exact: by its own size it would widen the interval downwards. One exact rise alone
    has no scatter, and the mean no lower end. Nor has it where a rise is known by a bound from
    above: that one counts as its bound, or where b* diverged as the deepest fall of the others.
    """
    rises, exact = found["rise"].astype(float), found["known"] == EXACT
    fallen, risen = found["known"] == AT_MOST, found["known"] == AT_LEAST
    if exact.all() or found.empty:
        return mean_of(found, "rise")
    if np.isposinf(rises).all():
        return compare(rises.to_numpy(), np.zeros(len(rises)))
    most = rises[exact].max() if exact.any() else rises[risen].min()
    deepest = min([0.0, *rises[np.isfinite(rises)]])
    counted = rises.mask(risen, rises.clip(upper=most)).clip(lower=deepest)
    mean = t_interval(counted)
    told = f"{fallen.sum()} of {len(found)} seeds arrived away from b* and not there"
    told = told if fallen.any() else ""
    return replace(
        mean,
        low=-np.inf if exact.sum() == 1 or fallen.any() else mean.low,
        high=np.inf if risen.any() else mean.high,
        note=remarks(mean.note, told),
    )
