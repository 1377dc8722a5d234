"""Orders of the optimisers: between seeds, between programs, with and without augmentation."""

from itertools import combinations
from math import comb, nan

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, below, claim
from saigen.claims.finding import conclude, span
from saigen.claims.runs import compare, measurements
from saigen.errors import SaigenError
from saigen.papers.resnet20.claims.page import PREDICTION
from saigen.papers.resnet20.claims.runs import (
    Tables,
    after,
    h1_and,
    plain_and_augmented,
    runs_of,
)
from saigen.stats import ALPHA, Interval, holm, kendall_tau, mean_tau, t_interval

#: Kendall's tau above which two orders count as one: of six, under 3 of the 15 pairs are swapped.
SAME_ORDER = 0.6
#: Kendall's tau below which an order counts as reversed: of four, five of the six pairs are turned.
REVERSED = -0.5
#: Decimals of a tau that count: sums leave the last bits to chance, and a bound may be met exactly.
DIGITS = 9


def seeds_shares(taus: pd.Series) -> pd.Series:
    """Return a number a seed, whose mean is the mean of a quantity over pairs of seeds.

    The jackknife's pseudo-values, n ū − (n − 1) ū₋ₛ, where ū₋ₛ leaves seed s out. Pairs share
    seeds: Student's interval over pairs would be too narrow, at three seeds by a factor 2.

    Args:
      taus: by pair (seed, other), every pair once.

    Raises:
      SaigenError: under three seeds, with which no pair is left without one.

    Source: Arvesen 1969, of U-statistics.
    """
    if len(taus) < 3:
        raise SaigenError("the noise of an order needs three seeds")
    one, other = (taus.index.get_level_values(place) for place in (0, 1))
    seeds = sorted({*one, *other})
    left = [taus[(one != seed) & (other != seed)].mean() for seed in seeds]
    n = len(seeds)
    shares = n * taus.mean() - (n - 1) * np.asarray(left)
    return pd.Series(shares, index=seeds).round(DIGITS)


def between_seeds(losses: pd.DataFrame) -> pd.Series:
    """Return Kendall's tau of every two rows of losses [seed, optimiser], by their seeds."""
    return pd.Series(
        {
            (one, other): kendall_tau(losses.loc[one], losses.loc[other])
            for one, other in combinations(losses.index, 2)
        }
    )


