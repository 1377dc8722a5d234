"""What the claims on the four panels of table 1 share: their rows, their gaps, their order."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from saigen.claims import Finding, all_of, below, difference, ordered
from saigen.errors import SaigenError
from saigen.stats import Comparison

Tables = Mapping[str, pd.DataFrame]

#: Every estimator but the score function.
OTHERS = ("darn", "muprop", "st", "slope_st", "gumbel", "st_gumbel")
#: Those that the paper sets its own two against.
EARLIER = ("sf", "darn", "muprop", "st", "slope_st")
#: Nats by which two digitised values differ at most where the figure has them equal: ±0.1 each.
READING = 0.2


def cell(tables: Tables, experiment: str, latent: str, name: str = "final_nll") -> pd.DataFrame:
    """Return one panel's rows of a table; of the final numbers, a row an estimator and seed."""
    runs = tables[name]
    return runs[(runs["experiment"] == experiment) & (runs["latent"] == latent)]


def gap(runs: pd.DataFrame, of: str, against: str) -> Comparison:
    """Return the paired difference of two estimators' test numbers, in nats."""
    return difference(runs, "test_nll", of=of, against=against, by="estimator")


def below_each(runs: pd.DataFrame, of: str, rivals: Iterable[str], bound: float) -> Finding:
    """`of` minus each rival is below `bound`; the nearest rival stands for all that hold."""
    gaps = {name: gap(runs, of, name) for name in rivals}
    nearest = sorted(gaps, key=lambda name: -gaps[name].high)
    return all_of({name: below(gaps[name], bound) for name in nearest})


def each_run(
    tables: Tables,
    experiment: str,
    latent: str,
    estimator: str,
    reduce: Callable[[pd.DataFrame], float],
) -> pd.DataFrame:
    """Return one number a run, column `found`: what `reduce` makes of its test curve.

    Every run has its row, also one that diverged before it was ever evaluated: without a number.

    Args:
      reduce: maps the rows of one run, in the order of steps, to a number.
    """
    runs = cell(tables, experiment, latent)
    runs = runs[runs["estimator"] == estimator]
    curves = cell(tables, experiment, latent, "curves")
    curves = curves[curves["estimator"] == estimator].sort_values("step")
    found = {seed: reduce(part) for seed, part in curves.groupby("seed")}
    return runs.assign(found=runs["seed"].map(found).astype(float))


def as_published_at_last_step(tables: Tables, experiment: str, latent: str) -> Finding:
    """Compare the order of our final numbers with the published curves at the step of ours.

    Ours are of all test images, and a diverged run has its row among them.
    """
    curves = cell(tables, experiment, latent, "mean_curves")
    last = curves[curves["step"] == curves["step"].max()]
    published = last.set_index("estimator")["published"]
    if published.notna().sum() < 3:
        raise SaigenError("the published figure shows fewer than three curves at the last step")
    # SF leaves the plotted range for a while: it is above all that is shown.
    known = published.fillna(published.max() + 1.0).to_dict()
    ours = cell(tables, experiment, latent)
    return ordered(ours, "test_nll", by="estimator", published=known, apart=READING)
