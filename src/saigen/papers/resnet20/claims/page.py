"""The page's figure: training losses of its six optimisers, under the tutorial's rates (H1)."""

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    highest,
    lowest,
    ratio,
    within,
)
from saigen.errors import SaigenError
from saigen.papers.resnet20.claims.runs import Tables, runs_of
from saigen.papers.resnet20.optimisers import PAGE

#: What stands for a published number where there is none.
PREDICTION = "prediction: the page's image is not stored"


@claim(
    "C1-adam",
    says="Adam and AMSGrad reach a lower training loss than RMSProp in 30 epochs",
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["final"],
)
def adam_below_rmsprop(tables: Tables) -> Finding:
    """Ratio of running training losses over the 30th epoch of 200, paired over seeds, below 1."""
    return _adam_below_rmsprop(runs_of(tables, "lab_short"))


@claim(
    "C1-adam-200",
    says="Adam and AMSGrad reach a lower training loss than RMSProp in 200 epochs",
    where="The page's figure",
    published=PREDICTION,
    needs="paper",
    tables=["final"],
)
def adam_below_rmsprop_in_the_end(tables: Tables) -> Finding:
    """As C1-adam, over the 200th epoch."""
    return _adam_below_rmsprop(runs_of(tables, "lab"))


def _adam_below_rmsprop(rows: pd.DataFrame) -> Finding:
    return all_of(
        {
            name: below(ratio(rows, "loss", of=name, against="rmsprop", by="optimiser"), 1.0)
            for name in ("adam", "amsgrad")
        }
    )


@claim(
    "C1-momentum",
    says=(
        "Momentum at 0.1 with weight decay has the highest training loss of the page's six after "
        "30 epochs"
    ),
    where="The page's figure",
    published=f"{PREDICTION}; noise of a constant rate, and weight decay, are why",
    needs="standard",
    tables=["final"],
)
def momentum_highest(tables: Tables) -> Finding:
    """`highest` over the six, running loss over the 30th epoch of 200, Holm over rivals.

    Paired over seeds. One epoch does not tell whether it has come to its plateau by then.
    """
    return _momentum_highest(runs_of(tables, "lab_short"))


@claim(
    "C1-momentum-200",
    says=(
        "Momentum at 0.1 with weight decay has the highest training loss of the page's six after "
        "200 epochs"
    ),
    where="The page's figure",
    published=f"{PREDICTION}; noise of a constant rate, and weight decay, are why",
    needs="paper",
    tables=["final"],
)
def momentum_highest_in_the_end(tables: Tables) -> Finding:
    """As C1-momentum, over the 200th epoch."""
    return _momentum_highest(runs_of(tables, "lab"))


def _momentum_highest(rows: pd.DataFrame) -> Finding:
    six = rows[rows["optimiser"].isin(PAGE)]
    return highest(six, "loss", of="momentum", by="optimiser", better="lower")


@claim(
    "C1-best",
    says=(
        "Adam has the lowest training loss of the page's six after 30 epochs, but for AMSGrad, "
        "which trains alike (C2)"
    ),
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["final"],
)
def adam_lowest(tables: Tables) -> Finding:
    """`lowest` over the five, running loss over the 30th epoch of 200, Holm over rivals."""
    return _adam_lowest(runs_of(tables, "lab_short"))


@claim(
    "C1-best-200",
    says=(
        "Adam has the lowest training loss of the page's six after 200 epochs, but for AMSGrad, "
        "which trains alike (C2)"
    ),
    where="The page's figure",
    published=PREDICTION,
    needs="paper",
    tables=["final"],
)
def adam_lowest_in_the_end(tables: Tables) -> Finding:
    """As C1-best, over the 200th epoch."""
    return _adam_lowest(runs_of(tables, "lab"))


def _adam_lowest(rows: pd.DataFrame) -> Finding:
    five = set(PAGE) - {"amsgrad"}
    return lowest(rows[rows["optimiser"].isin(five)], "loss", of="adam", by="optimiser")


@claim(
    "C1-adagrad",
    says="AdaGrad has a slow tail: late in training it gains less than the other adaptive methods",
    where="The page's figure",
    published=f"{PREDICTION}; its steps only ever shrink",
    needs="paper",
    tables=["curves"],
)
def adagrad_slow_tail(tables: Tables) -> Finding:
    """Log of the running loss over the 200th epoch minus that over the 100th.

    AdaGrad's is above those of RMSProp, Adam and AMSGrad, paired over seeds: its loss falls by the
    smaller factor. In general, over the last epoch and over that at half the steps.
    """
    rows = tables["curves"]
    rows = rows[rows["experiment"] == "lab"]
    end = rows["step"].max()
    losses = rows.pivot(index=["optimiser", "seed"], columns="step", values="loss")
    if end // 2 not in losses:
        raise SaigenError("no loss of `lab` at half the steps")
    gains = np.log(losses[end] / losses[end // 2]).rename("gain").reset_index()
    return all_of(
        {
            name: above(difference(gains, "gain", of="adagrad", against=name, by="optimiser"))
            for name in ("rmsprop", "adam", "amsgrad")
        }
    )


@claim(
    "C2-amsgrad",
    says="Adam and AMSGrad train alike for 30 epochs",
    where="The page's figure",
    published=PREDICTION,
    needs="standard",
    tables=["final"],
)
def adam_is_amsgrad(tables: Tables) -> Finding:
    """Their running losses over the 30th epoch of 200, paired over seeds, differ by under 5%.

    That is about three times what seeds of one optimiser differ by (of the four kept, 1.9% of SGD
    and 1.4% of AdamW).
    """
    return _alike(runs_of(tables, "lab_short"))


@claim(
    "C2-amsgrad-200",
    says="Adam and AMSGrad train alike for 200 epochs",
    where="The page's figure",
    published=PREDICTION,
    needs="paper",
    tables=["final"],
)
def adam_is_amsgrad_in_the_end(tables: Tables) -> Finding:
    """As C2-amsgrad, over the 200th epoch."""
    return _alike(runs_of(tables, "lab"))


def _alike(rows: pd.DataFrame) -> Finding:
    gap = ratio(rows, "loss", of="adam", against="amsgrad", by="optimiser")
    return within(gap, 0.05, 1.0)
