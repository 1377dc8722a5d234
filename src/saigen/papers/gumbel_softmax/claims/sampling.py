"""Claims on the distribution and on the estimators themselves: sections 2 and 3, figure 1."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import inf

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    measured_with,
    slope_of,
    trend,
    untested,
    within,
)
from saigen.stats import Interval

Tables = Mapping[str, pd.DataFrame]


@claim(
    "1-density",
    says="The closed form of equation 3 and appendix B is the Gumbel-Softmax density",
    where="Section 2, appendix B",
    published="an equation",
    needs="smoke",
    tables=["distribution"],
)
def density(tables: Tables) -> Finding:
    """The formula agrees with an independent implementation, and integrates to 1."""
    runs = tables["distribution"]
    integral = _farthest(runs["density_integral"], 1.0)
    return all_of(
        {
            "error of log p": below(_largest(runs["density_max_error"]), 1e-4),
            "integral": within(measured_with(integral, 0.0, len(runs)), 1e-3, around=1.0),
        }
    )


@claim(
    "2-argmax",
    says="The largest entry of a Gumbel-Softmax sample follows the categorical law, whatever τ",
    where="Section 2, figure 1",
    published="exact for every τ",
    needs="quick",
    tables=["distribution"],
)
def argmax_law(tables: Tables) -> Finding:
    """χ² over 10⁵ draws: the smallest p at any τ, corrected for the seeds, stays above 1%.

    A seed has the same noise at every τ, so that it is one test, however many temperatures.
    """
    p = tables["distribution"].assign(p=lambda runs: runs["argmax_chi2_p"].fillna(0.0))
    seeds = p.groupby("seed")["p"].min()
    smallest = min(1.0, float(seeds.min()) * len(seeds))
    return above(measured_with(smallest, 0.0, len(seeds), "smallest p × number of seeds"), 0.01)


@claim(
    "3-limits",
    says="E[y] moves from the class probabilities to the uniform point as the temperature rises",
    where="Figure 1",
    published="bars: TV to π .028, .082, .308 and to uniform .325, .271, .042 at τ = .5, 1, 10",
    needs="quick",
    tables=["distribution"],
)
def limits(tables: Tables) -> Finding:
    """Total variation to π rises with τ, and to the uniform point falls; at the ends both are near.

    In every seed TV to π is below 0.01 at the lowest τ, to the uniform below 0.05 at the highest.
    """
    runs = tables["distribution"]
    low, high = (runs[runs["temperature"] == t] for t in runs["temperature"].agg(["min", "max"]))
    return all_of(
        {
            "to π": trend(runs, "tv_to_probabilities", along="temperature", direction="rises"),
            "to uniform": trend(runs, "tv_to_uniform", along="temperature", direction="falls"),
            "to π, lowest τ": below(_largest(low["tv_to_probabilities"]), 0.01),
            "to uniform, highest τ": below(_largest(high["tv_to_uniform"]), 0.05),
        }
    )


@claim(
    "4-variance",
    says="At lower temperatures the gradient's variance is larger",
    where="Section 2.1",
    published="in words",
    needs="quick",
    tables=["toy_gradients"],
)
def variance_falls(tables: Tables) -> Finding:
    """On the one-dimensional toy the variance of GS falls from each τ to the next, at every θ.

    Paired over seeds: of four temperatures a trend could hold where one step does not.
    """
    return _from_each_temperature(tables, "gradient_variance", below)


@claim(
    "4-bias",
    says="At lower temperatures the gradient's bias is smaller",
    where="ours, the other side of section 2.1",
    published="not stated",
    needs="quick",
    tables=["toy_gradients"],
)
def bias_rises(tables: Tables) -> Finding:
    """On the one-dimensional toy the |bias| of GS rises from each τ to the next: as 4-variance."""
    return _from_each_temperature(tables, "bias", above)


def _from_each_temperature(
    tables: Tables, metric: str, towards: Callable[[Interval], Finding]
) -> Finding:
    runs = tables["toy_gradients"]
    relaxed = runs[runs["estimator"] == "gumbel"].assign(bias=lambda part: part["bias"].abs())
    parts = {}
    for theta, part in relaxed.groupby("theta"):
        for low, high in pairwise(sorted(part["temperature"].unique())):
            change = difference(part, metric, of=high, against=low, by="temperature")
            parts[f"θ = {theta:g}, τ {low:g} to {high:g}"] = towards(change)
    if not parts:
        return untested("one temperature says nothing of two")
    return all_of(parts)


@claim(
    "4-unbiased",
    says="SF and MuProp are unbiased; Gumbel-Softmax at τ = 1 is not",
    where="Sections 2.1 and 3.2",
    published="in words",
    needs="quick",
    tables=["toy_gradients"],
)
def unbiased(tables: Tables) -> Finding:
    """|z| of the mean gradient stays below 4 for SF and MuProp, and far above for the relaxed."""
    runs = tables["toy_gradients"]
    z = runs.assign(z=runs["z_score"].abs())
    exact = z[z["estimator"].isin(["sf", "muprop"])]["z"]
    relaxed = z[(z["estimator"] == "gumbel") & (z["temperature"] == 1.0)]["z"].fillna(0.0)
    return all_of(
        {
            "largest |z| of SF, MuProp": below(_largest(exact), 4.0),
            "smallest |z| of GS": above(measured_with(relaxed.min(), 0.0, len(relaxed)), 4.0),
        }
    )


@claim(
    "5-growth",
    says="The variance of the score function estimator, without a baseline, grows linearly with "
    "the units",
    where="Section 3.2",
    published="scales linearly with the number of dimensions of the sample vector",
    needs="quick",
    tables=["variance_growth"],
)
def variance_growth(tables: Tables) -> Finding:
    """The log-log slope of variance over units is 1 ± 0.2. The sentence names no baseline.

    Our loss is a sum over units, so that its mean grows with them: that is what makes it steeper.
    """
    return _growth(tables, "gradient_variance_bare")


@claim(
    "5-growth-centred",
    says="With its mean taken from the signal the variance of the score function estimator grows "
    "linearly with the units",
    where="Section 3.2, as all its experiments with it are centred",
    published="not said of this form alone",
    needs="quick",
    tables=["variance_growth"],
)
def centred_variance_growth(tables: Tables) -> Finding:
    """As 5-growth, with E[f] for a baseline. Added after the runs, from the same table."""
    return _growth(tables, "gradient_variance")


def _growth(tables: Tables, metric: str) -> Finding:
    return within(slope_of(tables["variance_growth"], metric, along="units"), 0.2, 1.0)


def _largest(values: pd.Series) -> Interval:
    """Return the largest of some checks' numbers; one that is undefined is above any."""
    return measured_with(float(values.fillna(inf).max()), 0.0, len(values))


def _farthest(values: pd.Series, target: float) -> float:
    """Return the value farthest from `target`; one that is undefined is farther than any."""
    values = values.fillna(inf)
    return float(values.iloc[int(np.argmax((values - target).abs()))])
