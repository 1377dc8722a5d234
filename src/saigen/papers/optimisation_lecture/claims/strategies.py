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
    rows = tables["digits"]
    rows = rows[(rows["experiment"] == "batch_norm") & np.isclose(rows["learning_rate"], rate)]
    if rows.empty:
        raise SaigenError("no batch normalisation at this rate")
    normed = rows["batch_norm"].astype(str).str.lower() == "true"
    return rows.assign(normed=normed.map({True: "with", False: "without"}))


@claim(
    "E21-initial",
    says="With batch normalisation the first weights matter little",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def initial(tables: Tables) -> Finding:
    """The range of training accuracy over deviations is smaller with it than without."""
    rows = _normed(tables, 0.01)
    accuracy = rows.groupby(["seed", "normed"])["train_accuracy"]
    reach = (accuracy.max() - accuracy.min()).unstack()
    return below(paired_difference(reach["with"], reach["without"]))


@claim(
    "E21-faster",
    says="Batch normalisation makes learning faster",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def faster(tables: Tables) -> Finding:
    """Training accuracy after 200 steps is higher with it at every deviation up to 0.1 (paired)."""
    rows = _normed(tables, 0.01)
    small = rows[rows["deviation"] <= 0.1]
    return all_of(
        {
            f"sd {deviation:g}": above(
                difference(
                    part,
                    "train_accuracy",
                    of="with",
                    against="without",
                    by="normed",
                    better="higher",
                )
            )
            for deviation, part in small.groupby("deviation")
        }
    )


@claim(
    "E21-rates",
    says="Batch normalisation bears larger learning rates",
    where="Part 5, E21",
    published="in words",
    needs="quick",
    tables=["digits"],
)
def rates(tables: Tables) -> Finding:
    """At η = 0.1 the mean accuracy over deviations is higher with it, over seeds."""
    rows = _normed(tables, 0.1)
    values = rows["train_accuracy"].where(rows["status"] != "diverged", 0.0)
    means = rows.assign(value=values).groupby(["seed", "normed"])["value"].mean().unstack()
    return above(paired_difference(means["with"], means["without"]))


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


def _starts(tables: Tables, count: int, inverted: bool) -> pd.DataFrame:
    rows = tables["transfer"]
    rows = rows[(rows["per_class"] == count) & (rows["inverted"].astype(str) == str(inverted))]
    if rows.empty:
        raise SaigenError(f"no transfer with {count} examples a class at this scale")
    return rows


@claim(
    "E24-faster",
    says="Fine-tuning a pre-trained network converges faster than starting afresh",
    where="Part 5, E24",
    published="in words",
    needs="quick",
    tables=["transfer"],
)
def finetuning_is_faster(tables: Tables) -> Finding:
    """The mean loss of the first 50 steps is lower, at 5, 10 and 50 examples a class (paired)."""
    return all_of(
        {
            f"{count} a class": below(
                difference(
                    _starts(tables, count, False),
                    "early_loss",
                    of="fine-tuned",
                    against="scratch",
                    by="start",
                )
            )
            for count in (5, 10, 50)
        }
    )


@claim(
    "E24-better",
    says="Fine-tuning a pre-trained network generalises better than starting afresh",
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["transfer"],
)
def finetuning_is_better(tables: Tables) -> Finding:
    """Test accuracy is higher at 10 examples a class, from the same and from inverted digits."""
    return all_of(
        {
            name: above(
                difference(
                    _starts(tables, 10, inverted),
                    "accuracy",
                    of="fine-tuned",
                    against="scratch",
                    by="start",
                    better="higher",
                )
            )
            for name, inverted in (("same", False), ("inverted", True))
        }
    )


@claim(
    "E24-inserted",
    says="Inserting layers into a trained shallow network beats training a deep one at once",
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["inserted_layers"],
)
def inserting(tables: Tables) -> Finding:
    """After as many updates: a lower training loss and a higher test accuracy (paired)."""
    rows = tables["inserted_layers"]
    ends = rows[rows["step"] == rows["step"].max()]
    ends = ends.assign(inserted=ends["inserted"].astype(str))
    against = {"of": "True", "against": "False", "by": "inserted"}
    return all_of(
        {
            "loss": below(difference(ends, "train_loss", **against)),
            "accuracy": above(difference(ends, "test_accuracy", **against, better="higher")),
        }
    )


@claim(
    "E24-frozen",
    says="Fine-tuning is better than freezing the copied layers",
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["transfer"],
)
def frozen(tables: Tables) -> Finding:
    """Test accuracy with 50 examples a class is higher fine-tuned than frozen (paired)."""
    return above(
        difference(
            _starts(tables, 50, False),
            "accuracy",
            of="fine-tuned",
            against="frozen",
            by="start",
            better="higher",
        )
    )
