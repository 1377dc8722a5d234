"""Claims on structured prediction: section 4.1, figure 3, table 1 rows 1 and 2."""

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    lowest,
    mean_of,
    ordered,
    within,
)
from saigen.papers.gumbel_softmax.claims.panels import (
    OTHERS,
    Tables,
    as_published_at_last_step,
    cell,
    gap,
)

#: Table 1, row 2, in nats.
CATEGORICAL = {
    "gumbel": 59.0,
    "st_gumbel": 59.7,
    "slope_st": 61.1,
    "st": 61.8,
    "muprop": 63.0,
    "darn": 67.9,
    "sf": 73.1,
}


@claim(
    "6-best",
    says="On the Bernoulli SBN, Gumbel-Softmax has the lowest test NLL",
    where="Table 1, row 1",
    published="58.5 against 58.7 (next best)",
    tables=["final_nll"],
)
def sbn_bernoulli_best(tables: Tables) -> Finding:
    """Paired over seeds against each of the six others."""
    runs = cell(tables, "structured_prediction", "bernoulli")
    return lowest(runs, "test_nll", of="gumbel", by="estimator")


@claim(
    "6-sf",
    says="On the Bernoulli SBN the score function estimator is far behind all others",
    where="Table 1, row 1",
    published="72.0 against 59.7 (next worst): 12.3 nats",
    tables=["final_nll"],
)
def sbn_bernoulli_sf(tables: Tables) -> Finding:
    """SF is more than 10 nats worse than each of the six others."""
    runs = cell(tables, "structured_prediction", "bernoulli")
    return all_of({name: above(gap(runs, "sf", name), 10.0) for name in OTHERS})


@claim(
    "6-range",
    says="On the Bernoulli SBN the six others lie close together",
    where="Table 1, row 1",
    published="58.5 to 59.7: 1.2 nats",
    needs="paper",
    tables=["final_nll"],
)
def sbn_bernoulli_range(tables: Tables) -> Finding:
    """Worst minus best of the six, per seed, is below 1.5 nats."""
    runs = cell(tables, "structured_prediction", "bernoulli")
    six = runs[runs["estimator"].isin(OTHERS)]
    by_seed = six.groupby("seed")["test_nll"]
    spread = (by_seed.max() - by_seed.min()).rename("spread").reset_index()
    return below(mean_of(spread, "spread"), 1.5)


@claim(
    "6-st",
    says="On the Bernoulli SBN, ST Gumbel-Softmax is on par with the others",
    where="Section 4.1, table 1",
    published="59.3 against 58.5 (GS)",
    tables=["final_nll"],
)
def sbn_bernoulli_st_gumbel(tables: Tables) -> Finding:
    """ST Gumbel-Softmax lies within 1.5 nats of Gumbel-Softmax."""
    runs = cell(tables, "structured_prediction", "bernoulli")
    return within(gap(runs, "st_gumbel", "gumbel"), 1.5)


@claim(
    "7-order",
    says="On the categorical SBN the estimators stand in the order of table 1",
    where="Table 1, row 2",
    published="GS < ST-GS < Annealed ST < ST < MuProp < DARN < SF",
    needs="paper",
    tables=["final_nll"],
)
def sbn_categorical_order(tables: Tables) -> Finding:
    """Kendall's τ with the published order is at least 0.8."""
    runs = cell(tables, "structured_prediction", "categorical")
    return ordered(runs, "test_nll", by="estimator", published=CATEGORICAL)


@claim(
    "7-margin",
    says="On the categorical SBN, Gumbel-Softmax is clearly better than ST",
    where="Table 1, row 2",
    published="59.0 against 61.8",
    needs="paper",
    tables=["final_nll"],
)
def sbn_categorical_margin(tables: Tables) -> Finding:
    """GS − ST is below −1.5 nats."""
    runs = cell(tables, "structured_prediction", "categorical")
    return below(gap(runs, "gumbel", "st"), -1.5)


@claim(
    "7-early",
    says="At the last step run, the categorical SBN's estimators stand as figure 3 has them there",
    where="Figure 3b",
    published="the digitised curves at the same step",
    tables=["curves", "mean_curves"],
)
def sbn_categorical_early(tables: Tables) -> Finding:
    """Kendall's τ with the published curves at the same step is at least 0.8."""
    return as_published_at_last_step(tables, "structured_prediction", "categorical")


@claim(
    "8-categorical",
    says="Going from Bernoulli to categorical costs Gumbel-Softmax less than the others",
    where="Table 1, rows 1 and 2",
    published="GS +0.5; MuProp +4.1, ST +2.9, Annealed ST +2.4, DARN +8.2",
    needs="paper",
    tables=["final_nll"],
)
def categorical_costs(tables: Tables) -> Finding:
    """The paired cost, categorical − Bernoulli, is lowest for GS; its ST form is no rival here."""
    finals = tables["final_nll"]
    runs = finals[finals["experiment"] == "structured_prediction"]
    wide = runs.pivot(index=["estimator", "seed"], columns="latent", values="test_nll")
    cost = (wide["categorical"] - wide["bernoulli"]).rename("cost").reset_index()
    rivals = cost[cost["estimator"].isin(["gumbel", "muprop", "st", "slope_st", "darn"])]
    return lowest(rivals, "cost", of="gumbel", by="estimator")


@claim(
    "9-darn",
    says="DARN on categorical variables turns upward after an early minimum",
    where="Figures 3b and 4b",
    published="SBN 64.6 at 115k to 67.9; VAE 116.2 at 39k to 128.8",
    needs="paper",
    tables=["curves"],
)
def darn_turns(tables: Tables) -> Finding:
    """Last minus least of each run's test curve is above 2 nats, on both networks."""
    runs = tables["curves"]
    darn = runs[(runs["estimator"] == "darn") & (runs["latent"] == "categorical")]
    parts = {}
    for experiment, part in darn.groupby("experiment", sort=False):
        ends = part.sort_values("step").drop_duplicates("seed", keep="last")
        least = ends["seed"].map(part.groupby("seed")["test_nll_curve"].min())
        rise = ends.assign(rise=ends["test_nll_curve"] - least)
        parts[experiment] = above(mean_of(rise, "rise", better="higher"), 2.0)
    return all_of(parts)


@claim(
    "13-annealing",
    says="Annealing the temperature is not needed for structured prediction",
    where="Section 4.1",
    published="fixed τ = 1 throughout",
    tables=["ablations"],
)
def annealing(tables: Tables) -> Finding:
    """τ = 1 is at most 0.3 nats worse than each annealed schedule."""
    runs = _ablations(tables)
    schedules = [name for name in runs["variant"].unique() if name.startswith("annealed")]
    return all_of(
        {
            name: below(
                difference(runs, "test_nll", of="reference", against=name, by="variant"), 0.3
            )
            for name in schedules
        }
    )


@claim(
    "14-normalisation",
    says="Variance normalisation is needed for the score function estimator and MuProp",
    where="Section 4",
    published="was necessary to get competitive results",
    tables=["ablations"],
)
def normalisation(tables: Tables) -> Finding:
    """At the same learning rate, with normalisation is better than with centring alone."""
    runs = _ablations(tables)
    return all_of(
        {
            name: below(
                difference(runs, "test_nll", of=name, against=f"{name}_unnormalised", by="variant")
            )
            for name in ("sf", "muprop")
        }
    )


def _ablations(tables: Tables) -> pd.DataFrame:
    runs = tables["ablations"]
    return runs[runs["experiment"] == "structured_prediction"]
