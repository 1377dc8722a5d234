"""Tables of random machines: the toy of slide 24, and estimators against enumeration."""

import numpy as np
import pandas as pd
from scipy.special import stdtr

from saigen.claims import slope_of
from saigen.papers.dbm.frames import Frames
from saigen.tables import final, final_by_label

#: Units a layer from which a machine counts as high-dimensional.
HIGH = 64
#: Mean energies (nats): of local modes, after the sweep that follows, and of noise.
ENERGIES = ["energy_mode", "energy_initialised", "energy_uniform"]


def toy(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return sweeps and meeting times of every random machine: a row a run and count."""
    return final_by_label(runs["toy"], ["count"])


def toy_slopes(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return b of T ∝ nᵇ, from 64 units a layer on: a row a law of weights.

    `slope` is the log-log slope of each seed, averaged; `low` and `high` its 95% interval.
    """
    rows = toy(runs, published)
    rows = rows[(rows["count"] == "search") & (rows["units"] >= HIGH)]
    slopes = {
        law: slope_of(part, "mean", along="units")
        for law, part in rows.groupby("law", sort=False)
        if part["units"].nunique() > 1
    }
    found = [[law, HIGH, b.value, b.low, b.high, b.n] for law, b in slopes.items()]
    return pd.DataFrame(found, columns=["law", "from_units", "slope", "low", "high", "n"])


def toy_energies(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return mean energies (nats) of modes, of initialised states and of noise: a row a run."""
    return final(runs["toy"], ENERGIES)


def unbiasedness(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return bias, its noise, z, spread and meeting times: a row a run and estimator.

    `probe` is the bias in a probe in NumPy, of other machines, that was made before this program.
    """
    frame = final_by_label(runs["unbiasedness"], ["estimator"])
    frame = frame[[name for name in frame.columns if not name.startswith("tau_at_least")]]
    return frame.merge(published["biases"], how="left", on=["units", "scale", "estimator"])


def meeting_times(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the share of chains whose meeting time is at least so many steps."""
    rows = runs["unbiasedness"]
    rows = rows[rows["metric"].str.startswith("tau_at_least")].copy()
    rows[["metric", "estimator"]] = rows["metric"].str.split("/", n=1, expand=True)
    rows["at_least"] = rows["metric"].str.removeprefix("tau_at_least_").astype(int)
    names = ["units", "scale", "estimator", "seed", "at_least"]
    return rows[[*names, "value"]].rename(columns={"value": "share"}).sort_values(names)


def gradients(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return how far local gradients are from automatic differentiation: a row a machine."""
    return final(runs["unbiasedness"], ["gradient_error"])


def probes(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the toy beside a probe in NumPy that was made before this program, not by the paper.

    `apart` is the difference of the means over machines, less what the probe's figure was rounded
    by, in standard errors; the probe's machines are taken to spread as ours do. `p` is Student's,
    two-sided, with our machines' degrees of freedom.
    """
    rows = _also_counted(runs["toy"])
    cells = rows.groupby(["law", "count", "units"], as_index=False).agg(
        ours=("mean", "mean"),
        spread=("mean", "std"),
        machines=("mean", "size"),
        capped=("capped", "mean"),
    )
    table = published["probes"].merge(cells, on=["law", "count", "units"])
    errors = table["spread"] * np.sqrt(1.0 / table["machines"] + 1.0 / table["models"])
    gap = ((table["ours"] - table["probe"]).abs() - table["rounding"]).clip(lower=0.0)
    # Machines that are all alike have no error: then a gap is none, or certain.
    table["apart"] = (gap / errors).where(gap > 0.0, errors * 0.0)
    table["p"] = 2.0 * stdtr(table["machines"] - 1, -table["apart"])
    return table


def _also_counted(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the toy's counts, with the slowest search and mean energies as counts of their own."""
    counts = final_by_label(runs, ["count"])
    search = counts[counts["count"] == "search"]
    longest = search.assign(count="longest", mean=search["largest"])
    energies = final(runs, ENERGIES)
    energies = energies.melt(energies.columns.drop(ENERGIES), ENERGIES, "count", "mean").assign(
        capped=0.0
    )
    return pd.concat([counts, longest, energies], ignore_index=True)
