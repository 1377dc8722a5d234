"""The numbers that claims are about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import Finding
from saigen.errors import SaigenError
from saigen.papers.resnet20.h1 import under_h1
from saigen.papers.resnet20.optimisers import PAGE

Tables = Mapping[str, pd.DataFrame]

#: Looks whose mean counts: at a constant rate one iterate's evaluated loss may be twice the next's.
LOOKS = 5
EVALUATED = ("train_loss", "train_error", "test_loss", "test_error")
_RUN = ["experiment", "optimiser", "seed"]


def runs_of(tables: Tables, experiment: str, **cells: object) -> pd.DataFrame:
    """Return the rows of one experiment's table of final numbers that have these cells."""
    rows = tables["final"]
    rows = rows[rows["experiment"] == experiment]
    for column, level in cells.items():
        rows = rows[rows[column] == level]
    if rows.empty:
        which = "".join(f", {column} {level}" for column, level in cells.items())
        raise SaigenError(f"no runs of {experiment}{which} at this scale")
    return rows


def of_cifar10(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, if all are of runs on CIFAR-10.

    Raises:
      SaigenError: they are not; the number to hold them against is of CIFAR-10.
    """
    if others := sorted(set(rows["dataset"]) - {"cifar10"}):
        raise SaigenError(f"the number is of cifar10, these runs of {', '.join(others)}")
    return rows


def after(found: Finding, rows: pd.DataFrame) -> Finding:
    """Return a finding that says after how many steps: what `claims.csv` shows of the horizon."""
    return replace(found, why=f"{found.why}; after {rows['step'].max():,} steps")


def h1_and(table: str, tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what the page's optimisers reached under H1 and under another table of rates.

    After as many steps, of the same optimisers and seeds; beside H3 without SGD, which its program
    does not have.

    Args:
      table: `h2`, `h3`, or `h3_augmented`, H3's rates on H1's data.
      tables: `final` and `curves`.

    Raises:
      SaigenError: fewer than three optimisers, no seed, or no run under H1 so far.
    """
    other = runs_of(tables, "rate_tables", table=table)
    lacking = {"sgd"} if table.startswith("h3") else set()
    other = other[other["optimiser"].isin(set(PAGE) - lacking)]
    h1 = under_h1(tables["curves"], other["step"].max())
    h1 = h1[h1["optimiser"].isin(other["optimiser"]) & h1["seed"].isin(other["seed"])]
    if h1.empty:
        raise SaigenError(f"no run under H1 has a loss at the last step of {table}")
    if h1["optimiser"].nunique() < 3:
        raise SaigenError("an order, or a spread, needs three optimisers")
    return h1, other[other["optimiser"].isin(h1["optimiser"]) & other["seed"].isin(h1["seed"])]


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


def plain_and_augmented(curves: pd.DataFrame) -> pd.DataFrame:
    """Return what the plain runs came to, `settled`, and as long runs, augmented.

    Of the same optimisers and seeds. The column `experiment` is `plain` or `augmented`.

    Raises:
      SaigenError: no augmented run is as long, or the runs were looked at once.
    """
    plain = curves[curves["experiment"] == "plain"]
    lengths = curves.groupby("experiment")["step"].max()
    as_long = [name for name in ("lab", "lab_short") if lengths.get(name) == plain["step"].max()]
    if not as_long:
        raise SaigenError("no augmented run is as long as the plain ones")
    augmented = curves[curves["experiment"].isin(as_long) & curves["seed"].isin(plain["seed"])]
    both = pd.concat([plain, augmented.assign(experiment="augmented")], ignore_index=True)
    both = both.drop_duplicates([*_RUN, "step"])
    return settled(_of_both(both), before_the_last(plain))


def both_networks(curves: pd.DataFrame) -> pd.DataFrame:
    """Return `he` and `lab`, `settled` at the end of `he`, over optimisers that both have.

    `lab_short` is the same runs as `lab`, as far as it goes, of more seeds. A run that was lost
    before has a row without numbers; what became of it later does not count.

    Raises:
      SaigenError: He's network was looked at once, or the other never at those steps.
    """
    steps = before_the_last(curves[curves["experiment"] == "he"])
    there = curves[curves["step"].isin(steps)].groupby("experiment")["step"].nunique()
    names = [name for name in ("lab", "lab_short") if there.get(name) == len(steps)]
    if not names:
        raise SaigenError("the two networks were not looked at after as many steps")
    both = curves[curves["experiment"].isin(["he", *names])].replace({"lab_short": "lab"})
    return settled(_of_both(both.drop_duplicates([*_RUN, "step"])), steps)


def before_the_last(rows: pd.DataFrame) -> list[int]:
    """Return the steps of the last looks of runs, at most `LOOKS`, but for the very last.

    That one is at more images than those before.

    Raises:
      SaigenError: there is no look before the last.
    """
    seen = rows.dropna(subset=[name for name in EVALUATED if name in rows], how="all")
    steps = sorted(seen["step"].unique())[:-1]
    if not steps:
        raise SaigenError(f"{', '.join(rows['experiment'].unique())}: looked at once")
    return steps[-LOOKS:]


def settled(rows: pd.DataFrame, steps: Sequence[int]) -> pd.DataFrame:
    """Return the mean over looks of every evaluated number, a row a run.

    A run that was lost before the last of them has a row without numbers.
    """
    names = [name for name in EVALUATED if name in rows]
    looks = rows[rows["step"].isin(steps)].dropna(subset=names, how="all")
    grouped = looks.groupby(_RUN)
    means = grouped[names].mean()[grouped.size() == len(steps)].reset_index()
    return rows[_RUN].drop_duplicates().merge(means, on=_RUN, how="left")


def _of_both(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of optimisers that both of two experiments have."""
    return rows[rows.groupby("optimiser")["experiment"].transform("nunique") == 2]
