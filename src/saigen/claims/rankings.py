"""Verdicts about many cells at once: the best of a panel, a published order, a trend."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from math import inf, isnan, nan

import numpy as np
import pandas as pd

from saigen.claims.finding import Finding, conclude, number, span
from saigen.claims.measure import Keys
from saigen.claims.runs import compare, matrix
from saigen.errors import SaigenError, did_you_mean
from saigen.stats import (
    ALPHA,
    Comparison,
    Interval,
    holm,
    kendall_tau,
    mean_tau,
    page_trend,
)


def lowest(
    runs: pd.DataFrame,
    metric: str,
    *,
    of: object,
    by: str,
    paired_on: Keys = "seed",
    correct: str = "holm",
) -> Finding:
    """The cell `of` has the lowest metric of all cells of the panel `runs`.

    Every rival is compared with `of` in pairs. Replicated if `of` is lower than each of them (the
    whole 95% interval of each difference below 0; a conjunction needs no correction, Berger
    1982). Not replicated if some rival is lower than `of` after Holm's correction over the rivals
    (any one would do, so this side needs it). Otherwise inconclusive. Where all cells are alike,
    either error has chance 2.5% at most.

    Measured is `of` minus the rival that decides: the one that comes nearest, or wins.

    Args:
      runs: the panel, one row a cell and seed; every cell but `of` is a rival.
      correct: `holm` or `none`.
    """
    return _extreme(runs, metric, of, by, paired_on, correct, "lower", "lower")


def highest(
    runs: pd.DataFrame,
    metric: str,
    *,
    of: object,
    by: str,
    paired_on: Keys = "seed",
    correct: str = "holm",
    better: str = "higher",
) -> Finding:
    """The cell `of` has the highest metric of all cells: the mirror of `lowest`.

    Args:
      better: which end is good; a diverged run stands at the other. With `lower`, for the worst of
        a panel by its loss, a diverged run is above any finite one.
    """
    return _extreme(runs, metric, of, by, paired_on, correct, "higher", better)


def _extreme(
    runs: pd.DataFrame,
    metric: str,
    of: object,
    by: str,
    paired_on: Keys,
    correct: str,
    end: str,
    better: str,
) -> Finding:
    if correct not in ("holm", "none"):
        raise ValueError(f"correct is `holm` or `none`, not {correct!r}")
    table, note = matrix(runs, metric, by, paired_on, better=better)
    if of not in table.columns:
        near = did_you_mean(str(of), map(str, table.columns))
        raise SaigenError(f"no runs of {by} `{of}`{near}")
    if table.shape[1] < 2:
        raise SaigenError(f"`{of}` has no rival in column `{by}`")
    # Toward the claim is negative for both: `highest` is `lowest` of the mirror image.
    sign = 1.0 if end == "lower" else -1.0
    worse = inf if end == better else -inf
    own = sign * table[of].to_numpy()
    rivals = {c: compare(own, sign * table[c].to_numpy(), worse) for c in table.columns if c != of}
    p = np.array([gap.p for gap in rivals.values()])
    adjusted = dict(zip(rivals, holm(p) if correct == "holm" else p, strict=True))
    winners = [c for c, gap in rivals.items() if gap.low > 0.0 and adjusted[c] <= ALPHA]
    beaten = [c for c, gap in rivals.items() if gap.high < 0.0]
    decides = max(winners or rivals, key=lambda c: _standing(rivals[c], bool(winners)))
    gap = rivals[decides]
    bounds = sorted((sign * gap.low, sign * gap.high))
    effect = Interval(sign * gap.value, *bounds, gap.n, note)
    holds, fails = len(beaten) == len(rivals), bool(winners)
    why = f"{of} − {decides} = {span(effect)}; {end} than {len(beaten)} of {len(rivals)} rivals"
    if fails:
        why += f", beaten by {', '.join(map(str, winners))} (p = {adjusted[decides]:.2g})"
    return conclude(effect, holds, fails, why)


def _standing(gap: Comparison, won: bool) -> tuple[float, float]:
    """Order rivals by how near they come to winning (or how surely they win)."""
    edge = gap.low if won else gap.high
    return (gap.value if isnan(edge) else edge, gap.value)


def ordered(
    runs: pd.DataFrame,
    metric: str,
    *,
    by: str,
    published: Sequence | Mapping[object, float],
    at_least: float = 0.8,
    apart: float = 0.0,
    paired_on: Keys = "seed",
    better: str = "lower",
) -> Finding:
    """The cells stand in the published order: Kendall's tau with it is `at_least` so much.

    Every two cells that the paper tells apart are compared in pairs of runs, as `difference` does
    (Student's interval: honest at two seeds or three, where a bootstrap of ranks is not, for it
    has no width where all seeds agree). Measured is the tau of the mean gaps. The low end of its
    interval counts only those pairs of cells as published whose 95% interval says so; the high
    end counts only those as turned that are after Holm's correction over all (a few would do, so
    this side needs it). Replicated if the low end is `at_least` or more, not replicated if the
    high end is below, otherwise inconclusive. A diverged run is worse than any finite one.

    Args:
      published: the cells from the lowest metric to the highest, or their published values (equal
        values are a published tie, which says nothing of its two cells). At least three cells:
        two are a `difference`.
      at_least: in (0, 1]; over m cells one swapped neighbour costs 4 / (m (m − 1)).
      apart: published values that differ by no more are a tie too: what a figure cannot be read
        to, or one run cannot tell.
    """
    cells = list(published)
    if len(cells) < 3:
        raise ValueError("an order needs three or more cells; compare two with `difference`")
    values = published.values() if isinstance(published, Mapping) else range(len(cells))
    ranks = dict(zip(cells, values, strict=True))
    told_apart = [(a, b) for a, b in permutations(cells, 2) if ranks[b] - ranks[a] > apart]
    if not told_apart:
        raise ValueError("an order in which all are equal is none")
    table, note = matrix(runs, metric, by, paired_on, cells, better)
    worse = inf if better == "lower" else -inf
    columns = {cell: table[cell].to_numpy() for cell in cells}
    gaps = [compare(columns[a], columns[b], worse) for a, b in told_apart]
    adjusted = holm([gap.p for gap in gaps])
    pairs = len(gaps)
    kept = sum(bool(gap.high < 0.0) for gap in gaps)
    turned = sum(bool(g.low > 0.0 and p <= ALPHA) for g, p in zip(gaps, adjusted, strict=True))
    tau = sum(int(gap.value < 0.0) - int(gap.value > 0.0) for gap in gaps) / pairs
    low, high = (2 * kept - pairs) / pairs, (pairs - 2 * turned) / pairs
    if len(table) < 2:
        low = high = nan
    effect = Interval(tau, low, high, len(table), note)
    seen = " < ".join(map(str, table.mean().sort_values(kind="stable").index))
    why = (
        f"tau {span(effect)} against at least {number(at_least)}; of {pairs} pairs {kept} surely "
        f"as published, {turned} surely turned; measured order {seen}"
    )
    return conclude(effect, low >= at_least, high < at_least, why)


def trend(
    runs: pd.DataFrame,
    metric: str,
    *,
    along: str,
    direction: str,
    paired_on: Keys = "seed",
    better: str = "lower",
) -> Finding:
    """The metric rises (or falls) along the levels of a factor: Page's test over seeds.

    Replicated if the trend is there with p ≤ 2.5%, not replicated if the opposite one is,
    otherwise inconclusive. Measured is the mean over seeds of each seed's Kendall tau with the
    factor, with Student's interval: −1 falls all the way, 1 rises all the way.

    Args:
      along: a column of numbers, at least three levels; a pair is a seed seen at every level.
      direction: `rises` or `falls`.
    """
    if direction not in ("rises", "falls"):
        raise ValueError(f"direction is `rises` or `falls`, not {direction!r}")
    table, note = matrix(runs, metric, along, paired_on, better=better)
    table = table[sorted(table.columns)]
    rows = table.to_numpy()
    if rows.shape[1] < 3:
        raise SaigenError(f"a trend needs three or more levels of `{along}`")
    taus = mean_tau([kendall_tau(table.columns.to_numpy(dtype=float), row) for row in rows])
    effect = replace(taus, note=note)
    if len(rows) < 2:
        return conclude(effect, False, False, "")
    rises, falls = page_trend(rows)
    ours, opposite = (rises, falls) if direction == "rises" else (falls, rises)
    why = f"mean tau with {along} {span(effect)}, Page p = {ours:.2g} for “{direction}”"
    return conclude(effect, ours <= ALPHA / 2.0, opposite <= ALPHA / 2.0, why)
