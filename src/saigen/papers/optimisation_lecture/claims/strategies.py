"""Claims on strategies: part 5."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, difference, within
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
)
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
    """With it the range of training accuracy over deviations is below 0.1, at either rate."""
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


def _gains(tables: Tables, most: float) -> Finding:
    """Judge that training accuracy at 0.01 is higher with it at each deviation up to `most`."""
    rows = _normed(tables, 0.01)
    against = {"of": "with", "against": "without", "by": "normed"}
    return all_of(
        {
            f"sd {deviation:g}": above(difference(part, "accuracy", **against, better="higher"))
            for deviation, part in rows[rows["deviation"] <= most].groupby("deviation")
        }
    )


@claim(
    "E21-faster",
    says="Batch normalisation makes learning faster",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def faster(tables: Tables) -> Finding:
    """Training accuracy after 200 steps is higher with it at every deviation (paired)."""
    return _gains(tables, np.inf)


@claim(
    "E21-faster-small",
    says="Batch normalisation makes learning faster from first weights up to a deviation of 0.1",
    where="Part 5, E21",
    published="reference: so up to 0.1, and the other way round at 0.316",
    needs="quick",
    tables=["digits"],
)
def faster_from_small_weights(tables: Tables) -> Finding:
    """Training accuracy after 200 steps is higher with it at every deviation up to 0.1 (paired)."""
    return _gains(tables, 0.1)


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
    says="Batch normalisation reduces overfitting",
    where="Part 5, E21",
    published="in words",
    needs="standard",
    tables=["digits"],
)
def overfitting(tables: Tables) -> Finding:
    """At sd 0.1 and η = 0.1 the gap of training and test accuracy is smaller with it (paired)."""
    rows = _normed(tables, 0.1)
    rows = rows[np.isclose(rows["deviation"], 0.1)]
    rows = rows.assign(gap=rows["train_accuracy"] - rows["test_accuracy"])
    return below(difference(rows, "gap", of="with", against="without", by="normed"))


@claim(
    "E22-coordinates",
    says="Coordinate descent works where variables hardly interact, and badly where they do",
    where="Part 5, E22",
    published="theory: ρ² a sweep",
    needs="smoke",
    tables=["measurements"],
)
def coordinates(tables: Tables) -> Finding:
    """A sweep shrinks the error by a₁₂²/(a₁₁a₂₂), and it sticks at f > 0 where f has a crease."""
    seen = measured(tables, "coordinates", "ratio").set_index("label")["value"]
    theory = measured(tables, "coordinates", "theory").set_index("label")["value"]
    stuck = measured(tables, "coordinates", "stuck")["value"].max()
    return all_of(
        {
            "ratio": below(exact(float((seen - theory).abs().max()), len(seen)), 1e-6),
            "stuck": above(exact(float(stuck)), 0.1),
        }
    )


@claim(
    "E23-averaging",
    says="The average of noisy iterates lies very near the floor of the valley",
    where="Part 5, E23",
    published="theory: η s²/(λ(2−ηλ)) against s²/(λ²t)",
    needs="quick",
    tables=["measurements"],
)
def averaging(tables: Tables) -> Finding:
    """The iterates' variance is within 10% of the theory's, the average's within 20%."""
    last = measured(tables, "averaging", "variance").pivot(
        index="seed", columns="label", values="value"
    )
    seen = measured(tables, "averaging", "average")
    theory = measured(tables, "averaging", "average_theory")
    longest = seen["label"].max()
    shares = (
        seen[seen["label"] == longest].set_index("seed")["value"]
        / theory[theory["label"] == longest].set_index("seed")["value"]
    )
    return all_of(
        {
            "iterates": within(over_seeds(last["last"] / last["theory"]), 0.1, 1.0),
            "average": within(over_seeds(shares), 0.2, 1.0),
        }
    )
