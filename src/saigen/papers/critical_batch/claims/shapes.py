"""Tests of the shapes of N(b) and K(b), for any model and setting: the claims name which."""

from dataclasses import replace

import numpy as np

from saigen.claims import Finding, above, all_of, below, trend, untested, within
from saigen.papers.critical_batch.claims.reading import (
    EXACT,
    Tables,
    chosen_sizes,
    costs,
    mean_rise,
    rise,
    sweep,
)
from saigen.papers.critical_batch.theory import relative_cost
from saigen.stats import t_interval

#: What gives a run its N; a single look at or below the target may be luck, and gives none.
_STAY = "two looks running at the target"


def steps_fall(tables: Tables, model: str, setting: str = "adam") -> Finding:
    """Judge whether N falls with b: Page's test, runs without an N ranked last."""
    runs = sweep(tables["crossings"], model, setting)
    lost = runs["censored"].astype(bool)
    if runs.loc[~lost, "batch_size"].nunique() < 3:
        return untested("fewer than three batch sizes reached the target")
    unknown = lost & ~(runs["bound"] > runs.groupby("seed")["steps"].transform("max"))
    if unknown.any():
        told = f"{unknown.sum()} of {len(runs)} runs ended without {_STAY}"
        return untested(f"{told}, and before the largest N of their seed: they have no rank")
    # Beyond all others, and beside one another: two without an N have no order.
    last = 2.0 * runs["steps"].max()
    # A run may have reached its target and diverged later: its N stands.
    ranked = runs.assign(steps=runs["steps"].fillna(last)).drop(columns="status")
    found = trend(ranked, "steps", along="batch_size", direction="falls")
    if not lost.any():
        return found
    told = f"{lost.sum()} of {len(runs)} runs, which rank last, ended without {_STAY}"
    if once := int((lost & (runs["least"] <= runs["target"])).sum()):
        told = f"{told} ({once} had single ones)"
    return replace(found, why=f"{found.why}; {told}")


def cost_has_a_minimum(tables: Tables, model: str, setting: str = "adam") -> Finding:
    """Judge whether K rises on both sides of b*.

    A side is not tested where any seed's b* is the grid's end there. That seed has seen no cost
    beyond, and the rest alone would be one-sided: where leaving a seed out moves the others' b*
    away from the end, it was that seed whose own cost fell towards it.
    """
    runs = sweep(tables["crossings"], model, setting)
    table = costs(runs)
    chosen, sizes = chosen_sizes(table), table.columns
    parts = {}
    for side, factor, end, told in (
        ("below b*", 0.25, sizes.min(), "smallest size, or lies below"),
        ("beyond b*", 4.0, sizes.max(), "largest size, or lies beyond"),
    ):
        found, at_end = rise(runs, factor), int((chosen == end).sum())
        if at_end:
            parts[side] = untested(f"b* is the grid's {told}, in {at_end} of {len(chosen)} seeds")
        elif found.empty:
            parts[side] = untested("no seed's runs say whether the cost rises")
        else:
            parts[side] = above(mean_rise(found))
    return all_of(parts)


#: How far a mean log₂ ratio of costs may lie from the law's.
MARGIN = 0.75


def cost_rises_by_the_law(tables: Tables, model: str, setting: str = "adam") -> Finding:
    """Judge whether K(k b*) / K(b*) is k² / (2k − 1) at k = 2, 4 and 8."""
    runs = sweep(tables["crossings"], model, setting)
    table = costs(runs)
    chosen = chosen_sizes(table)
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
        elif len(found) and ((found["known"] == EXACT).all() or interval.low > law + MARGIN):
            parts[name] = within(interval, MARGIN, around=law)
        else:
            parts[name] = untested(f"a run ended without {_STAY}")
    return all_of(parts)


def law_beats_rival(tables: Tables, model: str) -> Finding:
    """Judge whether the law with a wall has the lower criterion of Akaike."""
    gaps = sweep(tables["fits"], model)["aic_gap"].dropna()
    if gaps.empty:
        return untested("fewer than three runs of every seed reached the target")
    return below(t_interval(gaps))
