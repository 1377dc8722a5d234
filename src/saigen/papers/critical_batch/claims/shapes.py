"""Tests of the shapes of N(b) and K(b), for any model and setting: the claims name which."""

from dataclasses import replace

import numpy as np

from saigen.claims import Finding, above, all_of, below, trend, untested, within
from saigen.claims.runs import chosen_by_others
from saigen.papers.critical_batch.claims.reading import (
    Tables,
    costs,
    mean_rise,
    rise,
    sweep,
)
from saigen.papers.critical_batch.theory import relative_cost
from saigen.stats import t_interval


def steps_fall(tables: Tables, model: str, setting: str = "adam") -> Finding:
    """Judge whether N falls with b: Page's test, runs that never arrived ranked last."""
    runs = sweep(tables["crossings"], model, setting)
    lost = runs["censored"].astype(bool)
    if runs.loc[~lost, "batch_size"].nunique() < 3:
        return untested("fewer than three batch sizes reached the target")
    unknown = lost & ~(runs["bound"] > runs.groupby("seed")["steps"].transform("max"))
    if unknown.any():
        told = f"{unknown.sum()} of {len(runs)} runs ended before the target"
        return untested(f"{told}, and before the largest N of their seed: they have no rank")
    # Beyond all others, and beside one another: two that never arrived have no order.
    last = 2.0 * runs["steps"].max()
    # A run may have reached its target and diverged later: its N stands.
    ranked = runs.assign(steps=runs["steps"].fillna(last)).drop(columns="status")
    found = trend(ranked, "steps", along="batch_size", direction="falls")
    if not lost.any():
        return found
    told = f"{lost.sum()} of {len(runs)} runs never arrived and rank last"
    return replace(found, why=f"{found.why}; {told}")


def cost_has_a_minimum(tables: Tables, model: str, setting: str = "adam") -> Finding:
    """Judge whether K rises on both sides of b*."""
    runs = sweep(tables["crossings"], model, setting)
    parts = {}
    for factor, side in ((0.25, "below b*"), (4.0, "beyond b*")):
        found = rise(runs, factor)
        few = untested("no seed's runs say whether the cost rises")
        parts[side] = above(mean_rise(found)) if len(found) else few
    return all_of(parts)


#: How far a mean log₂ ratio of costs may lie from the law's.
MARGIN = 0.75


def cost_rises_by_the_law(tables: Tables, model: str, setting: str = "adam") -> Finding:
    """Judge whether K(k b*) / K(b*) is k² / (2k − 1) at k = 2, 4 and 8."""
    runs = sweep(tables["crossings"], model, setting)
    table = costs(runs)
    chosen = chosen_by_others(table, "median")
    parts = {}
    for multiple in (2.0, 4.0, 8.0):
        name = f"{multiple:g} b*"
        beyond = multiple * chosen > table.columns.max()
        if beyond.any():
            parts[name] = untested(f"beyond the grid in {beyond.sum()} of {len(chosen)} seeds")
            continue
        law = float(np.log2(relative_cost(multiple)))
        found = rise(runs, multiple)
        interval = mean_rise(found)
        if (chosen == table.columns.min()).any() and not interval.high < law - MARGIN:
            parts[name] = untested("b* is the grid's smallest size, or lies below")
        elif len(found) and (found["exact"].all() or interval.low > law + MARGIN):
            parts[name] = within(interval, MARGIN, around=law)
        else:
            parts[name] = untested("a run ended before the target")
    return all_of(parts)


def law_beats_rival(tables: Tables, model: str) -> Finding:
    """Judge whether the law with a wall has the lower criterion of Akaike."""
    gaps = sweep(tables["fits"], model)["aic_gap"].dropna()
    if gaps.empty:
        return untested("fewer than three runs of every seed reached the target")
    return below(t_interval(gaps))
