"""The comparison itself: losses of the page's optimisers, and what their rates decide."""

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    lowest,
    ratio,
    within,
)
from saigen.errors import SaigenError
from saigen.papers.resnet20.claims.runs import Tables, runs_of
from saigen.papers.resnet20.h1 import under_h1
from saigen.stats import kendall_tau, paired_difference, t_interval

#: The six optimisers of the page's figure.
PAGE = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad")
#: What stands for a published number where there is none.
PREDICTION = "prediction: the page's image is not stored"
#: Kendall's tau above which two orders count as one: of six, under 3 of the 15 pairs are swapped.
SAME_ORDER = 0.6


@claim(
    "C1-adam",
    says="Adam and AMSGrad reach a lower training loss than RMSProp",
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["final"],
)
def adam_below_rmsprop(tables: Tables) -> Finding:
    """Ratio of running training losses over the 30th epoch, paired over seeds, below 1."""
    rows = runs_of(tables, "lab_short")
    return all_of(
        {
            name: below(ratio(rows, "loss", of=name, against="rmsprop", by="optimiser"), 1.0)
            for name in ("adam", "amsgrad")
        }
    )


@claim(
    "C1-momentum",
    says="Momentum at 0.1 with weight decay plateaus highest of the page's six",
    where="The page's figure",
    published=f"{PREDICTION}; noise of a constant rate, and weight decay, are why",
    needs="standard",
    tables=["final"],
)
def momentum_highest(tables: Tables) -> Finding:
    """Its running loss over the 30th epoch is above each of the five others', paired over seeds."""
    rows = runs_of(tables, "lab_short")
    return all_of(
        {
            name: above(difference(rows, "loss", of="momentum", against=name, by="optimiser"))
            for name in PAGE
            if name != "momentum"
        }
    )


@claim(
    "C1-ranks",
    says="The order of the optimisers does not depend on the seed",
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["ranks"],
)
def stable_ranks(tables: Tables) -> Finding:
    """Kendall's tau of final running losses between pairs of seeds is above 0.6 on average.

    Pairs share seeds and are not independent: the interval is narrower than it should be.
    """
    taus = tables["ranks"]
    taus = taus[(taus["experiment"] == "lab_short") & (taus["metric"] == "loss")]["tau"]
    if taus.empty:
        raise SaigenError("one seed has no pairs")
    return above(t_interval(taus.to_numpy()), SAME_ORDER)


@claim(
    "C2-amsgrad",
    says="Adam and AMSGrad train alike",
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["final"],
)
def adam_is_amsgrad(tables: Tables) -> Finding:
    """Their running losses over the 30th epoch differ by less than 10%, paired over seeds."""
    rows = runs_of(tables, "lab_short")
    gap = ratio(rows, "loss", of="adam", against="amsgrad", by="optimiser")
    return within(gap, 0.1, 1.0)


@claim(
    "C3-equal-rates",
    says="At one common rate of 1e-3 Adam, AMSGrad and RMSProp lead Momentum",
    where="Learning rates H3",
    published="the laboratory's earlier programs",
    needs="quick",
    tables=["final"],
)
def equal_rates(tables: Tables) -> Finding:
    """Momentum's final running loss under H3 is above those of Adam, AMSGrad and RMSProp."""
    rows = runs_of(tables, "rate_tables", table="h3")
    return all_of(
        {
            name: above(difference(rows, "loss", of="momentum", against=name, by="optimiser"))
            for name in ("adam", "amsgrad", "rmsprop")
        }
    )


@claim(
    "C3-order",
    says="The comparison is a choice of learning rates: the order changes with the table",
    where="Learning rates H1 and H3",
    published="prediction",
    needs="standard",
    tables=["final", "curves"],
)
def order_changes(tables: Tables) -> Finding:
    """Kendall's tau of the page's six, H1's running losses against H3's, is below 0.6.

    At one step, a tau a seed that both have; a diverged run ranks last. With a table come its
    program's data: H3's are neither augmented nor standardised.
    """
    common = runs_of(tables, "rate_tables", table="h3")
    common = common[common["optimiser"].isin(PAGE)]
    names = list(common["optimiser"].unique())
    if len(names) < 3:
        raise SaigenError("an order needs three optimisers")

    def losses(rows: pd.DataFrame) -> pd.DataFrame:
        wide = rows.pivot(index="seed", columns="optimiser", values="loss")
        return wide.reindex(columns=names).fillna(np.inf)

    beside = under_h1(tables["curves"], common["step"].max())
    if beside.empty:
        raise SaigenError("no run under H1 has a loss at H3's last step")
    h1 = losses(beside)
    h3 = losses(common.assign(loss=common["loss"].mask(common["status"] == "diverged", np.inf)))
    seeds = h1.index.intersection(h3.index)
    taus = [kendall_tau(h1.loc[seed], h3.loc[seed]) for seed in seeds]
    return below(t_interval(taus), SAME_ORDER)


@claim(
    "C4-momentum",
    says="Momentum 0.9 at a small rate α trains as gradient descent at 10 α",
    where="Equations",
    published="theory: effective rate α/(1 − 0.9)",
    needs="quick",
    tables=["final"],
)
def momentum_is_ten_times(tables: Tables) -> Finding:
    """Final running losses within 10%; and those of equal rates differ by more."""
    rows = runs_of(tables, "small_rates")
    return all_of(
        {
            "10 α": within(
                ratio(rows, "loss", of="momentum", against="sgd", by="variant"), 0.1, 1.0
            ),
            "α": below(ratio(rows, "loss", of="momentum", against="sgd_same", by="variant"), 0.9),
        }
    )


@claim(
    "C5-tuning",
    says=(
        "Tuning each optimiser's rate brings the running training losses of the optimisers closer "
        "together (after 2 epochs at standard, 30 at paper)"
    ),
    where="Learning-rate sensitivity",
    published="prediction",
    needs="standard",
    tables=["sensitivity"],
)
def tuning(tables: Tables) -> Finding:
    """The spread (sd over optimisers of log loss) at the best of five rates minus that at H1's.

    Below 0, paired over seeds. A rate at which a seed diverged is no seed's best.
    """
    table = tables["sensitivity"]
    values = table["values"].astype(str).str.split()
    long = table.assign(value=values).explode("value")
    long["seed"] = long.groupby(["optimiser", "multiplier"]).cumcount()
    long["value"] = np.log(long["value"].astype(float))
    h1, usable = np.isclose(long["multiplier"], 1.0), long["diverged"] == 0
    if not usable[h1].all():
        raise SaigenError("a run at H1's own rates diverged: they have no spread")
    at_h1 = long[h1].groupby("seed")["value"].std()
    best = long[usable].groupby(["seed", "optimiser"])["value"].min().groupby("seed").std()
    return below(paired_difference(best.to_numpy(), at_h1.to_numpy()))


@claim(
    "C1-best",
    says=(
        "Adam has the lowest training loss of the page's six, but for AMSGrad, which trains alike "
        "(C2)"
    ),
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["final"],
)
def adam_lowest(tables: Tables) -> Finding:
    """`lowest` over the five, running loss over the 30th epoch, Holm over rivals."""
    rows = runs_of(tables, "lab_short")
    five = set(PAGE) - {"amsgrad"}
    return lowest(rows[rows["optimiser"].isin(five)], "loss", of="adam", by="optimiser")
