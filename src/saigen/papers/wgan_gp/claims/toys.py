"""Claims on critics in the plane: section 3 and figure 1."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    rate_difference,
    ratio,
    untested,
    within,
)
from saigen.stats import Comparison

Tables = Mapping[str, pd.DataFrame]

#: The clipped critic of three layers, begun inside the box, and a uniform law's excess kurtosis.
SHALLOW, UNIFORM = "clip_0_01_shallow", -1.2
UNMOVED = "the weights have not moved: they are as evenly spread as at first"
TOYS = ("eight_gaussians", "twenty_five_gaussians", "swiss_roll")


def _toy(tables: Tables, toy: str) -> pd.DataFrame:
    runs = tables["value_surfaces"]
    return runs[runs["toy"] == toy]


def _gap(tables: Tables, toy: str, metric: str) -> Comparison:
    """Return the penalty minus clipping, paired over seeds; more is better."""
    return difference(
        _toy(tables, toy), metric, of="gp", against="clip", by="method", better="higher"
    )


def _variant(tables: Tables, variant: str) -> pd.DataFrame:
    runs = tables["gradient_norms"]
    return runs[runs["variant"] == variant]


@claim(
    "C1",
    says="With the penalty the critic's gradient has norm 1 between data and samples; with weight "
    "clipping it varies from place to place",
    where="Section 3, proposition 1 and figure 1a",
    published="qualitative",
    tables=["value_surfaces"],
)
def unit_slopes(tables: Tables) -> Finding:
    """On each toy: mean norm within 0.1 of 1, and its variation below half of clipping's."""
    parts = {}
    for toy in TOYS:
        runs = _toy(tables, toy)
        penalised = runs[runs["method"] == "gp"]
        parts[f"{toy}, mean norm"] = within(mean_of(penalised, "slope_mean"), 0.1, 1.0)
        variation = ratio(runs, "slope_cv", of="gp", against="clip", by="method")
        parts[f"{toy}, variation"] = below(variation, 0.5)
    return all_of(parts)


@claim(
    "C1-sign",
    says="With the text's weight of 10 young critics are on the reversed sign more often than with "
    "the released toy script's 0.1",
    where="ours, on figure 1a",
    published="not stated; the script has 0.1 “for speed”",
    tables=["signs"],
)
def sign(tables: Tables) -> Finding:
    """In how many seeds the estimate is below 0 on most toys: exact McNemar.

    A seed is one case, whatever the toy: its critics share first weights, the order of batches and
    the noise, and reverse together.
    """
    runs = tables["signs"]
    share = (runs["estimate"] < 0.0).groupby([runs["penalty"], runs["seed"]]).mean()
    seeds = (share > 0.5).rename("reversed").reset_index()
    return above(rate_difference(seeds, "reversed", of=10.0, against=0.1, by="penalty"))


@claim(
    "C2-modes",
    says="A clipped critic misses the modes of eight Gaussians that one with the penalty resolves",
    where="Figure 1a",
    published="qualitative",
    tables=["value_surfaces"],
)
def modes(tables: Tables) -> Finding:
    """Of 8 modes, those above the midpoints to both neighbours: the penalty finds over 3.5 more."""
    return above(_gap(tables, "eight_gaussians", "modes"), 3.5)


@claim(
    "C2-potential",
    says="A clipped critic learns too simple a function: it is further from the optimal one",
    where="Section 3.1 and figure 1a",
    published="qualitative",
    tables=["value_surfaces"],
)
def potentials(tables: Tables) -> Finding:
    """Correlation with the potential of the exact transport is higher with the penalty."""
    return all_of({toy: above(_gap(tables, toy, "potential_correlation")) for toy in TOYS})


@claim(
    "C3",
    says="A clipped critic underuses its capacity: its estimate of the Wasserstein distance, "
    "divided by its own Lipschitz constant, is lower",
    where="Section 3.1",
    published="qualitative",
    tables=["value_surfaces"],
)
def estimates(tables: Tables) -> Finding:
    """Estimate / (95th percentile of the gradient's norm · exact W₁): higher on each toy."""
    return all_of({toy: above(_gap(tables, toy, "normalised")) for toy in TOYS})


