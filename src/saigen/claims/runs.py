"""Reading tidy tables of runs: one row a cell and seed, diverged runs kept as infinities."""

from collections.abc import Iterable, Sequence
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from saigen.errors import SaigenError, did_you_mean
from saigen.stats import Comparison, paired_difference

# Fewest pairs at which "one cell diverged every time, the other never" is evidence: were both
# equally likely to diverge, that happens with chance at most 4^-n, which is below 2.5% from 3 on.
SETTLED = 3
# Fewest pairs that settle it by all pointing the same way: a sign test, with chance 2^-n.
UNANIMOUS = 6


def measurements(runs: pd.DataFrame, metric: str, better: str = "lower") -> pd.DataFrame:
    """Return the runs with a float column `measured`, a diverged run at the bad infinity.

    Args:
      runs: a wide table with a column named `metric`, or a long one with columns `metric` and
        `value`. A column `status`, where there is one, marks runs as `diverged` too.
      better: `lower` or `higher`; the infinity of diverged runs is the other end.

    Raises:
      SaigenError: the table has no such metric, or no rows: the claim cannot be tested.
    """
    if better not in ("lower", "higher"):
        raise ValueError(f"better is `lower` or `higher`, not {better!r}")
    if metric in runs.columns:
        values = runs[metric]
    elif {"metric", "value"} <= set(runs.columns):
        known = runs["metric"]
        runs = runs[known == metric]
        if runs.empty:
            raise SaigenError(f"no rows of metric `{metric}`{did_you_mean(metric, set(known))}")
        values = runs["value"]
    else:
        raise SaigenError(f"no column `{metric}`{did_you_mean(metric, map(str, runs.columns))}")
    if runs.empty:
        raise SaigenError(f"no runs to measure `{metric}` on")
    values = values.astype("float64")
    diverged = ~np.isfinite(values)
    if "status" in runs.columns:
        diverged |= runs["status"] == "diverged"
    return runs.assign(measured=values.mask(diverged, inf if better == "lower" else -inf))


def matrix(
    runs: pd.DataFrame,
    metric: str,
    by: str,
    paired_on: str | Sequence[str],
    cells: Iterable | None = None,
    better: str = "lower",
) -> tuple[pd.DataFrame, str]:
    """Lay runs out as [pair, cell], with a note of what is missing or diverged.

    Args:
      by: the column that names the cell; `cells` are the ones wanted, in order (default: all).
      paired_on: what one pair shares, usually the seed.

    Returns:
      The matrix with only those pairs that every wanted cell has, and the note ("" if none).

    Raises:
      SaigenError: a wanted cell, or a column, is not in the table, or a cell is wanted twice: where
        a factor has one level its two ends are the same runs.
      ValueError: two rows for one cell and pair; the caller forgot to choose a factor's level.
    """
    keys = [paired_on] if isinstance(paired_on, str) else list(paired_on)
    for column in [by, *keys]:
        if column not in runs.columns:
            raise SaigenError(f"no column `{column}`{did_you_mean(column, map(str, runs.columns))}")
    runs = measurements(runs, metric, better)
    if runs.duplicated([by, *keys]).any():
        raise ValueError(f"several rows a {by} and {'/'.join(keys)}: choose the other factors")
    table = runs.pivot(index=keys, columns=by, values="measured").sort_index()
    wanted = list(table.columns if cells is None else cells)
    for cell in wanted:
        if wanted.count(cell) > 1:
            raise SaigenError(f"{by} `{cell}` would be compared with itself")
        if cell not in table.columns:
            near = did_you_mean(str(cell), map(str, table.columns))
            raise SaigenError(f"no runs of {by} `{cell}`{near}")
    table = table.reindex(columns=wanted)  # table[wanted] would take False and True for a mask
    whole = table.dropna()
    if whole.empty:
        raise SaigenError(f"no {'/'.join(keys)} was run for all of {', '.join(map(str, wanted))}")
    notes = [
        f"{cell} diverged in {lost} of {len(whole)} runs"
        for cell, lost in np.isinf(whole).sum().items()
        if lost
    ]
    if len(whole) < len(table):
        notes.append(f"{len(table) - len(whole)} of {len(table)} pairs lack a run")
    return whole, "; ".join(notes)


def chosen_by_others(table: pd.DataFrame, average: str = "mean") -> pd.Series:
    """Return for each seed the level that is lowest on average over the other seeds.

    A level that is tested on the runs that chose it looks better than it is: their luck chose too.

    Args:
      table: [seed, level], lower is better; a diverged run is infinite.
      average: `mean` or `median`.

    Raises:
      SaigenError: fewer than two seeds.
    """
    if len(table) < 2:
        raise SaigenError("other seeds choose the level that is tested: two or more are wanted")
    return pd.Series({seed: table.drop(index=seed).agg(average).idxmin() for seed in table.index})


def at_chosen(table: pd.DataFrame) -> pd.Series:
    """Return each seed's number at the level that the other seeds choose (`chosen_by_others`)."""
    chosen = chosen_by_others(table)
    return pd.Series({seed: table.loc[seed, level] for seed, level in chosen.items()})


def compare(a: NDArray, b: NDArray, worse: float = inf, note: str = "") -> Comparison:
    """Mean of a − b over pairs, where ±inf stands for a diverged run.

    A pair with one diverged run counts as the largest difference seen among the finite pairs, to
    the disadvantage of the run that diverged, and opens the interval on that side: "at least so
    much". A pair in which both diverged is a tie. With fewer than three finite pairs there is no
    spread to go by, and only directions count: `SETTLED` pairs or more settle it if one cell
    diverged in each and the other in none, `UNANIMOUS` or more if all point the same way.
    Otherwise nothing is known.

    Args:
      a, b: [pair], equally long, non-finite where the run diverged.
      worse: the infinity that a diverged run stands for in this metric.
    """
    lost_a, lost_b = ~np.isfinite(a), ~np.isfinite(b)
    finite = ~(lost_a | lost_b)
    n = a.size
    if finite.all():
        plain = paired_difference(a, b)
        return Comparison(plain.value, plain.low, plain.high, n, note, plain.p)
    gap = np.zeros(n)
    gap[finite] = a[finite] - b[finite]
    side = np.sign(worse) * (lost_a.astype(float) - lost_b.astype(float))
    if finite.sum() < 3:
        gap[side != 0.0] = side[side != 0.0] * inf
        enough = UNANIMOUS if finite.any() else SETTLED
        if n >= enough and ((gap > 0.0).all() or (gap < 0.0).all()):
            middle, low, high = np.median(gap), gap.min(), gap.max()
            # Two-sided, where neither cell is worse: of one run lost and one not, whichever chance
            # they are lost by, a quarter is the most; of a direction a half.
            p = 2.0 * (0.5 if finite.any() else 0.25) ** n
            return Comparison(float(middle), float(low), float(high), n, note, p)
        bounds = (-inf, inf) if n > 1 else (np.nan, np.nan)
        return Comparison(np.nan, *bounds, n, note, p=1.0)
    gap[~finite] = side[~finite] * np.abs(gap[finite]).max()
    capped = paired_difference(gap, np.zeros(n))
    low = -inf if (side < 0.0).any() else capped.low
    high = inf if (side > 0.0).any() else capped.high
    return Comparison(capped.value, low, high, n, note, capped.p)
