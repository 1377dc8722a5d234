"""What the claims on the four panels of table 1 share: their rows, their gaps, their order."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import Finding, difference, ordered
from saigen.errors import SaigenError
from saigen.stats import Comparison

Tables = Mapping[str, pd.DataFrame]

#: Every estimator but the score function.
OTHERS = ("darn", "muprop", "st", "slope_st", "gumbel", "st_gumbel")


def cell(tables: Tables, experiment: str, latent: str) -> pd.DataFrame:
    """Return the final numbers of one panel: a row an estimator and seed."""
    finals = tables["final_nll"]
    return finals[(finals["experiment"] == experiment) & (finals["latent"] == latent)]


def gap(runs: pd.DataFrame, of: str, against: str) -> Comparison:
    """Return the paired difference of two estimators' test numbers, in nats."""
    return difference(runs, "test_nll", of=of, against=against, by="estimator")


def as_published_at_last_step(tables: Tables, experiment: str, latent: str) -> Finding:
    """Compare our last step's order with the published curves at that very step."""

    def last(name: str) -> pd.DataFrame:
        runs = tables[name]
        runs = runs[(runs["experiment"] == experiment) & (runs["latent"] == latent)]
        return runs[runs["step"] == runs["step"].max()]

    published = last("mean_curves").set_index("estimator")["published"]
    # SF leaves the plotted range for a while: it is above all that is shown.
    known = published.fillna(published.max() + 1.0)
    if published.notna().sum() < 3:
        raise SaigenError("the published figure shows fewer than three curves at the last step")
    return ordered(last("curves"), "test_nll_curve", by="estimator", published=known.to_dict())
