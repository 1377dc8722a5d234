"""Reading the tables for the claims: sweeps of one setting, costs about the critical size."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.errors import SaigenError

Tables = Mapping[str, pd.DataFrame]


def sweep(
    table: pd.DataFrame, model: str, setting: str = "adam", aim: str = "target"
) -> pd.DataFrame:
    """Return rows of `crossings` or `fits` of one setting, images in their fixed range."""
    found = table[
        (table["model"] == model)
        & (table["setting"] == setting)
        & (table["aim"] == aim)
        & (table["reading"] == "fixed")
    ]
    if found.empty:
        raise SaigenError(f"no runs of {model} with {setting}")
    return found


def costs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return N b as [seed, batch size], ∞ where a run never reached the target.

    Only batch sizes that every seed was run at.
    """
    table = runs.assign(sfo=runs["sfo"].fillna(np.inf)).pivot(
        index="seed", columns="batch_size", values="sfo"
    )
    return table.dropna(axis=1)


def cheapest_by_others(table: pd.DataFrame) -> pd.Series:
    """Return for each seed the batch size that is cheapest in the median of the other seeds.

    A seed then does not choose the point at which it is measured, so that its cost about that point
    is not flattered by its own luck.

    Raises:
      SaigenError: fewer than two seeds.
    """
    if len(table) < 2:
        raise SaigenError(
            "the cheapest batch size is chosen by other seeds: two or more are wanted"
        )
    chosen = {seed: table.drop(index=seed).median().idxmin() for seed in table.index}
    return pd.Series(chosen)


def rise(table: pd.DataFrame, factor: float) -> pd.Series:
    """Return log₂ K(factor · b*) / K(b*) of every seed, with b* by `cheapest_by_others`.

    0 where b* lies at the end of the grid on that side: no rise was seen; the grid's last size
    stands for one beyond it. ∞ − ∞ counts as 0.
    """
    sizes = table.columns.to_numpy(dtype=float)
    found = {}
    for seed, best in cheapest_by_others(table).items():
        inside = sizes[np.argmin(np.abs(np.log2(sizes) - np.log2(best * factor)))]
        far, near = float(table.loc[seed, inside]), float(table.loc[seed, best])
        found[seed] = 0.0 if far == near else np.log2(far) - np.log2(near)
    return pd.Series(found)


def paired(left: pd.DataFrame, right: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column of two settings' `fits` on the seeds they share, as `left` and `right`."""
    both = left.set_index("seed")[[column]].join(
        right.set_index("seed")[[column]], lsuffix="_left", rsuffix="_right", how="inner"
    )
    both.columns = ["left", "right"]
    return both.dropna()
