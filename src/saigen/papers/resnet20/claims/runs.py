"""The numbers that claims are about."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.errors import SaigenError
from saigen.papers.resnet20.h1 import under_h1
from saigen.papers.resnet20.optimisers import PAGE

Tables = Mapping[str, pd.DataFrame]


def runs_of(tables: Tables, experiment: str, **cells: object) -> pd.DataFrame:
    """Return the rows of one experiment's table of final numbers that have these cells."""
    rows = tables["final"]
    rows = rows[rows["experiment"] == experiment]
    for column, level in cells.items():
        rows = rows[rows[column] == level]
    if rows.empty:
        raise SaigenError(f"no runs of {experiment} at this scale")
    return rows


def of_cifar10(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, if all are of runs on CIFAR-10.

    Raises:
      SaigenError: they are not; the number to hold them against is of CIFAR-10.
    """
    if others := sorted(set(rows["dataset"]) - {"cifar10"}):
        raise SaigenError(f"the number is of cifar10, these runs of {', '.join(others)}")
    return rows


def h1_and_h3(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the page's optimisers reached under H1 and under H3, after as many steps.

    Of the same optimisers and seeds, without SGD: the program of H3 has none.

    Raises:
      SaigenError: fewer than three optimisers, no seed, or no run under H1 so far.
    """
    h3 = runs_of(tables, "rate_tables", table="h3")
    h3 = h3[h3["optimiser"].isin(set(PAGE) - {"sgd"})]
    h1 = under_h1(tables["curves"], h3["step"].max())
    h1 = h1[h1["optimiser"].isin(h3["optimiser"]) & h1["seed"].isin(h3["seed"])]
    if h1.empty:
        raise SaigenError("no run under H1 has a loss at H3's last step")
    if h1["optimiser"].nunique() < 3:
        raise SaigenError("an order, or a spread, needs three optimisers")
    return h1, h3[h3["optimiser"].isin(h1["optimiser"]) & h3["seed"].isin(h1["seed"])]


def over_optimisers(rows: pd.DataFrame, metric: str, logarithm: bool = False) -> pd.DataFrame:
    """Return the mean over optimisers of each experiment and seed: the optimisers are no sample.

    A seed with a diverged run has no mean.

    Args:
      logarithm: the mean is geometric.
    """
    values = rows[metric]
    if "status" in rows:
        values = values.mask(rows["status"] == "diverged")
    groups = (np.log(values) if logarithm else values).groupby([rows["experiment"], rows["seed"]])
    means = groups.mean(skipna=False)
    return (np.exp(means) if logarithm else means).rename(metric).reset_index()


def plain_and_augmented(tables: Tables) -> pd.DataFrame:
    """Return the plain runs' final numbers and those of as long runs, augmented.

    Of the same optimisers and seeds: both end with a look at the same images. The column
    `experiment` is `plain` or `augmented`.

    Raises:
      SaigenError: no augmented run is as long.
    """
    plain = runs_of(tables, "plain")
    lengths = tables["final"].groupby("experiment")["step"].max()
    as_long = [name for name in ("lab", "lab_short") if lengths.get(name) == lengths["plain"]]
    if not as_long:
        raise SaigenError("no augmented run is as long as the plain ones")
    augmented = runs_of(tables, as_long[0]).assign(experiment="augmented")
    augmented = augmented[augmented["seed"].isin(plain["seed"])]
    return _of_both(pd.concat([plain, augmented], ignore_index=True))


def both_networks(curves: pd.DataFrame) -> pd.DataFrame:
    """Return `he` and `lab` at the last look but one of `he`, over optimisers that both have.

    The last look of a run is at more images than those before: the laboratory's network, whose
    runs are longer, had no such look at that step. A run that was lost before has a row without
    numbers; what became of it later does not count.

    Raises:
      SaigenError: He's network was looked at once, or the other never at that step.
    """
    of_he = curves[curves["experiment"] == "he"]
    steps = sorted(of_he[of_he["test_error"].notna()]["step"].unique())
    if len(steps) < 2:
        raise SaigenError("He's network was looked at once")
    both = _of_both(curves[curves["experiment"].isin(["he", "lab"])])
    run = ["experiment", "optimiser", "seed"]
    looks = both[(both["step"] == steps[-2]) & both["test_error"].notna()].drop(columns="status")
    if looks["experiment"].nunique() < 2:
        raise SaigenError("the two networks were not looked at after as many steps")
    return both[run].drop_duplicates().merge(looks, on=run, how="left")


def _of_both(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of optimisers that both of two experiments have."""
    return rows[rows.groupby("optimiser")["experiment"].transform("nunique") == 2]
