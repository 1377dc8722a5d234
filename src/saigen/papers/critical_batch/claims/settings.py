"""Claims on what moves the critical batch size: target, rates, momentum, two time scales."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, untested, within
from saigen.errors import SaigenError
from saigen.papers.critical_batch.claims.reading import Tables, sweep
from saigen.papers.critical_batch.fits import WITHIN
from saigen.papers.critical_batch.sizes import mean_of_logs
from saigen.stats import Interval, t_interval


def _shift(
    left: pd.DataFrame, right: pd.DataFrame, judge: Callable[[Interval], Finding]
) -> Finding:
    """Judge log₂ b* of `left` − that of `right`, rows of `fits`, over the seeds they share.

    Where a seed's b* is off a grid one knows on which side: the rest alone would be one-sided.
    """
    both = left.merge(right, on="seed", suffixes=("", "_other"))
    places = both[["place", "place_other"]]
    off = (places != WITHIN).any(axis=1)
    if off.any() or both.empty:
        ends = places.stack().loc[lambda place: place != WITHIN].value_counts()
        told = ", ".join(f"{end}: {times}" for end, times in ends.items())
        return untested(f"b* lies off a grid in {off.sum()} of {len(both)} shared seeds ({told})")
    gap = np.log2(both["critical"]) - np.log2(both["critical_other"])
    bare = both["bare"].astype(int) + both["bare_other"].astype(int)
    return judge(mean_of_logs(gap, bare))


@claim(
    "A5",
    says="A stricter target raises the critical batch size of AdaBelief and RMSProp",
    where="Authors' replies, README of March 2023",
    published="raised on LSUN, from a target of 70 to 50",
    tables=["fits"],
)
def stricter_raises(tables: Tables) -> Finding:
    """log₂ b* at the stricter target − at the loose one, by seed: above 0 for both."""
    fits = tables["fits"]
    return all_of(
        {
            setting: _shift(
                sweep(fits, "dcgan", setting, "stricter"), sweep(fits, "dcgan", setting), above
            )
            for setting in ("adabelief", "rmsprop")
        }
    )


@claim(
    "A5-adam",
    says="A stricter target raises the critical batch size of Adam",
    where="The law N(b): b* = 2B/(ε² − C); not claimed of measurements",
    tables=["fits"],
)
def stricter_raises_adam(tables: Tables) -> Finding:
    """The same with Adam."""
    fits = tables["fits"]
    return _shift(sweep(fits, "dcgan", aim="stricter"), sweep(fits, "dcgan"), above)


@claim(
    "A6-rate",
    says="Half the learning rates halve the critical batch size",
    where="The bound: B ∝ α",
    tables=["fits"],
)
def half_rates_half_size(tables: Tables) -> Finding:
    """log₂ b* at halved rates − at the published ones lies within ½ of −1.

    Tested where both sizes lie within their grids, for every seed.
    """
    fits = tables["fits"]
    halved = sweep(fits, "dcgan", "halved")
    return _shift(halved, sweep(fits, "dcgan"), partial(within, margin=0.5, around=-1.0))


@claim(
    "A6-momentum",
    says="β₁ = ½ has eight times the critical batch size of β₁ = 0",
    where="The bound: B ∝ (1 − β₁)⁻³ with Adam",
    tables=["fits"],
)
def momentum_raises_eightfold(tables: Tables) -> Finding:
    """log₂ b* with momentum − without lies within ¾ of 3.

    Tested where both sizes lie within their grids, for every seed.
    """
    fits = tables["fits"]
    without = sweep(fits, "dcgan", "no_momentum")
    return _shift(sweep(fits, "dcgan"), without, partial(within, margin=0.75, around=3.0))


@claim(
    "A9",
    says="Two time scales reach the target in fewer steps than equal rates",
    where="Heusel et al. 2017",
    tables=["crossings"],
)
def two_scales_are_faster(tables: Tables) -> Finding:
    """log₂ N at (3e-4, 1e-4) − at (2e-4, 2e-4), mean over batch sizes: below 0.

    Where one of both ended before the target its last step stands for N, if that settles which was
    faster: the gap is then larger than counted. One that diverged before it was the slower, by the
    largest gap seen at least. The equal rates have the same sum, and G's rate doubled with them.
    """
    keys = ["batch_size", "seed"]
    two, one = (
        sweep(tables["crossings"], "dcgan", setting).set_index(keys)[["steps", "bound"]]
        for setting in ("adam", "equal")
    )
    both = two.index.intersection(one.index)
    two, one = two.loc[both], one.loc[both]
    gap = np.log2(two["steps"].fillna(two["bound"]))
    gap -= np.log2(one["steps"].fillna(one["bound"]))
    lost = two["steps"].isna(), one["steps"].isna()
    settled = ~lost[0] & ~lost[1]
    settled |= (lost[0] & ~lost[1] & (gap > 0.0)) | (~lost[0] & lost[1] & (gap < 0.0))
    if not settled.any():
        return untested("no batch size reached the target at either")
    return below(_mean_over_seeds(gap[settled]))


def _mean_over_seeds(gap: pd.Series) -> Interval:
    """Return the mean of the seeds' mean gaps; an infinite one opens the interval on its side."""
    finite = np.isfinite(gap)
    if not finite.any():
        raise SaigenError("wherever one reached the target the other diverged")
    most = gap[finite].abs().max()
    found = t_interval(gap.clip(-most, most).groupby("seed").mean())
    low, high = (side * np.inf in gap.to_numpy() for side in (-1.0, 1.0))
    return replace(found, low=-np.inf if low else found.low, high=np.inf if high else found.high)