@claim(
    "C4-clipped",
    says="With clipping at 0.01 and 0.001 gradients vanish exponentially with depth",
    where="Section 3.2 and figure 1b",
    published="straight lines over layers on a logarithmic axis",
    tables=["gradient_norms"],
)
def vanishing(tables: Tables) -> Finding:
    """log₁₀ of the norm falls by more than half a decade a layer, on a line with R² > 0.95."""
    parts = {}
    for variant in ("clip_0_01", "clip_0_001"):
        runs = _variant(tables, variant)
        parts[f"{variant}, slope"] = above(mean_of(runs, "slope", better="higher"), 0.5)
        line = mean_of(runs, "straightness", better="higher")
        parts[f"{variant}, line"] = above(line, 0.95)
    return all_of(parts)


@claim(
    "C4-exploding",
    says="With clipping at 0.1 gradients explode with depth",
    where="Section 3.2 and figure 1b",
    published="the line for c = 0.1 rises towards the input",
    tables=["gradient_norms"],
)
def exploding(tables: Tables) -> Finding:
    """The norm grows towards the input: the slope over layers is below 0."""
    return below(mean_of(_variant(tables, "clip_0_1"), "slope"))


@claim(
    "C4-penalty",
    says="With the penalty gradients neither vanish nor explode",
    where="Section 3.2 and figure 1b",
    published="a flat line",
    tables=["gradient_norms"],
)
def flat(tables: Tables) -> Finding:
    """Less than 0.05 of a decade a layer, either way."""
    return within(mean_of(_variant(tables, "gp"), "slope"), 0.05)


@claim(
    "C5-pushed",
    says="Clipping pushes weights to the two ends of their range",
    where="Section 3.1 and figure 1b, right",
    published="histogram with its mass at ±0.01",
    tables=["gradient_norms"],
)
def pushed(tables: Tables) -> Finding:
    """Begun inside the box (c = 0.01), more than a tenth of the weights end beyond 0.95 c.

    The usual first weights of a wide layer lie outside the box, so that the first clipping alone
    puts nine tenths of them at its ends: the published histogram could not tell. Three layers:
    through twelve such small ones no gradient comes, and nothing moves. Untested where nothing
    moves through three.
    """
    runs = _variant(tables, SHALLOW)
    if not _moved(runs):
        return untested(UNMOVED)
    grown = runs.assign(grown=runs["at_edge"] - runs["at_edge_first"])
    return above(mean_of(grown, "grown", better="higher"), 0.1)


@claim(
    "C5-bell",
    says="With the penalty the weights are spread like a bell, with clipping at two values",
    where="Figure 1b, right",
    published="histograms",
    tables=["gradient_norms"],
)
def bell(tables: Tables) -> Finding:
    """From inside the box half of the clipped weights end beyond 0.95 c; with the penalty the
    excess kurtosis is above −0.6.

    0 is that of a normal law, and the first weights have a uniform law's −1.2. Of clipped weights
    it says little: it rises first as they gather at the ends. Untested where nothing moves.
    """
    clipped, penalised = _variant(tables, SHALLOW), _variant(tables, "gp")
    for name, runs in (("clipping", clipped), ("penalty", penalised)):
        if not _moved(runs):
            return untested(f"{name}: {UNMOVED}")
    return all_of(
        {
            "clipping": above(mean_of(clipped, "at_edge", better="higher"), 0.5),
            "penalty": above(mean_of(penalised, "kurtosis", better="higher"), UNIFORM / 2.0),
        }
    )


def _moved(runs: pd.DataFrame) -> bool:
    """Say whether training has changed the spread of weights that were uniform at first.

    Runs that all diverged have moved, and count against a claim.
    """
    return not (runs["kurtosis"] - UNIFORM).abs().max() < 0.01
