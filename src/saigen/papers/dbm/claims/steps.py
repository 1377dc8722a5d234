"""Claims on steps and bias: slides 8 and 14 to 24, on random machines."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    mean_of,
    measured_with,
    slope_of,
    trend,
    within,
)
from saigen.errors import SaigenError
from saigen.papers.dbm.toy_tables import HIGH

Tables = Mapping[str, pd.DataFrame]

#: Units a layer up to which a machine counts as low-dimensional.
LOW = 16
#: Where the program cuts a local search off.
MOST_SWEEPS = 500


def counts(tables: Tables, count: str, law: str = "orthogonal") -> pd.DataFrame:
    """Return the toy's rows of one count, at the weights with which training begins."""
    rows = tables["toy"]
    found = rows[(rows["count"] == count) & (rows["law"] == law)]
    if found.empty:
        raise SaigenError(f"no toy machines with {law} weights")
    return found


@claim(
    "C1",
    says="With local mode initialisation τ is almost always 1 in high dimension",
    where="slide 24",
    published="in words",
    needs="quick",
    tables=["toy"],
)
def meets_at_once(tables: Tables) -> Finding:
    """The mean τ of MH + LMI is below 1.01 at each size from 64 units a layer on."""
    rows = counts(tables, "lmi")
    rows = rows[rows["units"] >= HIGH]
    if rows.empty:
        raise SaigenError(f"no toy machines of {HIGH} units a layer or more")
    return all_of(
        {
            f"{units} units": below(mean_of(size, "mean"), 1.01)
            for units, size in rows.groupby("units")
        }
    )


@claim(
    "C2",
    says="In low dimension τ may be above 1",
    where="slide 24, implied",
    published="in words",
    needs="quick",
    tables=["toy"],
)
def takes_longer_when_small(tables: Tables) -> Finding:
    """Of MH + LMI with 16 units a layer or fewer, less than 95% of chains have τ = 1.

    Each seed's share is over the sizes. The mean τ is told: it is small, and its tail heavy.
    """
    rows = counts(tables, "lmi")
    rows = rows[rows["units"] <= LOW]
    found = below(mean_of(rows.groupby("seed", as_index=False)["one"].mean(), "one"), 0.95)
    told = f"τ is {rows['mean'].mean():.3g} in the mean, and at most {rows['largest'].max():.0f}"
    return replace(found, why=f"{found.why}; {told}")


@claim(
    "C3",
    says="With maximally coupled Gibbs chains τ explodes with the dimension",
    where="slide 19",
    published="exponential, in words",
    needs="quick",
    tables=["toy"],
)
def gibbs_explodes(tables: Tables) -> Finding:
    """τ rises, faster than the square from 64 to 256 units; at the largest most pairs are given up.

    A pair that was given up counts with the cap, which can only flatten the rise.
    """
    rows = counts(tables, "gibbs")
    largest = rows[rows["units"] == rows["units"].max()]
    middle = rows[rows["units"].between(HIGH, 4 * HIGH)]
    return all_of(
        {
            "mean τ": trend(rows, "mean", along="units", direction="rises"),
            "exponent": above(slope_of(middle, "mean", along="units"), 2.0),
            "share given up": above(mean_of(largest, "capped", better="lower"), 0.5),
        }
    )


@claim(
    "C4",
    says="T, the sweeps of the local search, grows at most linearly with the dimension",
    where="slide 24",
    published="in words",
    needs="quick",
    tables=["toy"],
)
def search_is_sublinear(tables: Tables) -> Finding:
    """The log-log slope of mean T over units, from 64 a layer, is below 1, orthogonal and normal.

    Four times the same weights have the same signs, and so the same searches: that law counts once.
    """
    rows = tables["toy"]
    rows = rows[(rows["count"] == "search") & (rows["units"] >= HIGH)]
    rows = rows[rows["law"] != "orthogonal_4"]
    if rows.empty:
        raise SaigenError(f"no toy machines of {HIGH} units a layer or more")
    return all_of(
        {
            law: below(slope_of(part, "mean", along="units"), 1.0)
            for law, part in rows.groupby("law", sort=False)
        }
    )


@claim(
    "C5",
    says="The local search always comes to an end",
    where="slide 22",
    published="in words",
    needs="smoke",
    tables=["toy", "readings"],
)
def search_ends(tables: Tables) -> Finding:
    """No search takes the 500 sweeps allowed: random machines of every law, every training update.

    Of all trainings but those of the grid of rates and of grey and coloured images. Of a training
    the slowest search of the whole run is read. A run that diverged has none that is known; how
    many did is told.
    """
    toy, runs = tables["toy"], tables["readings"]
    searches = toy[toy["count"] == "search"]["largest"]
    longest = runs[["longest_search_positive", "longest_search_negative"]].max(axis=1)
    experiments = ", ".join(dict.fromkeys(runs["experiment"]))
    lost, longest = int(longest.isna().sum()), longest.dropna()
    if longest.empty:
        raise SaigenError("every training diverged: no search of theirs is known")
    found = all_of(
        {
            "random machines": below(
                measured_with(searches.max(), 0.0, len(searches)), MOST_SWEEPS
            ),
            "trained machines": below(
                measured_with(longest.max(), 0.0, len(longest), experiments), MOST_SWEEPS
            ),
        }
    )
    return replace(found, why=f"{found.why}; {lost} runs diverged") if lost else found


