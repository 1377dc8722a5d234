"""Claims on reading a log: T12 to T15."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, mean_of, untested, within
from saigen.claims.runs import measurements
from saigen.diagnose.rules import ALMOST_ALL
from saigen.papers.gan_tuning.claims.reading import Tables, correlation
from saigen.papers.gan_tuning.names import CLASSES, EXPECTED
from saigen.stats import Interval, proportion

#: Faults that leave the two steps with two discriminators; the rest are wired rightly.
MISWIRED = CLASSES["miswired"]
WIRED = [fault for faults in CLASSES.values() for fault in faults if fault not in MISWIRED]
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

    Early: the first hundred iterations. Untested unless D leads there in five runs or more, by an
    accuracy of 0.97 or more. Thirty seeds give an interval of ±0.37 about 0: a narrower margin
    could hardly be met.
    """
    table = measurements(tables["early"].dropna(subset=["early_accuracy"]), "frechet")
    if len(table) < 5:
        return untested("five seeds or more are wanted")
    early = table["early_accuracy"]
    leading = int((early >= ALMOST_ALL).sum())
    note = f"early accuracy {early.min():.3f} to {early.max():.3f}"
    if leading < 5:
        return untested(f"D leads in {leading} of {len(early)} runs only: {note}")
    return within(replace(correlation(early, table["measured"]), note=note), 0.6)


@claim(
    "T13",
    says="An accuracy near 100% with a loss of G near 0 means that D is too strong",
    where="First log excerpt",
    published="the article's reading",
    tables=["faults"],
)
def strong_signature(tables: Tables) -> Finding:
    """A strong D shows the signature (R3) in more than half of its logs."""
    return above(_share(tables["faults"], ["strong"], "R3"), 0.5)


@claim(
    "T13-wiring",
    says="It means a wiring fault",
    where="Ours",
    published="not stated",
    tables=["faults"],
)
def wiring_signature(tables: Tables) -> Finding:
    """Each wiring fault shows it in more than half of its logs, sound wirings in fewer than 15%.

    Of six logs all must show it for Wilson's interval to lie above one half; of 24 without one that
    shows it, the interval ends at 14%. A saturating loss, which cannot show it, is not counted.
    """
    table = tables["faults"]
    shares = {fault: _share(table, [fault], "R3") for fault in MISWIRED}
    found = all_of(
        {
            **{fault: above(share, 0.5) for fault, share in shares.items()},
            "sound wirings": below(_share(table, WIRED, "R3"), 0.15),
        }
    )
    counts = (f"{fault} {s.value * s.n:.0f} of {s.n}" for fault, s in shares.items())
    return replace(found, why=f"{found.why}; R3 in {', '.join(counts)}")


def _share(table: pd.DataFrame, faults: Sequence[str], column: str) -> Interval:
    """Return in which share of the logs of some faults a column holds, with Wilson's interval."""
    fired = table[table["fault"].isin(faults)][column]
    return proportion(int(fired.sum()), len(fired))


@claim(
    "T13-rules",
    says="Five rules tell four classes of runs apart: sound, miswired, D far ahead, D too weak",
    where="Ours",
    published="not stated",
    tables=["faults"],
)
def rules(tables: Tables) -> Finding:
    """In each class the first rule that fires is right in more than half of the logs.

    Miswired are D not frozen, batch norm wired apart and swapped labels (R3); far ahead is D where
    it is strong or G idle (R1); weak is R4. Of a sound run no rule, balance (R2) and a D that pulls
    ahead slowly (R5) are right. The faults of one class are not told apart. A class of six logs
    needs all six for Wilson's interval to lie above one half.
    """
    table = tables["faults"]
    first = table["fires"].str.split().str[0]
    right = [rule in EXPECTED[fault] for rule, fault in zip(first, table["fault"], strict=True)]
    table = table.assign(right=right)
    return all_of(
        {words: above(_share(table, faults, "right"), 0.5) for words, faults in CLASSES.items()}
    )


@claim(
    "T14",
    says="All fakes rejected and a loss of G below ln 2 never come of a rightly wired GAN",
    where="Ours: the bound (2a − 1) ln 2",
    published="not stated",
    tables=["faults"],
)
def sound(tables: Tables) -> Finding:
    """Of the steps in which D rejects all fakes, fewer than 1% have such a loss, by sound wiring.

    Means over the runs that have such a step, for no fault, a strong D, a weak D and an idle G
    each; one of these without such a run is left out. A step is a row of the log at `standard`. Not
    0: D is updated, and other latents drawn, between the two measurements. A saturating loss is
    another one, which is negative always, and not counted. The note has the same share of the
    faulty wirings: how often the two together detect them. Where all runs have a share of 0 the
    interval has no width, however few their steps are; with a strong D or an idle G the loss of G
    is about 10, and nothing could come near.
    """
    table = tables["faults"].dropna(subset=["impossible"])
    shares = dict(list(table.groupby("fault", sort=False)))
    parts = {fault: below(mean_of(shares[fault], "impossible"), 0.01)
             for fault in WIRED if fault in shares}  # fmt: skip
    if not parts:
        return untested("with a sound wiring D rejects all fakes in no step")
    told = [f"{fault} {shares[fault]['impossible'].mean():.2g}"
            if fault in shares else f"{fault} has no such step" for fault in MISWIRED]  # fmt: skip
    without = [f"{fault} has no such step" for fault in WIRED if fault not in shares]
    found = all_of(parts)
    return replace(found, why="; ".join([found.why, f"share in {', '.join(told)}", *without]))


@claim(
    "T15",
    says="A healthy run stands at ln 2, and late at an accuracy of 70 to 78% with G above 1.3",
    where="Second log excerpt",
    published="D loss 0.69, G loss 0.70 at 700 to 1,400; G loss 1.33 to 1.71 from 14,000 on",
    tables=["profile"],
)
def healthy(tables: Tables) -> Finding:
    """Losses within 0.1 of the article's in the balance; late, its accuracy and its loss of G.

    Late is 14,000 to 19,000 there; at `standard` runs end at 15,000. Three seeds hardly confirm it:
    their interval lies inside 70 to 78% only where they differ by a deviation of 0.016 or less.
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
