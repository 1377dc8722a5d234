"""Reading the tables for the claims: sweeps of one setting, costs about the critical size."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.errors import SaigenError

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
    """Return the same with what a run that never reached the target had cost when it ended.

    Its N b lies beyond that.
    """
    return _laid_out(runs.assign(sfo=runs["sfo"].fillna(runs["last_step"] * runs["batch_size"])))


def _laid_out(runs: pd.DataFrame) -> pd.DataFrame:
    return runs.pivot(index="seed", columns="batch_size", values="sfo").dropna(axis=1)


def reached_by_all(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of the batch sizes at which every seed reached the target.

    A run that ended before it has an N beyond its last step, and no place in an order.
    """
    lost = runs.loc[runs["censored"].astype(bool), "batch_size"]
    return runs[~runs["batch_size"].isin(lost)]


def cheapest_by_others(table: pd.DataFrame) -> pd.Series:
    """Return for each seed the batch size that is cheapest in the median of the other seeds.

    A seed then does not choose the point at which it is measured, so that its cost about that point
    is not flattered by its own luck.

    Raises:
      SaigenError: fewer than two seeds.
    """
    if len(table) < 2:
        raise SaigenError("other seeds choose the cheapest batch size: two or more are wanted")
    chosen = {seed: table.drop(index=seed).median().idxmin() for seed in table.index}
    return pd.Series(chosen)


def rise(runs: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Return log₂ K(factor · b*) / K(b*) of every seed, with b* by `cheapest_by_others`.

    The grid's last size stands for one beyond it, so that the rise is 0 where b* lies at that end:
    none was seen. A run that never reached the target counts with what it had spent, a bound from
    below.

    Returns:
      A row a seed that says something: `rise`, and `exact`, false where it is a bound. A seed that
      did not reach the target at b*, or whose bound shows no rise, says nothing.
    """
    table, bound = costs(runs), spent(runs)
    sizes = table.columns.to_numpy(dtype=float)
    found = {}
    for seed, best in cheapest_by_others(table).items():
        away = table.columns[np.argmin(np.abs(np.log2(sizes) - np.log2(best * factor)))]
        up = float(np.log2(bound.loc[seed, away]) - np.log2(bound.loc[seed, best]))
        exact = bool(np.isfinite(table.loc[seed, away]))
        if np.isfinite(table.loc[seed, best]) and (exact or up > 0.0):
            found[seed] = {"rise": up, "exact": exact}
    return pd.DataFrame.from_dict(found, orient="index", columns=["rise", "exact"])


def paired(left: pd.DataFrame, right: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column of two settings' `fits` on the seeds they share, as `left` and `right`."""
    both = left[["seed", column]].merge(right[["seed", column]], on="seed").set_index("seed")
    both.columns = ["left", "right"]
    return both.dropna()
