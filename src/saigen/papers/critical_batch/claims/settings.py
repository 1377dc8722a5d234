"""Claims on what moves the critical batch size: target, rates, momentum, two time scales."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, untested, within
from saigen.papers.critical_batch.claims.reading import Tables, paired, sweep
from saigen.stats import Interval, t_interval


def _shift(left: pd.DataFrame, right: pd.DataFrame) -> Interval:
    """Return log₂ b* of `left` − that of `right`, over the seeds that both have."""
    both = paired(left, right, "log2_measured")
    return t_interval(both["left"] - both["right"])


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
            setting: above(
                _shift(sweep(fits, "dcgan", setting, "stricter"), sweep(fits, "dcgan", setting))
            )
            for setting in ("adabelief", "rmsprop")
        }
    )


@claim(
    "A5-adam",
    says="A stricter target raises the critical batch size of Adam",
    where="Theorem 3.2: b* = 2B/(ε² − C); not claimed of measurements",
    tables=["fits"],
)
def stricter_raises_adam(tables: Tables) -> Finding:
    """The same with Adam."""
    fits = tables["fits"]
    return above(_shift(sweep(fits, "dcgan", aim="stricter"), sweep(fits, "dcgan")))


@claim(
    "A6-rate",
    says="Half the learning rates halve the critical batch size",
    where="Theorem 3.2: B ∝ α",
    tables=["fits"],
)
def half_rates_half_size(tables: Tables) -> Finding:
    """log₂ b* at halved rates − at the published ones lies within ½ of −1."""
    fits = tables["fits"]
    return within(_shift(sweep(fits, "dcgan", "halved"), sweep(fits, "dcgan")), 0.5, around=-1.0)


@claim(
    "A6-momentum",
    says="β₁ = ½ has eight times the critical batch size of β₁ = 0",
    where="Theorem 3.2: B ∝ (1 − β₁)⁻³ with Adam",
    tables=["fits"],
)
def momentum_raises_eightfold(tables: Tables) -> Finding:
    """log₂ b* with momentum − without lies within 1 of 3."""
    fits = tables["fits"]
    return within(_shift(sweep(fits, "dcgan"), sweep(fits, "dcgan", "no_momentum")), 1.0, 3.0)


@claim(
    "A9",
    says="Two time scales reach the target in fewer steps than equal rates",
    where="Section 1; Heusel et al. 2017",
    tables=["crossings"],
)
def two_scales_are_faster(tables: Tables) -> Finding:
    """log₂ N at (3e-4, 1e-4) − at (2e-4, 2e-4), mean over batch sizes both reached: below 0."""
    keys = ["batch_size", "seed"]
    steps = [
        sweep(tables["crossings"], "dcgan", setting).set_index(keys)["steps"]
        for setting in ("adam", "equal")
    ]
    gap = (np.log2(steps[0]) - np.log2(steps[1])).dropna()
    if gap.empty:
        return untested("no batch size reached the target at both")
    return below(t_interval(gap.groupby("seed").mean()))


@claim(
    "A10-rate",
    says="Smaller learning rates bring the networks closer in the end",
    where="Theorem 3.1: B and C ∝ α, A ∝ 1/α",
    tables=["crossings"],
)
def smaller_rates_improve(tables: Tables) -> Finding:
    """log₂ of the least distance at halved rates − at the published ones: below 0."""
    keys = ["batch_size", "seed"]
    least = [
        sweep(tables["crossings"], "dcgan", setting).set_index(keys)["least"]
        for setting in ("halved", "adam")
    ]
    gap = (np.log2(least[0]) - np.log2(least[1])).dropna()
    if gap.empty:
        return untested("no batch size was run at both")
    return below(t_interval(gap.groupby("seed").mean()))


def _variant(tables: Tables, setting: str) -> Finding:
    fits = tables["fits"]
    return within(_shift(sweep(fits, "wgan_gp", setting), sweep(fits, "wgan_gp")), 1.0)


@claim(
    "A11",
    says="What the released code does otherwise leaves the critical batch size where it is",
    where="Released code against the text: λ twice, batch norm in the critic",
    published="not examined",
    tables=["fits"],
)
def code_changes_little(tables: Tables) -> Finding:
    """log₂ b* of each variant − as specified lies within one power of two."""
    return all_of(
        {name: _variant(tables, name) for name in ("penalty_twice", "batch_norm", "as_coded")}
    )
