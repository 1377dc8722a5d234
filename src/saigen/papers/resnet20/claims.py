"""What the page, and the papers around it, claim. Sentences and tests were written before the runs.

The page shows a figure without numbers, so most sentences are of the kind that its readers take
from it; `published` says where each comes from.
"""

from collections.abc import Mapping

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
    mean_of,
    ratio,
    within,
)
from saigen.errors import SaigenError
from saigen.stats import paired_difference, t_interval

Tables = Mapping[str, pd.DataFrame]

#: The six optimisers of the page's figure.
PAGE = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "amsgrad")


def _of(tables: Tables, experiment: str, **cells: object) -> pd.DataFrame:
    rows = tables["final"]
    rows = rows[rows["experiment"] == experiment]
    for column, level in cells.items():
        rows = rows[rows[column] == level]
    if rows.empty:
        raise SaigenError(f"no runs of {experiment} at this scale")
    return rows


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
    rows = _of(tables, "lab_short")
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
    rows = _of(tables, "lab_short")
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
    rows = _of(tables, "lab_short")
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
    rows = _of(tables, "rate_tables", table="h3")
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

    common = _of(tables, "rate_tables", table="h3")
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
    rows = _of(tables, "small_rates")
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
    "C6-he",
    says="ResNet-20 reaches 91.25% under He's protocol",
    where="He et al. 2016, table 6",
    published="8.75% error",
    needs="paper",
    tables=["final"],
)
def he_protocol(tables: Tables) -> Finding:
    """The test error's mean over seeds is 8.75 ± 0.5%."""
    return within(mean_of(_of(tables, "protocols", variant="he_2016"), "test_error"), 0.5, 8.75)


@claim(
    "C6-keras",
    says="With Adam and Keras's schedule it reaches 91.5% or more",
    where="Keras example",
    published="92.16%",
    needs="paper",
    tables=["final"],
)
def keras_adam(tables: Tables) -> Finding:
    """The test error's mean over seeds is below 8.5%."""
    return below(mean_of(_of(tables, "protocols", variant="keras_adam"), "test_error"), 8.5)


@claim(
    "C6-gap",
    says="Adam ends 1 to 2 points of test accuracy below SGD at a comparable training loss",
    where="AdaHessian's log",
    published="91.19% against 89.99%",
    needs="paper",
    tables=["final"],
)
def adam_generalises_worse(tables: Tables) -> Finding:
    """Test error of Adam minus SGD under the log's protocol is 1.5 ± 1 points, paired."""
    rows = _of(tables, "protocols")
    gap = difference(rows, "test_error", of="log_adam", against="log_sgd", by="variant")
    return within(gap, 1.0, 1.5)


@claim(
    "C7-constant",
    says="For Adam and AMSGrad a constant rate beats one that falls as 1/√n",
    where="Iiduka 2020, arXiv:2002.09647",
    published="in words",
    needs="standard",
    tables=["final"],
)
def constant_rate(tables: Tables) -> Finding:
    """Final running loss, constant minus diminishing, below 0, paired over seeds."""
    rows = _of(tables, "diminishing")
    return all_of(
        {
            str(name): below(difference(part, "loss", of=0.0, against=1.0, by="inverse_root"))
            for name, part in rows.groupby("optimiser")
        }
    )


@claim(
    "C8-networks",
    says="The laboratory's network ends with a much lower test accuracy than He's",
    where="Architectures",
    published="prediction",
    needs="standard",
    tables=["curves"],
)
def networks(tables: Tables) -> Finding:
    """At He's last step, over optimisers that both have: test error higher by over 5 points."""
    rows = tables["curves"]
    theirs = rows[(rows["experiment"] == "he") & rows["test_error"].notna()]
    step = theirs["step"].max()
    ours = rows[(rows["experiment"] == "lab") & (rows["step"] == step)]
    keys = ["optimiser", "seed"]
    both = ours.merge(theirs[theirs["step"] == step], on=keys, suffixes=("_lab", "_he"))
    if both.empty:
        raise SaigenError("the two networks have no evaluation at one step")
    return above(paired_difference(both["test_error_lab"], both["test_error_he"]), 5.0)


@claim(
    "C9-memorised",
    says="Without augmentation the training loss goes below 0.01 while the test loss rises",
    where="The laboratory's programs",
    published="prediction",
    needs="paper",
    tables=["curves"],
)
def memorised(tables: Tables) -> Finding:
    """Adam: last evaluated training loss below 0.01; last test loss over twice its least."""
    rows = tables["curves"]
    rows = rows[(rows["experiment"] == "plain") & (rows["optimiser"] == "adam")]
    rows = rows.dropna(subset="test_loss").sort_values("step")
    last = rows.groupby("seed").last()
    rise = last["test_loss"] / rows.groupby("seed")["test_loss"].min()
    return all_of(
        {
            "training loss": below(t_interval(last["train_loss"].to_numpy()), 0.01),
            "test loss": above(t_interval(rise.to_numpy()), 2.0),
        }
    )


@claim(
    "C9-augmentation",
    says="Augmentation raises the training loss and lowers the test loss",
    where="The laboratory's programs",
    published="prediction",
    needs="standard",
    tables=["curves"],
)
def augmentation(tables: Tables) -> Finding:
    """At the plain runs' last step, paired over optimisers and seeds."""
    rows = tables["curves"]
    plain = rows[(rows["experiment"] == "plain") & rows["test_loss"].notna()]
    step = plain["step"].max()
    augmented = rows[(rows["experiment"] == "lab") & (rows["step"] == step)]
    both = augmented.merge(
        plain[plain["step"] == step], on=["optimiser", "seed"], suffixes=("", "_plain")
    )
    if both.empty:
        raise SaigenError("no evaluation at one step")
    return all_of(
        {
            "training": above(paired_difference(both["train_loss"], both["train_loss_plain"])),
            "test": below(paired_difference(both["test_loss"], both["test_loss_plain"])),
        }
    )


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
    rows = _of(tables, "lab_short")
    return lowest(rows[rows["optimiser"].isin(PAGE)], "train_loss", of="adam", by="optimiser")
