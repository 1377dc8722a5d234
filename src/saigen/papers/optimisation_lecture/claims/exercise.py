"""Claims on the seven methods in a network: exercise 2."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, all_of, below, claim, difference, highest, ratio
from saigen.claims.runs import at_chosen
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import Tables

METHODS = ("momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam")


@claim(
    "E4-improved",
    says="In a network every improved method learns faster than plain SGD, at customary rates",
    where="Exercise 2",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def improved(tables: Tables) -> Finding:
    """The training loss around step 500 is less than half that of SGD at 0.01 (paired).

    Rates: 0.01 for both momenta and AdaGrad, 0.001 for RMSProp and Adam, 1 for AdaDelta.
    """
    rows = tables["digits"]
    rows = rows[rows["experiment"] == "optimisers_in_a_network"]
    if "loss_500" not in rows or rows["loss_500"].isna().all():
        raise SaigenError("no loss at step 500 at this scale")
    return all_of(
        {
            name: below(ratio(rows, "loss_500", of=name, against="sgd", by="variant"), 0.5)
            for name in METHODS
        }
    )


@claim(
    "E4-tuned",
    says="In a network every improved method learns faster than plain SGD, each at its best rate",
    where="Exercise 2",
    published="in words",
    needs="standard",
    tables=["rates"],
)
def improved_at_best_rates(tables: Tables) -> Finding:
    """The loss around step 500 is lower than SGD's, paired; other seeds choose the rates."""
    rows = tables["rates"]
    losses = np.log(rows["loss"]).mask(rows["status"] == "diverged").fillna(np.inf)
    parts = []
    for name, part in rows.assign(loss=losses).groupby("optimiser", sort=False):
        by_rate = part.pivot(index="seed", columns="learning_rate", values="loss")
        parts += [{"optimiser": name, "seed": s, "loss": x} for s, x in at_chosen(by_rate).items()]
    best = pd.DataFrame(parts)
    return all_of(
        {
            name: below(difference(best, "loss", of=name, against="sgd", by="optimiser"))
            for name in METHODS
        }
    )


@claim(
    "E4-adam",
    says="Adam is the best of the seven in a network, at customary rates",
    where="Exercise 2",
    published="asked, not answered",
    needs="standard",
    tables=["digits"],
)
def adam(tables: Tables) -> Finding:
    """Adam's test accuracy after 2000 steps is higher than that of each of the six (Holm)."""
    rows = tables["digits"]
    rows = rows[rows["experiment"] == "optimisers_in_a_network"]
    return highest(rows, "test_accuracy", of="adam", by="variant")
