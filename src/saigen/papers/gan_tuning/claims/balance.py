"""Claims on weakening the discriminator: T7 to T11."""

import pandas as pd

from saigen.claims import (
    NOT_TESTED,
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    untested,
)
from saigen.claims.runs import measurements
from saigen.diagnose.rules import ALMOST_ALL
from saigen.papers.gan_tuning.claims.reading import ARTICLE, Tables, change

#: The wirings of batch norm, as the table of that name calls them.
WIRINGS = ("apart_batch", "apart_running", "together_batch", "together_running")


@claim(
    "T7",
    says="Without batch norm a strong discriminator no longer tells everything right",
    where="Four ways of weakening D, 1",
    published="accuracy of about 100% is cured",
    tables=["weakened"],
)
def removing_norm(tables: Tables) -> Finding:
    """From a strong D: accuracy falls, and its mean is below 0.97."""
    return _cured(tables["weakened"], "strong", "w1")


@claim(
    "T7-cells",
    says="Batch norm taken out of D cures an accuracy of about 100%, however it was wired",
    where="Four ways of weakening D, 1",
    published=ARTICLE,
    tables=["batch_norm"],
)
def removing_any_norm(tables: Tables) -> Finding:
    """As T7 in every wiring whose mean accuracy is 0.97 or more; in no other is aught to cure."""
    found = {wiring: _cured(tables["batch_norm"], wiring, "no_norm") for wiring in WIRINGS}
    tested = {wiring: part for wiring, part in found.items() if part.verdict != NOT_TESTED}
    return all_of(tested) if tested else untested("in no wiring is D nearly always right")


def _cured(table: pd.DataFrame, sick: str, without: str) -> Finding:
    """Judge that accuracy falls from near 100%; untested where it was not there."""
    accuracy = table.groupby("name")["accuracy"].mean()
    if not accuracy[sick] >= ALMOST_ALL:
        return untested(f"{sick}: a mean accuracy of {accuracy[sick]:.3f} has nothing to be cured")
    return all_of(
        {
            f"{without} against {sick}": below(
                difference(table, "accuracy", of=without, against=sick, by="name")
            ),
            without: below(mean_of(table[table["name"] == without], "accuracy"), ALMOST_ALL),
        }
    )


@claim(
    "T7-wiring",
    says="The failing log comes of batch norm of D that the two steps wire differently",
    where="Ours, on the first log excerpt",
    published="called a strong discriminator",
    tables=["batch_norm"],
)
def wiring(tables: Tables) -> Finding:
    """With images apart, running averages in G's step show the signature more than its batch's.

    Batch norm of D alone is tested: that of G is its batch's wherever it trains.
    """
    cells = tables["batch_norm"]
    return above(difference(cells, "symptom", of="apart_running", against="apart_batch", by="name"))


@claim(
    "T8",
    says="Dropout in a discriminator that is too strong helps",
    where="Four ways of weakening D, 2",
    published=ARTICLE,
    tables=["weakened"],
)
def dropout_helps(tables: Tables) -> Finding:
    """From a strong D: accuracy falls, and the distance falls."""
    return _weakened(tables, "w2")


def _weakened(tables: Tables, how: str) -> Finding:
    table = tables["weakened"]
    return all_of(
        {
            metric: below(difference(table, metric, of=how, against="strong", by="name"))
            for metric in ("accuracy", "frechet")
        }
    )


@claim(
    "T9",
    says="A discriminator that learns more slowly than the generator is better",
    where="Four ways of weakening D, 3",
    published=ARTICLE,
    tables=["rate_ratios"],
)
def slower(tables: Tables) -> Finding:
    """Distance falls from D : G = 4 : 1 to 1 : 4, and to 1 : 1, paired on seeds.

    From 4 : 1 to 1 : 4 G's own rate grows by four as well; from 4 : 1 to 1 : 1 only D's changes.
    """
    table = tables["rate_ratios"]
    return all_of(
        {
            words: below(difference(table, "frechet", of=ratio, against="4:1", by="name"))
            for ratio, words in (("1:4", "1:4 against 4:1"), ("1:1", "1:1, the same G"))
        }
    )


@claim(
    "T9-strong",
    says="Where the discriminator is too strong, a smaller learning rate of it helps",
    where="Four ways of weakening D, 3",
    published=ARTICLE,
    tables=["weakened"],
)
def slower_where_strong(tables: Tables) -> Finding:
    """From a strong D: accuracy falls, and the distance falls."""
    return _weakened(tables, "w3")


@claim(
    "T10",
    says="A stronger generator lowers the discriminator's accuracy and is better",
    where="Four ways of weakening D, 4",
    published=ARTICLE,
    tables=["g_strength"],
)
def stronger_generator(tables: Tables) -> Finding:
    """The widest against the narrowest generator: accuracy and distance are lower."""
    table = tables["g_strength"]
    table = table[(table["g_extra"] == 0) & ~table["labels"].astype(bool)]
    return all_of(
        {metric: below(change(table, metric, "g_width")) for metric in ("accuracy", "frechet")}
    )


@claim(
    "T10-strong",
    says="A deeper generator helps against a discriminator that is too strong",
    where="Four ways of weakening D, 4",
    published=ARTICLE,
    tables=["weakened"],
)
def deeper_generator(tables: Tables) -> Finding:
    """From a strong D, with one more convolution in G: accuracy falls, and the distance falls."""
    return _weakened(tables, "w4")


@claim(
    "T11",
    says="To weaken a strong discriminator in several ways at once hurts",
    where="Four ways of weakening D",
    published="one hypothesis at a time",
    tables=["weakened"],
)
def not_all_at_once(tables: Tables) -> Finding:
    """The mean over pairs of ways is above the mean over single ways, paired on seeds.

    A mean over a diverged run is infinite.
    """
    table = measurements(tables["weakened"], "frechet")
    table = table[table["name"] != "strong"]
    ways = table["name"].str.contains("_").map({True: "pairs", False: "single"})
    means = table.assign(ways=ways).groupby(["ways", "seed"])["measured"].mean().reset_index()
    return above(difference(means, "measured", of="pairs", against="single", by="ways"))
