"""Claims on batch normalisation: part 5, E21."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, difference
from saigen.claims.runs import at_chosen
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import Tables, over_seeds
from saigen.stats import paired_difference


def _normed(tables: Tables, rate: float) -> pd.DataFrame:
    """Return the runs at one learning rate; what diverged has an accuracy of 0."""
    rows = tables["digits"]
    rows = rows[(rows["experiment"] == "batch_norm") & np.isclose(rows["learning_rate"], rate)]
    if rows.empty:
        raise SaigenError("no batch normalisation at this rate")
    normed = rows["batch_norm"].astype(str).str.lower() == "true"
    accuracy = rows["train_accuracy"].mask(rows["status"] == "diverged").fillna(0.0)
    return rows.assign(normed=normed.map({True: "with", False: "without"}), accuracy=accuracy)


def _range(tables: Tables, rate: float) -> pd.DataFrame:
    """Return the range of training accuracy over deviations: [seed, with or without]."""
    accuracy = _normed(tables, rate).groupby(["seed", "normed"])["accuracy"]
    return (accuracy.max() - accuracy.min()).unstack()


@claim(
    "E21-initial",
    says="With batch normalisation the first weights matter little",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def initial(tables: Tables) -> Finding:
    """With it the range of training accuracy over deviations is below 0.1, at either rate.

    After 200 steps, over deviations of 0.0001 to 1.
    """
    return all_of(
        {
            f"η = {rate:g}": below(over_seeds(_range(tables, rate)["with"]), 0.1)
            for rate in (0.01, 0.1)
        }
    )


@claim(
    "E21-less",
    says="With batch normalisation the first weights matter less than without",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def less(tables: Tables) -> Finding:
    """The range of training accuracy over deviations is smaller with it, at either rate (paired).

    What diverged has an accuracy of 0.
    """
    ranges = {rate: _range(tables, rate) for rate in (0.01, 0.1)}
    return all_of(
        {
            f"η = {rate:g}": below(paired_difference(reach["with"], reach["without"]))
            for rate, reach in ranges.items()
        }
    )


def _gains(tables: Tables, rate: float, most: float = np.inf) -> Finding:
    """Judge that training accuracy is higher with it at each deviation up to `most`."""
    rows = _normed(tables, rate)
    against = {"of": "with", "against": "without", "by": "normed"}
    return all_of(
        {
            f"sd {deviation:g}": above(difference(part, "accuracy", **against, better="higher"))
            for deviation, part in rows[rows["deviation"] <= most].groupby("deviation")
        }
    )


@claim(
    "E21-faster",
    says="At η = 0.01 batch normalisation makes learning faster, from weights of every deviation",
    where="Part 5, E21",
    published="in words; reference: not at a deviation of 0.316",
    needs="quick",
    tables=["digits"],
)
def faster(tables: Tables) -> Finding:
    """At η = 0.01 training accuracy after 200 steps is higher with it at each deviation (paired).

    Deviations of 0.0001 to 1; a run that diverged is worse than any that did not.
    """
    return _gains(tables, 0.01)


@claim(
    "E21-faster-rate",
    says="At η = 0.1 batch normalisation makes learning faster, from weights of every deviation",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def faster_at_a_larger_rate(tables: Tables) -> Finding:
    """As E21-faster, at η = 0.1."""
    return _gains(tables, 0.1)


@claim(
    "E21-faster-small",
    says="Batch normalisation makes learning faster from first weights up to a deviation of 0.1",
    where="Part 5, E21",
    published="reference: so up to 0.1, and the other way round at 0.316",
    needs="quick",
    tables=["digits"],
)
def faster_from_small_weights(tables: Tables) -> Finding:
    """Training accuracy after 200 steps is higher with it at every deviation up to 0.1 (paired).

    At either rate, 0.01 and 0.1.
    """
    return all_of({f"η = {rate:g}": _gains(tables, rate, 0.1) for rate in (0.01, 0.1)})


@claim(
    "E21-rates",
    says="Batch normalisation bears larger learning rates",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def rates(tables: Tables) -> Finding:
    """At η = 0.1 mean accuracy over deviations is higher with it, and by more than at 0.01."""
    gains = {}
    for rate in (0.01, 0.1):
        means = _normed(tables, rate).groupby(["seed", "normed"])["accuracy"].mean().unstack()
        gains[rate] = means["with"] - means["without"]
    return all_of(
        {
            "at 0.1": above(over_seeds(gains[0.1])),
            "more than at 0.01": above(paired_difference(gains[0.1], gains[0.01])),
        }
    )


@claim(
    "E21-overfitting",
    says=(
        "Batch normalisation narrows the gap of training and test accuracy, from first weights of "
        "sd 0.1 at η = 0.1"
    ),
    where="Part 5, E21",
    published="reduces overfitting, in words",
    needs="standard",
    tables=["digits"],
)
def overfitting(tables: Tables) -> Finding:
    """At sd 0.1 and η = 0.1 the gap of training and test accuracy is smaller with it (paired).

    After 200 steps on 1000 images.
    """
    rows = _normed(tables, 0.1)
    rows = rows[np.isclose(rows["deviation"], 0.1)]
    rows = rows.assign(gap=rows["train_accuracy"] - rows["test_accuracy"])
    return below(difference(rows, "gap", of="with", against="without", by="normed"))


@claim(
    "E21-test",
    says="Batch normalisation ends with a higher test accuracy, each from its best first weights",
    where="Part 5, E21",
    published="reduces overfitting, in words",
    needs="standard",
    tables=["digits"],
)
def better_on_test_images(tables: Tables) -> Finding:
    """Test accuracy is higher with it at either rate (paired), each at its best deviation.

    The other seeds choose the deviation. After 200 steps on 1000 images; what diverged has an
    accuracy of 0.
    """

    def best(rate: float) -> pd.DataFrame:
        rows, found = _normed(tables, rate), {}
        unseen = rows["test_accuracy"].mask(rows["status"] == "diverged").fillna(0.0)
        for normed, part in rows.assign(unseen=unseen).groupby("normed"):
            table = part.pivot(index="seed", columns="deviation", values="unseen")
            found[normed] = -at_chosen(-table)
        return pd.DataFrame(found)

    return all_of(
        {
            f"η = {rate:g}": above(paired_difference(table["with"], table["without"]))
            for rate, table in ((rate, best(rate)) for rate in (0.01, 0.1))
        }
    )
