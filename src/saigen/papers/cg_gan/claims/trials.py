"""Claims about the best of many trials, at equal numbers of them."""

from saigen.claims import Finding, all_of, below, claim
from saigen.papers.cg_gan.claims.reading import Tables, log_ratio, logarithm


@claim(
    "B6",
    says="At equal numbers of trials conjugate gradients' average of the best k is below SGD's",
    where="Result tables of the released code, where the numbers of trials differ",
    published="top 10: 29.63 to 34.82 of 75 trials against 41.09 of 25 (SGD)",
    tables=["selection"],
)
def at_equal_trials(tables: Tables) -> Finding:
    """For each rule, against the same draws from SGD's trials at the same rates, by seed.

    In logarithms.
    """
    return _against_inert(tables, "equal_trials", "inert")


@claim(
    "B6-best",
    says="At equal numbers of trials conjugate gradients' best is below SGD's",
    where="Result tables of the released code, where the numbers of trials differ",
    published="top 1: 26.02 to 30.31 of 75 trials against 30.34 of 25 (SGD)",
    tables=["selection"],
)
def best_at_equal_trials(tables: Tables) -> Finding:
    """As B6, of the one best."""
    return _against_inert(tables, "best_equal_trials", "inert_best")


def _against_inert(tables: Tables, of: str, against: str) -> Finding:
    """Compare a rule's draws with what they would give if β had no effect, rule by rule."""
    found = {}
    for rule, runs in tables["selection"].groupby("optimiser", sort=False):
        long = runs.melt("seed", [of, against], "how", "distance")
        logs = logarithm(long, "distance")
        found[rule] = below(log_ratio(logs, "distance", of=of, against=against, by="how"))
    return all_of(found)
