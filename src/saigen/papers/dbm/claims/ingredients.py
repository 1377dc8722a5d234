"""Claims on what the method is made of: centring, marginalisation, orthogonal initial weights.

Two cells of the ablation are compared where one of them has learned: of two that are no better
than independent pixels the smaller distance says nothing of an ingredient.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import Finding, all_of, below, claim, ratio
from saigen.errors import SaigenError
from saigen.papers.dbm.claims.learned import SHARE, Tables


def _of_factor(tables: Tables, factor: str, of: str, against: str, centre: str = "") -> Finding:
    """Compare two levels of one factor of the ablation: the ratio of distances is below 1.

    What it is worth in likelihood is told beside the verdict, and decides nothing. Each seed gives
    one ratio, the geometric mean over the cells of the other factors, of those in which either
    level has learned: its mean distance over seeds, geometric, is below half of that of independent
    pixels.

    Args:
      centre: of machines with this centre only; of none and the data's by default.

    Raises:
      SaigenError: no such cells, or none in which a level has learned.
    """
    rows = tables["ablation"]
    centres = [of, against] if factor == "centre" else [centre] if centre else ["none", "data"]
    rows = rows[rows["init"].isin(["orthogonal", "normal"]) & rows["centre"].isin(centres)]
    lost = (rows["status"] == "diverged") | rows["fd_sample"].isna()
    rows = rows.assign(
        # As words: a pair is found by equal labels, and `of` is shown in the verdict.
        marginal=rows["marginal"].map({True: "yes", False: "no"}),
        log_fd=np.log(rows["fd_sample"].mask(lost, np.inf)),
        log_share=np.log(rows["fd_sample"].mask(lost, np.inf) / rows["fd_means"]),
    )
    others = [name for name in ("centre", "marginal", "init") if name != factor]
    values = ["log_fd", "log_share", "log_likelihood"]
    cells = rows.pivot(index=["seed", *others], columns=factor, values=values)
    both = pd.MultiIndex.from_product([values, [of, against]], names=[None, factor])
    cells = cells.reindex(columns=both)
    cells = cells[cells["log_fd"].notna().all(axis=1)]
    if cells.empty:
        raise SaigenError(f"no cell of the ablation was run with {of} and {against}")
    best = np.exp(cells["log_share"].groupby(others).mean().min(axis=1))
    learned = best.index[best < SHARE]
    if learned.empty:
        raise SaigenError(
            f"no machine that is compared has learned: at best {best.min():.2g} of the distance of "
            "independent pixels, where half is asked"
        )
    cells = cells[cells.index.droplevel("seed").isin(learned)]
    means = np.exp(cells["log_fd"].groupby("seed").mean().stack()).rename("fd").reset_index()
    found = below(ratio(means, "fd", of=of, against=against, by=factor), 1.0)
    likely = cells["log_likelihood"]
    gain = (likely[of] - likely[against]).mean()
    told = f"in {len(learned)} of {len(best)} pairs of cells one has learned"
    return replace(
        found, why=f"{found.why}; {told}; by log-likelihood {gain:+.3g} nats in the mean"
    )


def _overall_and_centred(tables: Tables, factor: str, of: str, against: str) -> Finding:
    return all_of(
        {
            "over both centres": _of_factor(tables, factor, of, against),
            "centred": _of_factor(tables, factor, of, against, "data"),
        }
    )


@claim(
    "C13-centring",
    says="Centring by the data's mean helps: samples are nearer",
    where="a third party's summary of the paper",
    published="in words",
    tables=["ablation"],
)
def centring_helps(tables: Tables) -> Finding:
    """Over the 2³ ablation, at equal updates, distances with and without have a ratio below 1."""
    return _of_factor(tables, "centre", "data", "none")


@claim(
    "C13-half",
    says="Centring at 1/2 everywhere helps: samples are nearer",
    where="ours: the paper's own form of centring was not found",
    published="not stated",
    tables=["ablation"],
)
def centring_at_half_helps(tables: Tables) -> Finding:
    """The ratio of distances with centres at 1/2 and without is below 1, of LMI run with both."""
    return _of_factor(tables, "centre", "half", "none")


@claim(
    "C13-marginal",
    says="Marginalisation helps: samples are nearer",
    where="a third party's summary of the paper",
    published="in words",
    tables=["ablation"],
)
def marginalisation_helps(tables: Tables) -> Finding:
    """The ratio of distances with and without it is below 1, with either centre and centred."""
    return _overall_and_centred(tables, "marginal", "yes", "no")


@claim(
    "C13-orthogonal",
    says="Orthogonal initial weights help: samples are nearer",
    where="a third party's summary of the paper",
    published="in words",
    tables=["ablation"],
)
def orthogonality_helps(tables: Tables) -> Finding:
    """The ratio of distances to those from normal weights of the same size is below 1, likewise."""
    return _overall_and_centred(tables, "init", "orthogonal", "normal")
