"""The article's rules as tests, T1 to T15, written before the runs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    measured_with,
    trend,
    untested,
    within,
)
from saigen.papers.gan_tuning.names import EXPECTED

Tables = Mapping[str, pd.DataFrame]

ARTICLE = "no numbers"


def _ends(table: pd.DataFrame, column: str) -> tuple[float, float]:
    """Return the lowest and the highest level of a factor."""
    return table[column].min(), table[column].max()


def _change(table: pd.DataFrame, metric: str, column: str, better: str = "lower"):
    """Return how a metric changes from the lowest to the highest level of a factor."""
    low, high = _ends(table, column)
    return difference(table, metric, of=high, against=low, by=column, better=better)


@claim(
    "T1",
    says="A larger batch trains more steadily, at the same number of iterations",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def steadier(tables: Tables) -> Finding:
    """The deviation of D's loss over the second half falls along the batch sizes."""
    return trend(tables["batches"], "unsteadiness", along="batch_size", direction="falls")


@claim(
    "T1-diversity",
    says="A larger batch draws less diverse images",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def less_diverse(tables: Tables) -> Finding:
    """Recall, and the classes drawn, are lower with the largest batch than with the smallest."""
    table = tables["batches"]
    return all_of(
        {name: below(_change(table, name, "batch_size", "higher"))
         for name in ("recall", "classes_drawn")}
    )  # fmt: skip


@claim(
    "T1-quality",
    says="A larger batch generalises better",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def better_at_equal_steps(tables: Tables) -> Finding:
    """Distance to test images at equal iterations is lower with the largest batch."""
    return below(_change(tables["batches"], "frechet", "batch_size"))


@claim(
    "T2",
    says="A larger batch is better for the same number of images",
    where="Batch size",
    published=ARTICLE,
    tables=["equal_images"],
)
def better_at_equal_images(tables: Tables) -> Finding:
    """Distance with the fewest steps (largest batch) is below that with the most."""
    table = tables["equal_images"]
    few, many = _ends(table, "in_steps")
    return below(difference(table, "frechet", of=few, against=many, by="in_steps"))


@claim(
    "T3",
    says="Learning rates have an optimum: a small one is slow, a large one unstable",
    where="Learning rate",
    published=ARTICLE,
    tables=["rates"],
)
def inverted_u(tables: Tables) -> Finding:
    """The rate with the lowest mean lies inside, and both ends are above it, paired on seeds."""
    table = tables["rates"]
    means = table.groupby("learning_rate")["frechet"].mean()
    low, high = _ends(table, "learning_rate")
    if len(means) < 3:
        return untested("three learning rates or more are wanted")
    inside = means.drop([low, high]).idxmin()
    return all_of(
        {
            f"{end:g} against {inside:g}": above(
                difference(table, "frechet", of=end, against=inside, by="learning_rate")
            )
            for end in (low, high)
        }
    )


@claim(
    "T4",
    says="Dropout in the discriminator lowers its accuracy",
    where="Dropout",
    published=ARTICLE,
    tables=["d_dropout"],
)
def dropout_weakens(tables: Tables) -> Finding:
    """Accuracy over the second half falls along dropout."""
    return trend(tables["d_dropout"], "accuracy", along="d_dropout", direction="falls")


@claim(
    "T4-diversity",
    says="Too much dropout in the discriminator makes images monotonous",
    where="Dropout",
    published=ARTICLE,
    tables=["d_dropout"],
)
def monotonous(tables: Tables) -> Finding:
    """Recall and classes drawn at the highest dropout are below those at 0.25."""
    table = tables["d_dropout"]
    high = table["d_dropout"].max()
    return all_of(
        {
            name: below(
                difference(table, name, of=high, against=0.25, by="d_dropout", better="higher")
            )
            for name in ("recall", "classes_drawn")
        }
    )


@claim(
    "T5",
    says="Dropout in the generator slows it down",
    where="Dropout",
    published=ARTICLE,
    tables=["g_dropout"],
)
def generator_dropout(tables: Tables) -> Finding:
    """Distance with the most dropout is above that with none."""
    return above(_change(tables["g_dropout"], "frechet", "g_dropout"))


@claim(
    "T6",
    says="The best balance is an accuracy of one half",
    where="Balance",
    published="an ideal of about 50%",
    tables=["d_widths"],
)
def balance(tables: Tables) -> Finding:
    """Over widths, runs whose accuracy is nearer to one half have the lower distance.

    Rank correlation of |accuracy − ½| with the distance, over all runs, with its standard error.
    """
    table = tables["d_widths"].dropna(subset=["frechet", "accuracy"])
    return above(_correlation((table["accuracy"] - 0.5).abs(), table["frechet"]))


def _correlation(a: pd.Series, b: pd.Series):
    """Return Spearman's ρ with Fisher's standard error 1.03 / √(n − 3)."""
    if len(a) < 5:
        return measured_with(np.nan, np.nan, len(a))
    rho = float(stats.spearmanr(a, b).statistic)
    return measured_with(rho, 1.03 / (len(a) - 3) ** 0.5, len(a))


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
        {metric: below(_change(table, metric, "g_width")) for metric in ("accuracy", "frechet")}
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


@claim(
    "T12",
    says="A discriminator that leads in the first iterations does no harm",
    where="Diagnosis",
    published="the first 50 iterations are normal",
    tables=["early"],
)
def harmless(tables: Tables) -> Finding:
    """Rank correlation of early accuracy with the final distance is within ±0.4 over seeds."""
    table = tables["early"].dropna(subset=["early_accuracy", "frechet"])
    if len(table) < 5:
        return untested("five seeds or more are wanted")
    return within(_correlation(table["early_accuracy"], table["frechet"]), 0.4)


@claim(
    "T13",
    says="An accuracy near 100% with a loss of G near 0 means that D is too strong",
    where="First log excerpt",
    published="the article's reading",
    tables=["faults"],
)
def strong_signature(tables: Tables) -> Finding:
    """A strong D shows the signature (R3) in more than half of its logs."""
    return above(_share(tables, ["strong"], "R3"), 0.5)


@claim(
    "T13-wiring",
    says="It means a wiring fault",
    where="Ours",
    published="not stated",
    tables=["faults"],
)
def wiring_signature(tables: Tables) -> Finding:
    """Wiring faults show it in more than half of their logs, and all else in fewer than a tenth."""
    wired = ["unfrozen", "norm_mismatch", "swapped"]
    sound = [fault for fault in EXPECTED if fault not in wired]
    return all_of(
        {
            "wiring faults": above(_share(tables, wired, "R3"), 0.5),
            "all else": below(_share(tables, sound, "R3"), 0.1),
        }
    )


def _share(tables: Tables, faults: list[str], rule: str):
    """Return how often a rule fires, with its binomial standard error (Agresti and Coull)."""
    table = tables["faults"]
    fired = table[table["fault"].isin(faults)][rule]
    n, share = len(fired), float(fired.mean())
    middle = (fired.sum() + 2.0) / (n + 4.0)
    return measured_with(share, float((middle * (1.0 - middle) / (n + 4.0)) ** 0.5), n)


@claim(
    "T13-rules",
    says="Five rules tell the faults apart",
    where="Ours",
    published="not stated",
    tables=["faults"],
)
def rules(tables: Tables) -> Finding:
    """The first rule that fires is one expected of what was planted in three quarters of logs."""
    table = tables["faults"]
    first = table["fires"].str.split().str[0]
    right = [rule in EXPECTED[fault] for rule, fault in zip(first, table["fault"], strict=True)]
    n, share = len(right), float(np.mean(right))
    middle = (sum(right) + 2.0) / (n + 4.0)
    return above(measured_with(share, float((middle * (1.0 - middle) / (n + 4.0)) ** 0.5), n), 0.75)


@claim(
    "T14",
    says="All fakes rejected and a loss of G below ln 2 never come of a rightly wired GAN",
    where="Ours: the bound (2a − 1) ln 2",
    published="not stated",
    tables=["faults"],
)
def sound(tables: Tables) -> Finding:
    """Over rows of logs of sound wirings, the share with the signature is below 1%."""
    table = tables["faults"]
    rows = table[table["fault"].isin(["none", "strong", "weak", "idle_generator"])]["below"]
    return below(measured_with(float(rows.mean()), float(rows.std(ddof=1)) / len(rows) ** 0.5,
                               len(rows)), 0.01)  # fmt: skip


@claim(
    "T15",
    says="A healthy run stands at ln 2, and late at an accuracy of 70 to 78% with G above 1.3",
    where="Second log excerpt",
    published="D loss 0.69, G loss 0.70 at 700 to 1,400; G loss 1.33 to 1.71 from 14,000 on",
    tables=["profile"],
)
def healthy(tables: Tables) -> Finding:
    """Both losses within 0.1 of the article's in the balance; late accuracy within 0.1 of it."""
    table = tables["profile"].dropna()
    theirs = table[table["source"] == "article"].set_index("stretch")
    parts = {}
    for stretch, metric in (("balance", "d_loss"), ("balance", "g_loss"), ("late", "accuracy")):
        runs = table[(table["source"] == "ours") & (table["stretch"] == stretch)]
        if runs.empty:
            return untested(f"no run has the iterations of the {stretch} stretch")
        parts[f"{stretch}, {metric}"] = within(
            mean_of(runs, metric), 0.1, float(theirs.loc[stretch, metric])
        )
    return all_of(parts)
