"""Claims on weakening the discriminator: T7 to T11."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from saigen.claims import (
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
from saigen.papers.gan_tuning.claims.reading import ARTICLE, Tables, levels

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
    """From a strong D: accuracy falls, and its mean is below 0.97.

    Untested unless the strong D has an accuracy of 0.97 or more.
    """
    table = tables["weakened"]
    return _healthy(table, "strong") or _cured(table, "strong", "w1")


@claim(
    "T7-cells",
    says="Batch norm taken out of D cures an accuracy of about 100%, however it was wired",
    where="Four ways of weakening D, 1",
    published=ARTICLE,
    tables=["batch_norm"],
)
def removing_any_norm(tables: Tables) -> Finding:
    """As T7 in every wiring whose mean accuracy is 0.97 or more; in no other is aught to cure."""
    table = tables["batch_norm"]
    return _where_sick(table, lambda wiring: _cured(table, wiring, "no_norm"))


@claim(
    "T7-quality",
    says="Where its batch norm lets D tell everything right, images are better without",
    where="Four ways of weakening D, 1",
    published=ARTICLE,
    tables=["batch_norm"],
)
def better_without_norm(tables: Tables) -> Finding:
    """The distance falls in every wiring whose mean accuracy is 0.97 or more.

    Not asked of a D that is right because it is strong: that is T7.
    """
    table = tables["batch_norm"]
    return _where_sick(
        table,
        lambda wiring: below(difference(table, "frechet", of="no_norm", against=wiring, by="name")),
    )


def _healthy(table: pd.DataFrame, name: str) -> Finding | None:
    """Return that there is nothing to cure; None where D is nearly always right."""
    accuracy = table.loc[table["name"] == name, "accuracy"].mean()
    if accuracy >= ALMOST_ALL:
        return None
    return untested(f"{name}: a mean accuracy of {accuracy:.3f} has nothing to be cured")


def _where_sick(table: pd.DataFrame, test: Callable[[str], Finding]) -> Finding:
    """Judge every wiring in which D is nearly always right."""
    sick = [wiring for wiring in WIRINGS if _healthy(table, wiring) is None]
    if not sick:
        return untested("in no wiring is D nearly always right")
    return all_of({wiring: test(wiring) for wiring in sick})


def _cured(table: pd.DataFrame, sick: str, without: str) -> Finding:
    """Judge that accuracy falls from near 100%."""
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
    says=(
        "With real images and fakes apart in D's step, the failing log comes of batch norm of D "
        "that the two steps wire differently"
    ),
    where="Ours, on the first log excerpt",
    published="called a strong discriminator",
    tables=["batch_norm"],
)
def wiring(tables: Tables) -> Finding:
    """With images apart, running averages in G's step show the symptom more than its batch's.

    The symptom is an accuracy above 0.99 with G's loss below 0.1, as a share of rows. Batch norm of
    D alone is tested: that of G is its batch's wherever it trains.
    """
    cells = tables["batch_norm"]
    found = difference(cells, "symptom", of="apart_running", against="apart_batch", by="name")
    shown = cells.loc[cells["name"].isin(["apart_running", "apart_batch"]), "symptom"]
    if (shown == 0.0).all():
        found = replace(found, note=f"no row of the {len(shown)} runs shows it")
    return above(found)


@claim(
    "T8",
    says="Dropout in a discriminator that is too strong helps",
    where="Four ways of weakening D, 2",
    published=ARTICLE,
    tables=["weakened"],
)
def dropout_helps(tables: Tables) -> Finding:
    """From a strong D, as in T7: accuracy falls, and the distance falls.

    Accuracy is read through the drops themselves, which lower it whatever D has learned: its fall
    alone says little.
    """
    return _weakened(tables, "w2")


def _weakened(tables: Tables, how: str) -> Finding:
    table = tables["weakened"]
    return _healthy(table, "strong") or _both_fall(table, of=how, against="strong", by="name")


def _both_fall(table: pd.DataFrame, *, of: object, against: object, by: str) -> Finding:
    """Judge that accuracy and distance are lower."""
    return all_of(
        {
            metric: below(difference(table, metric, of=of, against=against, by=by))
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
    """Distance falls from rates D : G = 1 : 1 to 1 : 2 and to 1 : 4, and from 4 : 1 to 1 : 1.

    Paired on seeds. The first two have a D slower than G against an equal one, by a faster G; the
    last changes D's rate alone.
    """
    table = tables["rate_ratios"]
    return all_of(
        {
            f"{ratio} against {other}": below(
                difference(table, "frechet", of=ratio, against=other, by="name")
            )
            for ratio, other in (("1:4", "1:1"), ("1:2", "1:1"), ("1:1", "4:1"))
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
    """From a strong D, as in T7: accuracy falls, and the distance falls."""
    return _weakened(tables, "w3")


@claim(
    "T10",
    says="A wider generator lowers the discriminator's accuracy and is better",
    where="Four ways of weakening D, 4",
    published=ARTICLE,
    tables=["g_strength"],
)
def wider_generator(tables: Tables) -> Finding:
    """The widest against the narrowest generator: accuracy and distance are lower."""
    table = _with_base(tables["g_strength"], "g_extra", "labels")
    narrow, wide = levels(table, "g_width")
    return _both_fall(table, of=wide, against=narrow, by="g_width")


@claim(
    "T10-depth",
    says="A deeper generator lowers the discriminator's accuracy and is better",
    where="Four ways of weakening D, 4",
    published=ARTICLE,
    tables=["g_strength"],
)
def further_convolution(tables: Tables) -> Finding:
    """With one more convolution in G, of the middle width: accuracy and distance are lower."""
    table = _with_base(tables["g_strength"], "g_width", "labels")
    return _both_fall(table, of=1, against=0, by="g_extra")


@claim(
    "T10-labels",
    says="Classes as a further input lower the discriminator's accuracy, and images are better",
    where="Four ways of weakening D, 4",
    published=ARTICLE,
    tables=["g_strength"],
)
def told_classes(tables: Tables) -> Finding:
    """With the class told, to a G of the middle width and to D: accuracy and distance are lower.

    D is told it too, so that it is not G alone that grows stronger.
    """
    table = _with_base(tables["g_strength"], "g_width", "g_extra")
    return _both_fall(table, of=True, against=False, by="labels")


def _with_base(table: pd.DataFrame, *factors: str) -> pd.DataFrame:
    """Return the runs in which some factors of G's strength are at their base: the middle width."""
    widths = sorted(table["g_width"].unique())
    base = {"g_width": widths[len(widths) // 2], "g_extra": 0, "labels": False}
    table = table.assign(labels=table["labels"].astype(bool))
    for factor in factors:
        table = table[table[factor] == base[factor]]
    return table


@claim(
    "T10-strong",
    says="A deeper generator helps against a discriminator that is too strong",
    where="Four ways of weakening D, 4",
    published=ARTICLE,
    tables=["weakened"],
)
def deeper_generator(tables: Tables) -> Finding:
    """From a strong D, as in T7, with one more convolution in G: accuracy and distance fall."""
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

    From a strong D, as in T7. A mean over a diverged run is infinite: of three seeds, one or two
    with such a mean leave it inconclusive.
    """
    table = tables["weakened"]
    if healthy := _healthy(table, "strong"):
        return healthy
    table = measurements(table[table["name"] != "strong"], "frechet")
    ways = table["name"].str.contains("_").map({True: "pairs", False: "single"})
    means = table.assign(ways=ways).groupby(["ways", "seed"])["measured"].mean().reset_index()
    return above(difference(means, "measured", of="pairs", against="single", by="ways"))
