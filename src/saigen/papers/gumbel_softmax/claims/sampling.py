"""Claims on the distribution and on the estimators themselves: sections 2 and 3, figure 1."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    measured_with,
    slope_of,
    trend,
    within,
)

Tables = Mapping[str, pd.DataFrame]


@claim(
    "1-density",
    says="Gumbel-Softmax samples have the closed-form density of equation 3 and appendix B",
    where="Section 2, appendix B",
    published="an equation",
    needs="smoke",
    tables=["distribution"],
)
def density(tables: Tables) -> Finding:
    """The formula agrees with an independent implementation, and integrates to 1."""
    runs = tables["distribution"]
    return all_of(
        {
            "error of log p": below(
                measured_with(runs["density_max_error"].max(), 0.0, len(runs)), 1e-4
            ),
            "integral": within(
                measured_with(_farthest(runs["density_integral"], 1.0), 0.0, len(runs)),
                1e-3,
                around=1.0,
            ),
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
    """χ² over 10⁵ draws at each τ: the smallest p, corrected for their number, stays above 1%."""
    p = tables["distribution"]["argmax_chi2_p"]
    smallest = min(1.0, float(p.min()) * len(p))
    return above(measured_with(smallest, 0.0, len(p), "smallest p × number of tests"), 0.01)


@claim(
    "3-limits",
    says="E[y] moves from the class probabilities to the uniform point as the temperature rises",
    where="Figure 1",
    published="TV to π .001 < .027 < .081 < .168 < .308 at τ = .1, .5, 1, 2, 10",
    needs="quick",
    tables=["distribution"],
)
def limits(tables: Tables) -> Finding:
    """Total variation to π rises with τ, and to the uniform point falls."""
    runs = tables["distribution"]
    return all_of(
        {
            "to π": trend(runs, "tv_to_probabilities", along="temperature", direction="rises"),
            "to uniform": trend(runs, "tv_to_uniform", along="temperature", direction="falls"),
        }
    )


@claim(
    "4-variance",
    says="Lower temperatures buy less bias with more gradient variance",
    where="Section 2.2",
    published="in words",
    needs="quick",
    tables=["toy_gradients"],
)
def variance_falls(tables: Tables) -> Finding:
    """On the one-dimensional toy the variance of Gumbel-Softmax falls as τ rises, at every θ."""
    runs = tables["toy_gradients"]
    relaxed = runs[runs["estimator"] == "gumbel"]
    return all_of(
        {
            f"θ = {theta}": trend(part, "gradient_variance", along="temperature", direction="falls")
            for theta, part in relaxed.groupby("theta")
        }
    )


@claim(
    "4-unbiased",
    says="SF and MuProp are unbiased; Gumbel-Softmax at τ = 1 is not",
    where="Sections 2.2 and 3",
    published="in words",
    needs="quick",
    tables=["toy_gradients"],
)
def unbiased(tables: Tables) -> Finding:
    """|z| of the mean gradient stays below 4 for SF and MuProp, and far above for the relaxed."""
    runs = tables["toy_gradients"]
    z = runs.assign(z=runs["z_score"].abs())
    exact = z[z["estimator"].isin(["sf", "muprop"])]["z"]
    relaxed = z[(z["estimator"] == "gumbel") & (z["temperature"] == 1.0)]["z"]
    return all_of(
        {
            "largest |z| of SF, MuProp": below(measured_with(exact.max(), 0.0, len(exact)), 4.0),
            "smallest |z| of GS": above(measured_with(relaxed.min(), 0.0, len(relaxed)), 4.0),
        }
    )


@claim(
    "5-growth",
    says="The variance of the score function estimator grows linearly with the units",
    where="Section 3.2",
    published="scales linearly with the number of dimensions of the sample vector",
    needs="quick",
    tables=["variance_growth"],
)
def variance_growth(tables: Tables) -> Finding:
    """The log-log slope of variance over units is 1 ± 0.2."""
    return within(slope_of(tables["variance_growth"], "gradient_variance", along="units"), 0.2, 1.0)


def _farthest(values: pd.Series, target: float) -> float:
    """Return the value farthest from `target`."""
    return float(values.iloc[int(np.argmax((values - target).abs()))])
