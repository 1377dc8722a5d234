"""Claims on what the method is made of: centring, marginalisation, orthogonal initial weights.

None is tested where no machine that it compares has learned: among machines that are no better
than independent pixels a smaller distance says nothing of an ingredient.
"""

from dataclasses import replace

import numpy as np

from saigen.claims import Finding, all_of, below, claim, ratio
from saigen.errors import SaigenError
from saigen.papers.dbm.claims.learned import SHARE, Tables


def _of_factor(tables: Tables, factor: str, of: str, against: str, centre: str = "") -> Finding:
    """Compare two levels of one factor of the ablation: the ratio of distances is below 1.

    What it is worth in likelihood is told beside the verdict, and decides nothing. Each seed gives
    one ratio, the geometric mean over the cells of the other factors.

    Args:
      centre: of machines with this centre only; of none and the data's by default.

    Raises:
      SaigenError: no such cells, or in none is the mean distance over seeds, geometric, below half
        of that of independent pixels.
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
    cells = rows.pivot(index=["seed", *others], columns=factor, values="log_fd")
    whole = cells.reindex(columns=[of, against]).dropna()
    if whole.empty:
        raise SaigenError(f"no cell of the ablation was run with {of} and {against}")
    compared = rows[rows[factor].isin([of, against])]
    best = np.exp(compared.groupby([factor, *others])["log_share"].mean().min())
    if not best < SHARE:
        raise SaigenError(
            f"no machine that is compared has learned: at best {best:.2g} of the distance of "
            "independent pixels, where half is asked"
        )
    means = np.exp(whole.groupby("seed").mean().stack()).rename("fd").reset_index()
    found = below(ratio(means, "fd", of=of, against=against, by=factor), 1.0)
    likely = rows.pivot(index=["seed", *others], columns=factor, values="log_likelihood")
    gain = (likely[of] - likely[against]).mean()
    return replace(found, why=f"{found.why}; by log-likelihood {gain:+.3g} nats in the mean")


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
