"""What the bound β ≤ 1/2 and the released code suggest: that β does nothing, or is a constant."""

import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, mean_of, within
from saigen.papers.cg_gan.claims.reading import (
    ALIKE,
    CELL,
    Tables,
    at_equal_rates,
    by_cell,
    distances,
    known,
    log_ratio,
    logarithm,
)
from saigen.papers.cg_gan.names import RULES

RATES = ["d_rate", "g_rate"]


@claim(
    "B7",
    says="At equal learning rates the rules other than Fletcher-Reeves do better than descent",
    where="Result tables; with the released optimiser's aliased gradients they would be equal",
    published="top 1, of three times as many trials: 28.94 to 30.31 against 30.34",
    tables=["grid"],
)
def beyond_descent(tables: Tables) -> Finding:
    """On digits, with gradients that are copied, each of the six is below SGD, paired on rates.

    In logarithms.
    """
    others = [rule for rule in RULES if rule != "fr"]
    return all_of({rule: below(at_equal_rates(tables, rule, "sgd", "digits")) for rule in others})


@claim(
    "B7-fr",
    says="Fletcher-Reeves is no more than a constant β at its cap",
    where="Ours, from the released optimiser's aliased gradients: β = c/2 in every step",
    published="not stated",
    tables=["grid"],
)
def constant_beta(tables: Tables) -> Finding:
    """FR and momentum 0.5 have the same distance at equal learning rates, give or take a tenth."""
    return within(at_equal_rates(tables, "fr", "momentum5"), ALIKE)


@claim(
    "B8",
    says="The gain of Fletcher-Reeves over gradient descent is that of a rate twice as large",
    where="Ours: the gain of β = 1/2 is 1/(1 − β)",
    published="not stated",
    tables=["grid", "wider_rates"],
)
def effective_rate(tables: Tables) -> Finding:
    """On digits FR at (a, b) and SGD at (2a, 2b) have the same distance, give or take a tenth."""
    runs = tables["grid"].query("data == 'digits'")
    rule = distances(runs.query("optimiser == 'fr'"))
    descent = pd.concat([runs.query("optimiser == 'sgd'"), tables["wider_rates"]])
    # A run that both tables have counts once.
    descent = distances(descent.drop_duplicates(["optimiser", *CELL, "seed"]))
    halved = descent.assign(**{rate: (descent[rate] / 2.0).round(9) for rate in RATES})
    both = pd.concat([rule, halved.merge(rule[RATES])])  # SGD's other rates have no pair
    return within(log_ratio(both, "frechet", of="fr", against="sgd", paired_on=CELL), ALIKE)


@claim(
    "B8-best",
    says="With rates beyond the published edge, SGD's best is no worse than Fletcher-Reeves's",
    where="Ours: SGD's best published rates lie on the edge of their grid",
    published="not stated",
    tables=["grid", "wider_rates"],
)
def beyond_the_edge(tables: Tables) -> Finding:
    """On digits, over the largest rates, as many as the grid has: no more than a tenth worse."""
    rule = tables["grid"].query("data == 'digits' and optimiser == 'fr'")
    wider = tables["wider_rates"]
    for rate in RATES:
        largest = sorted(wider[rate].unique())[-rule[rate].nunique() :]
        wider = wider[wider[rate].isin(largest)]
    both = pd.concat([_bests(rule), _bests(wider)])
    return below(log_ratio(both, "best", of="sgd", against="fr"), ALIKE)


def _bests(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the logarithm of the best of each seed; nan where all of its trials diverged."""
    best = known(runs, "frechet").groupby(["optimiser", "seed"])["frechet"].min()
    return logarithm(best.rename("best").reset_index(), "best")


@claim(
    "B9",
    says="With stochastic gradients the rule of Fletcher and Reeves is mostly at its cap of 1/2",
    where="Ours, from assumption C2 and the released code",
    published="not stated",
    tables=["grid"],
)
def capped(tables: Tables) -> Finding:
    """Over cells of FR, the mean share of steps and tensors at the cap is above one half."""
    runs = tables["grid"].query("optimiser == 'fr'")
    return all_of(
        {
            who: above(mean_of(by_cell(runs, share), share, better="higher"), 0.5)
            for who, share in (("d", "d_capped"), ("g", "g_capped"))
        }
    )