@claim(
    "toy-probe",
    says="T, τ and energies of random machines are those of a probe made beforehand",
    where="ours, on slide 24",
    published="a probe in NumPy, not the paper's",
    tables=["probes"],
)
def toy_is_that_of_the_probe(tables: Tables) -> Finding:
    """t-tests at every size where no pair was given up: the smallest p, times their number, is
    above 1%. A few machines a size seldom refute a t-test, and their slowest chains, whole numbers,
    may all be alike: so in the geometric mean over sizes T, the mean and the slowest chain's, is
    that of the probe to 10%, τ of coupled Gibbs chains to 50%, and from 64 units on, where machines
    are alike, energies of modes and of initialised states to 10%. Noise has energies around 0, and
    no such ratio. Of orthogonal weights of gain 1, from local modes and coupled Gibbs chains: of
    the rest the probe has a few sizes, and means over heavy tails.
    """
    rows = tables["probes"]
    rows = rows[(rows["law"] == "orthogonal") & (rows["count"] != "uniform")]
    rows = rows[(rows["capped"] == 0.0) & rows["p"].notna()]
    if rows.empty:
        raise SaigenError("one machine a size has no spread to go by")
    means, large = rows[rows["count"] != "longest"], rows[rows["units"] >= HIGH]
    smallest = min(1.0, float(means["p"].min()) * len(means))
    note = f"smallest p × comparisons; {means['apart'].max():.3g} standard errors apart at most"
    return all_of(
        {
            "t-tests": above(measured_with(smallest, 0.0, len(means), note), 0.01),
            "T": _as_in_the_probe(rows, "search"),
            "slowest T": _as_in_the_probe(rows, "longest"),
            "τ": _as_in_the_probe(rows, "gibbs", to=0.5),
            "modes": _as_in_the_probe(large, "energy_mode"),
            "initialised": _as_in_the_probe(large, "energy_initialised"),
        }
    )


def _as_in_the_probe(rows: pd.DataFrame, count: str, to: float = 0.1) -> Finding:
    """One count is that of the probe to a share of it, in the geometric mean over sizes."""
    rows = rows[rows["count"] == count]
    if rows.empty:
        raise SaigenError(f"no size at which {count} stands beside that of the probe")
    mean = float(np.exp(np.log(rows["ours"] / rows["probe"]).mean()))
    # Relative errors of both means at every size, as the probe's machines spread as ours do.
    machines = 1.0 / rows["machines"] + 1.0 / rows["models"]
    error = float(np.sqrt(((rows["spread"] / rows["ours"]) ** 2 * machines).sum())) / len(rows)
    effect = measured_with(mean, mean * error, len(rows), "ours over the probe's")
    return within(effect, to, around=1.0)


def _no_bias(tables: Tables, estimator: str) -> Finding:
    rows = tables["unbiasedness"]
    rows = rows[rows["estimator"] == estimator]
    smallest = min(1.0, float(rows["z_p"].min()) * len(rows))
    note = f"smallest p × machines; largest |z| {rows['largest_z'].max():.3g}"
    if (rows["capped"] > 0.0).any():
        note += f"; up to {rows['capped'].max():.2g} of its pairs were given up, which biases it"
    return above(measured_with(smallest, 0.0, len(rows), note), 0.01)


@claim(
    "C6",
    says="The coupled estimator, as specified, is unbiased",
    where="slides 14 to 21",
    published="in words",
    needs="quick",
    tables=["unbiasedness"],
)
def specified_is_unbiased(tables: Tables) -> Finding:
    """z-tests against enumeration: the smallest p, times their number, is above 1%."""
    return _no_bias(tables, "as_specified")


@claim(
    "C6-gibbs",
    says="Maximally coupled Gibbs chains give an unbiased estimate",
    where="slides 14 to 18",
    published="in words",
    needs="quick",
    tables=["unbiasedness"],
)
def gibbs_is_unbiased(tables: Tables) -> Finding:
    """z-tests against enumeration: the smallest p, times their number, is above 1%."""
    return _no_bias(tables, "gibbs")


@claim(
    "C7",
    says="The released program's estimator, one chain up to its first stay, is unbiased",
    where="the official program's premise",
    published="in code",
    needs="quick",
    tables=["unbiasedness"],
)
def coded_is_unbiased(tables: Tables) -> Finding:
    """z-tests against enumeration: the smallest p, times their number, is above 1%."""
    return _no_bias(tables, "as_coded")


@claim(
    "C15",
    says="Gradients need local statistics alone, no backpropagation",
    where="slide 8",
    published="an equation",
    needs="smoke",
    tables=["gradients"],
)
def gradients_are_local(tables: Tables) -> Finding:
    """On every enumerated machine they equal automatic differentiation to 10⁻³ of summed counts."""
    errors = tables["gradients"]["gradient_error"]
    return below(measured_with(errors.max(), 0.0, len(errors)), 1e-3)