def by_seed(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return losses [seed, optimiser]; a diverged run's is infinite, so that it ranks last."""
    rows = measurements(rows, metric)
    return rows.pivot(index="seed", columns="optimiser", values="measured").fillna(np.inf)


@claim(
    "C1-ranks",
    says="The order of the page's six optimisers after 30 epochs does not depend on the seed",
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["ranks"],
)
def stable_ranks(tables: Tables) -> Finding:
    """Kendall's tau of the running losses over the 30th epoch is above 0.6, mean of pairs of seeds.

    The interval is the jackknife's over seeds: pairs share seeds, and as if independent they would
    give one too narrow.
    """
    return _stable(tables["ranks"], "lab_short")


@claim(
    "C1-ranks-200",
    says="The order of the page's six optimisers after 200 epochs does not depend on the seed",
    where="The page's figure",
    published=PREDICTION,
    needs="paper",
    tables=["ranks"],
)
def stable_ranks_in_the_end(tables: Tables) -> Finding:
    """As C1-ranks, over the 200th epoch."""
    return _stable(tables["ranks"], "lab")


def _stable(taus: pd.DataFrame, experiment: str) -> Finding:
    taus = taus[(taus["experiment"] == experiment) & (taus["metric"] == "loss")]
    return above(mean_tau(seeds_shares(taus.set_index(["seed", "other"])["tau"])), SAME_ORDER)


@claim(
    "C3-order",
    says=(
        "The comparison is one of programs: the order of the optimisers changes with a program's "
        "rates, data and penalty"
    ),
    where="Learning rates H1 and H3",
    published="prediction",
    needs="standard",
    tables=["final", "curves"],
)
def order_changes(tables: Tables) -> Finding:
    """Kendall's tau of running losses, H1's against H3's of a seed, minus that between seeds.

    Between every two seeds within H1 and within H3, on average: below −0.2, by the jackknife over
    seeds. That is more than one of the ten pairs swapped: Adam and AMSGrad train alike (C2), and
    their order is no change. After as many steps under each: 5 epochs at `standard`, 200 at
    `paper`. Of the page's six without SGD, which the program of H3 lacks; a diverged run ranks
    last. H3's data are neither augmented nor standardised, its Momentum has no penalty.
    """
    return _order_changes(tables, "h3")


@claim(
    "C3-order-h2",
    says="So it does between two tables of own rates, one constant and one that falls (H1 and H2)",
    where="Learning rates H1 and H2",
    published="prediction",
    needs="standard",
    tables=["final", "curves"],
)
def order_changes_with_h2(tables: Tables) -> Finding:
    """As C3-order, of all six, H2 in place of H3: its rates fall as a cosine to 0 by then.

    One of their fifteen pairs swapped takes 2/15 from a tau, which is the bound.

    What else differs: H2's SGD is at 0.01 and H1's at 0.05, H2's RMSProp has a decay of 0.99 and
    H1's one of 0.9. The data are the same.
    """
    return _order_changes(tables, "h2")


def _order_changes(tables: Tables, table: str) -> Finding:
    h1, other = (by_seed(rows, "loss") for rows in h1_and(table, tables))
    across = pd.Series({seed: kendall_tau(h1.loc[seed], other.loc[seed]) for seed in h1.index})
    noise = (seeds_shares(between_seeds(h1)) + seeds_shares(between_seeds(other))) / 2.0
    one_pair = 2.0 / comb(h1.shape[1], 2)
    found = below(t_interval((across - noise).round(DIGITS)), round(-one_pair, DIGITS))
    return after(found, runs_of(tables, "rate_tables"))


@claim(
    "C9-reversal",
    says="Augmentation reverses the order of the optimisers by test loss",
    where="The laboratory's programs",
    published="prediction",
    needs="standard",
    tables=["curves"],
)
def augmentation_reverses(tables: Tables) -> Finding:
    """Kendall's tau of test losses, augmented against not, is below −0.5.

    Of four optimisers that is five of six pairs turned: below 0 lie nine of all 24 orders. A pair
    is turned, or kept, where its two losses differ surely on both sides, by Student's interval of
    the difference of their logarithms over seeds; to be kept takes Holm's rule over all pairs too,
    since a few would refute. Others count as turned at the low end of the interval, as kept at the
    high. Of means over the last five looks but the very last at equally long runs, of 30 epochs at
    `standard` and 200 at `paper`, over the optimisers that both have; a run that was lost ranks
    last.
    """
    rows = plain_and_augmented(tables["curves"])
    plain, augmented = (
        by_seed(rows[rows["experiment"] == side], "test_loss") for side in ("plain", "augmented")
    )
    names = plain.columns.intersection(augmented.columns)
    if len(names) < 3:
        raise SaigenError("an order needs three optimisers")
    found = _reversed(np.log(plain[names]), np.log(augmented[names]))
    return after(found, tables["curves"].query("experiment == 'plain'"))


def _reversed(one: pd.DataFrame, other: pd.DataFrame) -> Finding:
    """Judge whether two tables [seed, optimiser] have reversed orders, by pairs of optimisers."""
    pairs = list(combinations(one.columns, 2))
    gaps = [[compare(side[a].to_numpy(), side[b].to_numpy()) for a, b in pairs]
            for side in (one, other)]  # fmt: skip
    signs = np.array([[(g.low > 0.0) - float(g.high < 0.0) for g in side] for side in gaps])
    turned = int((signs[0] * signs[1] < 0.0).sum())
    # That two signs are as they are is as sure as the less sure of them.
    p = holm([max(each.p, its.p) for each, its in zip(*gaps, strict=True)])
    kept = int(((signs[0] * signs[1] > 0.0) & (np.asarray(p) <= ALPHA)).sum())
    tau = kendall_tau(one.mean(), other.mean())
    count = len(pairs)
    bounds = ((2 * kept - count) / count, (count - 2 * turned) / count)
    effect = Interval(tau, *(bounds if len(one) > 1 else (nan, nan)), len(one))
    why = f"tau {span(effect)}; of {count} pairs {turned} surely turned, {kept} surely kept"
    return conclude(effect, effect.high < REVERSED, effect.low > REVERSED, why)
