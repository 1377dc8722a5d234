"""Claims on reading a log: T12 to T15."""

from collections.abc import Sequence
from dataclasses import replace

from saigen.claims import Finding, above, all_of, below, claim, mean_of, untested, within
from saigen.claims.runs import measurements
from saigen.papers.gan_tuning.claims.reading import Tables, correlation
from saigen.papers.gan_tuning.names import EXPECTED
from saigen.stats import Interval, proportion

#: Faults that leave the two steps with two discriminators; the rest are wired rightly.
WIRED = ("unfrozen", "norm_mismatch", "swapped")
#: The article's stretches, and what it has there.
BALANCE = {"d_loss": 0.69, "g_loss": 0.70}
LATE_ACCURACY, LATE_G_LOSS = (0.70, 0.78), 1.3


@claim(
    "T12",
    says="A discriminator that leads in the first iterations does no harm",
    where="Diagnosis",
    published="the first 50 iterations are normal",
    tables=["early"],
)
def harmless(tables: Tables) -> Finding:
    """Rank correlation of early accuracy with the final distance is within ±0.6 over seeds.

    Thirty seeds give an interval of ±0.37 about 0: a narrower margin could hardly be met.
    """
    table = measurements(tables["early"].dropna(subset=["early_accuracy"]), "frechet")
    if len(table) < 5:
        return untested("five seeds or more are wanted")
    return within(correlation(table["early_accuracy"], table["measured"]), 0.6)


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
    """Wiring faults show it in more than half of their logs, and all else in fewer than 15%.

    Of 30 logs without one that shows it, Wilson's interval ends at 11%.
    """
    sound = [fault for fault in EXPECTED if fault not in WIRED]
    return all_of(
        {
            "wiring faults": above(_share(tables, WIRED, "R3"), 0.5),
            "all else": below(_share(tables, sound, "R3"), 0.15),
        }
    )


def _share(tables: Tables, faults: Sequence[str], rule: str) -> Interval:
    """Return in which share of the logs of some faults a rule fires, with Wilson's interval."""
    table = tables["faults"]
    fired = table[table["fault"].isin(faults)][rule]
    return proportion(int(fired.sum()), len(fired))


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
    return above(proportion(sum(right), len(right)), 0.75)


@claim(
    "T14",
    says="All fakes rejected and a loss of G below ln 2 never come of a rightly wired GAN",
    where="Ours: the bound (2a − 1) ln 2",
    published="not stated",
    tables=["faults"],
)
def sound(tables: Tables) -> Finding:
    """Over runs of sound wirings, the mean share of single steps with both is below 1%.

    Not 0: D is updated, and other latents drawn, between the two measurements. A saturating loss
    is another one, which is negative always, and not counted. The note has the faulty wirings.
    """
    table = tables["faults"]
    runs = table[table["fault"].isin(["none", "strong", "weak", "idle_generator"])]
    faulty = table[table["fault"].isin(WIRED)].groupby("fault", sort=False)["impossible"].mean()
    note = "share in " + ", ".join(f"{fault} {share:.2g}" for fault, share in faulty.items())
    found = mean_of(runs, "impossible")
    return below(replace(found, note="; ".join(filter(None, (found.note, note)))), 0.01)


@claim(
    "T15",
    says="A healthy run stands at ln 2, and late at an accuracy of 70 to 78% with G above 1.3",
    where="Second log excerpt",
    published="D loss 0.69, G loss 0.70 at 700 to 1,400; G loss 1.33 to 1.71 from 14,000 on",
    tables=["profile"],
)
def healthy(tables: Tables) -> Finding:
    """Losses within 0.1 of the article's in the balance; late, its accuracy and its loss of G.

    Late is 14,000 to 19,000 there; at `standard` runs end at 15,000.
    """
    table = tables["profile"]
    table = table[table["source"] == "ours"]
    balance, late = (table[table["stretch"] == stretch] for stretch in ("balance", "late"))
    for part in (balance, late):
        if part.loc[part["status"] != "diverged", "d_loss"].isna().any():
            return untested(f"runs end before the {part['stretch'].iloc[0]} stretch")
    low, high = LATE_ACCURACY
    accuracy, g_loss = (mean_of(late, name, better="higher") for name in ("accuracy", "g_loss"))
    return all_of(
        {
            **{
                f"balance, {name}": within(mean_of(balance, name), 0.1, theirs)
                for name, theirs in BALANCE.items()
            },
            "late, accuracy": within(accuracy, (high - low) / 2.0, (low + high) / 2.0),
            "late, g_loss": above(g_loss, LATE_G_LOSS),
        }
    )
