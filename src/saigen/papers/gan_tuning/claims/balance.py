"""Claims on weakening the discriminator: T7 to T11."""

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
)
from saigen.papers.gan_tuning.claims.reading import ARTICLE, Tables, change


@claim(
    "T7",
    says="Without batch norm the discriminator no longer tells everything right",
    where="Four ways of weakening D, 1",
    published="accuracy of about 100% is cured",
    tables=["batch_norm"],
)
def removing_norm(tables: Tables) -> Finding:
    """As Keras wires it (apart, running averages): accuracy without batch norm is lower."""
    table = tables["batch_norm"]
    wired = table[~table["together"].astype(bool) & table["running"].astype(bool)]
    wired = wired.assign(d_norm=wired["d_norm"].map({True: "with", False: "without"}))
    return below(difference(wired, "accuracy", of="without", against="with", by="d_norm"))


@claim(
    "T7-wiring",
    says="The article's failing log comes of batch norm that the two steps wire differently",
    where="Ours, on the first log excerpt",
    published="called a strong discriminator",
    tables=["batch_norm"],
)
def wiring(tables: Tables) -> Finding:
    """With batch norm and images apart, running averages in G's step show the signature more."""
    table = tables["batch_norm"]
    cells = table[table["d_norm"].astype(bool) & ~table["together"].astype(bool)]
    cells = cells.assign(running=cells["running"].map({True: "running", False: "batch"}))
    return above(difference(cells, "symptom", of="running", against="batch", by="running"))


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
    """Distance falls from D : G = 4 : 1 to 1 : 4: the ends, paired on seeds."""
    table = tables["rate_ratios"]
    return below(difference(table, "frechet", of="1:4", against="4:1", by="name"))


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
    "T11",
    says="To weaken a strong discriminator in several ways at once hurts",
    where="Four ways of weakening D",
    published="one hypothesis at a time",
    tables=["weakened"],
)
def not_all_at_once(tables: Tables) -> Finding:
    """The mean over pairs of ways is above the mean over single ways, paired on seeds."""
    table = tables["weakened"]
    table = table[table["name"] != "strong"]
    ways = table["name"].str.contains("_").map({True: "pairs", False: "single"})
    means = table.assign(ways=ways).groupby(["ways", "seed"])["frechet"].mean().reset_index()
    return above(difference(means, "frechet", of="pairs", against="single", by="ways"))
