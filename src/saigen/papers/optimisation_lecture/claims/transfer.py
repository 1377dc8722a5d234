"""Claims on pre-training: part 5, E24."""

from saigen.claims import Finding, above, all_of, below, claim, difference
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import Tables
from saigen.stats import Comparison

#: What a network is trained on before: the other half of the digits, as they are or in negative.
SOURCES = {"same": "False", "inverted": "True"}


def _gain(tables: Tables, metric: str, against: str, inverted: str, better: str) -> Comparison:
    """Return fine-tuned minus another start, each the mean over numbers of examples, by seed."""
    rows = tables["transfer"]
    rows = rows[rows["inverted"].astype(str) == inverted]
    if rows.empty:
        raise SaigenError("one of the two sources was not run at this scale")
    rows = rows.assign(**{metric: rows[metric].mask(rows["status"] == "diverged")})
    means = rows.groupby(["start", "seed"])[metric].mean(skipna=False).reset_index()
    return difference(means, metric, of="fine-tuned", against=against, by="start", better=better)


@claim(
    "E24-faster",
    says="Fine-tuning converges faster than starting afresh, over 1 to 50 examples a class",
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["transfer"],
)
def finetuning_is_faster(tables: Tables) -> Finding:
    """The mean loss of the first 50 steps is lower, on average over numbers of examples (paired).

    From either source, digits as they are and inverted.
    """
    return all_of(
        {
            name: below(_gain(tables, "early_loss", "scratch", inverted, "lower"))
            for name, inverted in SOURCES.items()
        }
    )


@claim(
    "E24-better",
    says="Fine-tuning generalises better than starting afresh, over 1 to 50 examples a class",
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["transfer"],
)
def finetuning_is_better(tables: Tables) -> Finding:
    """Test accuracy is higher from either source, on average over numbers of examples (paired)."""
    return all_of(
        {
            name: above(_gain(tables, "accuracy", "scratch", inverted, "higher"))
            for name, inverted in SOURCES.items()
        }
    )


@claim(
    "E24-inserted",
    says=(
        "Inserting layers of sigmoid units into a trained shallow network beats training a deep "
        "one at once, after 2000 updates"
    ),
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["inserted_layers"],
)
def inserting(tables: Tables) -> Finding:
    """After 2000 updates each: a lower training loss and a higher test accuracy (paired).

    Five hidden layers of sigmoid units in the end, gradient descent at 0.5.
    """
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
    says="Fine-tuning is better than freezing the copied layers, over 1 to 50 examples a class",
    where="Part 5, E24",
    published="in words",
    needs="standard",
    tables=["transfer"],
)
def frozen(tables: Tables) -> Finding:
    """Test accuracy is higher from either source, on average over numbers of examples (paired)."""
    return all_of(
        {
            name: above(_gain(tables, "accuracy", "frozen", inverted, "higher"))
            for name, inverted in SOURCES.items()
        }
    )
