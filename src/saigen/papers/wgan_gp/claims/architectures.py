"""Claims on training many architectures with one setting: sections 5.1 and 5.2."""

from collections.abc import Iterable, Mapping
from math import nan

import pandas as pd
from scipy import stats

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    measured_with,
    rate_difference,
    untested,
    within,
)
from saigen.claims.finding import conclude, number
from saigen.claims.runs import matrix
from saigen.papers.wgan_gp.success import SHARES, least_share
from saigen.stats import ALPHA, Interval, cochran

Tables = Mapping[str, pd.DataFrame]

OTHERS = ("gan", "lsgan", "clip")


@claim(
    "C6",
    says="WGAN-GP trains many random architectures that a standard GAN does not",
    where="Section 5.1, tables 2 and 5",
    published="at an inception score of 5.0: 147 of 200 only with WGAN-GP, none only with the GAN",
    tables=["random_architectures"],
)
def trains_more(tables: Tables) -> Finding:
    """Score's share above half of the best of all runs, paired by architecture: exact McNemar."""
    runs = tables["random_architectures"]
    runs = runs.assign(trained=runs["score_share"] > least_share(runs["score_share"]))
    return above(
        rate_difference(
            runs, "trained", of="gp", against="gan", by="method", paired_on="architecture"
        )
    )


@claim(
    "C6-equal-cost",
    says="The advantage holds at equal cost (our test: the paper compares equal generator steps)",
    where="Section 5.1",
    published="not reported; an iteration of WGAN-GP costs two to eight of the GAN",
    tables=["random_architectures"],
)
def trains_more_at_equal_cost(tables: Tables) -> Finding:
    """WGAN-GP when it has cost what the whole training of the GAN does, or less: exact McNemar.

    It is read at the last evaluation by then: at `standard` it has spent half of that cost or more,
    four fifths in the mean, which speaks against it. Costs are products of layers
    (`costs.iteration`), the same on every machine. Trained is half of the best share at this cost:
    that of WGAN-GP after its whole training would be out of reach.
    """
    runs = tables["random_architectures"]
    share = runs["score_share"].where(runs["method"] == "gan", runs["early_share"])
    return above(
        rate_difference(
            runs.assign(trained=share > least_share(share)),
            "trained",
            of="gp",
            against="gan",
            by="method",
            paired_on="architecture",
        )
    )


@claim(
    "C7",
    says="At no threshold does the standard GAN alone train more than a few architectures",
    where="Table 5",
    published="at most 2 of 200 at any threshold",
    tables=["table5"],
)
def few_gan_only(tables: Tables) -> Finding:
    """Share of architectures only the GAN trained, at its worst threshold: below a tenth.

    The interval is Clopper and Pearson's at that threshold: of forty pairs none may be the GAN's.
    """
    rows = tables["table5"]
    rows = rows[rows["reading"] == "last score"]
    if rows.empty:
        return untested("no runs")
    worst = rows.sort_values("only_gan").iloc[-1]
    pairs = int(worst[["only_gan", "only_gp", "both", "neither"]].sum())
    return below(_share(int(worst["only_gan"]), pairs, f"worst of {len(SHARES)} thresholds"), 0.1)


@claim(
    "C8-more",
    says="WGAN-GP trains the seven architectures of figure 2 more often than each other method",
    where="Section 5.2 and figure 2",
    published="the only method to train every architecture; judged by eye",
    tables=["seven_architectures"],
)
def seven_more(tables: Tables) -> Finding:
    """Rate of success (rule of `success.succeeded`) over networks and seeds: exact McNemar.

    Untested where another method cannot train the baseline: then no architecture defeats it.
    """
    runs = tables["seven_architectures"]
    if weak := _failing_at_the_baseline(runs, OTHERS):
        return weak
    cases = ["network", "seed"]
    return all_of(
        {
            other: above(
                rate_difference(
                    runs, "success", of="gp", against=other, by="method", paired_on=cases
                )
            )
            for other in OTHERS
        }
    )


@claim(
    "C8-all",
    says="WGAN-GP trains all seven architectures with one setting",
    where="Section 5.2 and figure 2",
    published="all seven; judged by eye",
    needs="paper",
    tables=["seven_architectures"],
)
def seven_all(tables: Tables) -> Finding:
    """More than half of its runs succeed, by their interval, and no network fails in all of its.

    Networks that fail are counted, and one refutes the sentence: a count has no interval. What has
    not trained after hundreds of the published 200,000 iterations may train yet: at `paper` alone.
    """
    runs = tables["seven_architectures"]
    ours = runs[runs["method"] == "gp"]
    ever = ours.groupby("network", sort=False)["success"].any()
    lost = list(ever.index[~ever])
    return all_of(
        {
            "all runs": above(_share(int(ours["success"].sum()), len(ours)), 0.5),
            "networks that fail": below(
                measured_with(float(len(lost)), 0.0, len(ever), ", ".join(lost)), 1.0
            ),
        }
    )


@claim(
    "C8-methods",
    says="The four methods do not do equally well on the seven architectures",
    where="Section 5.2 and figure 2",
    published="judged by eye",
    tables=["seven_architectures"],
)
def methods_differ(tables: Tables) -> Finding:
    """Cochran's Q over networks and seeds: p below 5%. That it is above refutes nothing.

    Untested where a method cannot train the baseline.
    """
    runs = tables["seven_architectures"]
    if weak := _failing_at_the_baseline(runs, OTHERS):
        return weak
    table, note = matrix(runs, "success", "method", ["network", "seed"], better="higher")
    q, p = cochran(table.to_numpy() > 0.0)
    told = "; ".join(filter(None, (f"Q = {number(q)} with {table.shape[1] - 1} d. f.", note)))
    why = f"p = {number(p)} lies {'below' if p < ALPHA else 'not below'} {ALPHA:g}"
    return conclude(Interval(p, p, p, len(table), told), p < ALPHA, False, why)


@claim(
    "C20",
    says="With equal architecture, samples of WGAN-GP are comparable to those of the standard GAN",
    where="Section 5.2",
    published="judged by eye on the baseline DCGAN",
    tables=["seven_architectures"],
)
def comparable(tables: Tables) -> Finding:
    """Difference of the score's share on the baseline networks within ±0.03.

    0.3 of an inception score, as a share of what CIFAR-10's images have above 1. Untested where
    either cannot train them: two failures are alike too.
    """
    runs = tables["seven_architectures"]
    if weak := _failing_at_the_baseline(runs, ("gan", "gp")):
        return weak
    baseline = runs[runs["network"] == "baseline"]
    gap = difference(baseline, "score_share", of="gp", against="gan", by="method", better="higher")
    return within(gap, 0.03)


def _failing_at_the_baseline(runs: pd.DataFrame, methods: Iterable[str]) -> Finding | None:
    """Return why nothing can be told of methods, where one fails with the baseline networks."""
    baseline = runs[runs["network"] == "baseline"]
    won = dict(baseline.groupby("method")["success"].mean())
    weak = [method for method in methods if won.get(method, 0.0) <= 0.5]
    if not weak:
        return None
    return untested(f"{', '.join(weak)}: most runs fail with the baseline networks already")


def _share(won: int, n: int, note: str = "") -> Interval:
    """Return won / n with Clopper and Pearson's interval."""
    if n == 0:
        return Interval(nan, nan, nan, 0)
    known = stats.binomtest(won, n).proportion_ci(0.95)
    return Interval(won / n, float(known.low), float(known.high), n, note)
