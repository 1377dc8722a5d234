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
from saigen.stats import paired_difference, t_interval

#: The six optimisers of the page's figure.
PAGE = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad")


@claim(
    "C1-adam",
    says="Adam and AMSGrad reach a lower training loss than RMSProp",
    where="The page's figure",
    published="a figure without numbers",
    needs="standard",
    tables=["final"],
)
def adam_below_rmsprop(tables: Tables) -> Finding:
    """Ratio of final evaluated training losses after 30 epochs, paired over seeds, below 1."""
    rows = runs_of(tables, "lab_short")
    return all_of(
        {
            name: below(ratio(rows, "train_loss", of=name, against="rmsprop", by="optimiser"), 1.0)
            for name in ("adam", "amsgrad")
        }
    )


@claim(
    "C1-momentum",
    says="Momentum at 0.1 with weight decay plateaus highest of the page's six",
    where="The page's figure",
    published="prediction: noise of a constant rate, and weight decay",
    needs="standard",
    tables=["final"],
)
def momentum_highest(tables: Tables) -> Finding:
    """Its final training loss is higher than each of the five others', paired over seeds."""
    rows = runs_of(tables, "lab_short")
    return all_of(
        {
            name: above(difference(rows, "train_loss", of="momentum", against=name, by="optimiser"))
            for name in PAGE
            if name != "momentum"
        }
    )


@claim(
    "C1-ranks",
    says="The order of the optimisers does not depend on the seed",
    where="The page's figure",
    published="one run, it seems",
    needs="standard",
    tables=["ranks"],
)
def stable_ranks(tables: Tables) -> Finding:
    """Kendall's tau of final training losses between pairs of seeds is above 0.6 on average."""
    taus = tables["ranks"]
    taus = taus[taus["experiment"] == "lab_short"]["tau"]
    if taus.empty:
        raise SaigenError("one seed has no pairs")
    return above(t_interval(taus.to_numpy()), 0.6)


@claim(
    "C2-amsgrad",
    says="Adam and AMSGrad train alike",
    where="The page's figure",
    published="two curves that lie together",
    needs="standard",
    tables=["final"],
)
def adam_is_amsgrad(tables: Tables) -> Finding:
    """Their final training losses after 30 epochs differ by less than 10%, paired over seeds."""
    rows = runs_of(tables, "lab_short")
    gap = ratio(rows, "train_loss", of="adam", against="amsgrad", by="optimiser")
    return within(gap, 0.1, 1.0)


@claim(
    "C3-equal-rates",
    says="At one common rate of 1e-3 the adaptive methods lead",
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
    """SGD against Adam: Adam's lead in log loss is larger at the common rate than under H1.

    By more than 0.05, at one step, over the seeds that both have.
    """

    def lead(rows: pd.DataFrame) -> pd.Series:
        wide = rows.pivot(index="seed", columns="optimiser", values="loss")
        return np.log(wide["sgd"]) - np.log(wide["adam"])

    common = runs_of(tables, "rate_tables", table="h3")
    curves = tables["curves"]
    h1 = curves[(curves["experiment"] == "lab_short") & (curves["step"] == common["step"].max())]
    if h1.empty:
        raise SaigenError("H1 has no loss at the last step of H3")
    return above(t_interval((lead(common) - lead(h1)).dropna().to_numpy()), 0.05)


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
    says="Tuning each optimiser's rate brings the optimisers closer together",
    where="Learning-rate sensitivity",
    published="prediction",
    needs="standard",
    tables=["sensitivity"],
)
def tuning(tables: Tables) -> Finding:
    """The spread (sd of log loss) at the best of five rates is below that at H1's, as a ratio.

    A single number, without an interval of its own where there is one seed.
    """
    table = tables["sensitivity"]
    values = table["values"].astype(str).str.split()
    long = table.assign(value=values).explode("value")
    long["seed"] = long.groupby(["optimiser", "multiplier"]).cumcount()
    long["value"] = np.log(long["value"].astype(float))
    at_h1 = long[np.isclose(long["multiplier"], 1.0)].groupby("seed")["value"].std()
    best = long.groupby(["seed", "optimiser"])["value"].min().groupby("seed").std()
    return below(paired_difference(best.to_numpy(), at_h1.to_numpy()))


@claim(
    "C1-best",
    says="Adam has the lowest training loss of the page's six",
    where="The page's figure",
    published="a figure without numbers",
    needs="standard",
    tables=["final"],
)
def adam_lowest(tables: Tables) -> Finding:
    """`lowest` over the six, final evaluated training loss after 30 epochs, Holm over rivals."""
    rows = runs_of(tables, "lab_short")
    return lowest(rows[rows["optimiser"].isin(PAGE)], "train_loss", of="adam", by="optimiser")