#: log₂ of what equal rates do to either network's own rate: D 2e-4 for 3e-4, G 2e-4 for 1e-4.
_D_FACTOR, _G_FACTOR = np.log2(2.0 / 3.0), 1.0


@claim(
    "A9-size",
    says="With equal rates the critical batch size is between two thirds and twice of what it was",
    where="The bound: each network's b* ∝ its own rate; D's falls to two thirds, G's doubles",
    published="not examined",
    tables=["fits"],
)
def equal_rates_bracket_the_size(tables: Tables) -> Finding:
    """log₂ b* at (2e-4, 2e-4) − at (3e-4, 1e-4) lies between log₂ 2/3 and 1."""
    fits = tables["fits"]
    middle, reach = (_G_FACTOR + _D_FACTOR) / 2.0, (_G_FACTOR - _D_FACTOR) / 2.0
    equal = sweep(fits, "dcgan", "equal")
    return _shift(equal, sweep(fits, "dcgan"), partial(within, margin=reach, around=middle))


def _unmoved(left: pd.DataFrame, right: pd.DataFrame) -> Finding:
    return _shift(left, right, partial(within, margin=1.0))


@claim(
    "A11",
    says="What the released code does otherwise leaves the critical batch size where it is",
    where="Released code against the text: λ twice, batch norm in the critic",
    published="not examined",
    tables=["fits"],
)
def code_changes_little(tables: Tables) -> Finding:
    """log₂ b* of each variant − as specified lies within one power of two."""
    fits = tables["fits"]
    specified = sweep(fits, "wgan_gp")
    names = ("penalty_twice", "batch_norm", "as_coded")
    return all_of({name: _unmoved(sweep(fits, "wgan_gp", name), specified) for name in names})


@claim(
    "A11-stretch",
    says="Stretching each image to its own range leaves the critical batch size where it is",
    where="Released code: images are written as PNG files, each with its own least and most",
    published="not examined",
    tables=["fits"],
)
def stretching_changes_little(tables: Tables) -> Finding:
    """log₂ b* of the WGAN-GP by stretched images − by images in a fixed range: within one."""
    fits = tables["fits"]
    return _unmoved(sweep(fits, "wgan_gp", reading="stretched"), sweep(fits, "wgan_gp"))


@claim(
    "A11-cadence",
    says="Coarse looks, every 10,000 steps scaled to N, leave the critical batch size where it is",
    where="Released code: the distance is looked at every 10,000 steps, and the first look counts",
    published="not examined",
    tables=["fits"],
)
def coarse_looks_change_little(tables: Tables) -> Finding:
    """log₂ of the cheapest size by the coarse count − by ours, DCGAN with Adam: within one.

    Where N is short the coarse looks are two sevenths of the middle size's N apart. Both sizes are
    points of the grid, each known to half a step: the interval is a step wider on each side.
    """
    fits = sweep(tables["fits"], "dcgan")
    ours = fits.assign(critical=fits["measured"], bare=True)
    coded = fits.assign(critical=fits["measured_as_coded"], place=fits["place_as_coded"], bare=True)
    return _unmoved(coded, ours)
