"""Claims on reading a log: T12 to T15."""

import numpy as np

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    mean_of,
    measured_with,
    untested,
    within,
)
from saigen.papers.gan_tuning.claims.reading import Tables, correlation
from saigen.papers.gan_tuning.names import EXPECTED


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
    return within(correlation(table["early_accuracy"], table["frechet"]), 0.4)


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
