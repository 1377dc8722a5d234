"""The numbers that claims are about."""

from collections.abc import Mapping

import pandas as pd

from saigen.errors import SaigenError

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
    augmented = runs_of(tables, as_long[0])
    for name in ("optimiser", "seed"):
        augmented = augmented[augmented[name].isin(plain[name])]
    return pd.concat([plain, augmented.assign(experiment="augmented")], ignore_index=True)


def both_networks(curves: pd.DataFrame) -> pd.DataFrame:
    """Return `he` and `lab` at the last look but one of `he`, over optimisers that both have.

    The last look of a run is at more images than those before: the laboratory's network, whose
    runs are longer, had no such look at that step.

    Raises:
      SaigenError: He's network was looked at once.
    """
    looks = curves[curves["test_error"].notna()]
    of_he = looks[looks["experiment"] == "he"]
    steps = sorted(of_he["step"].unique())
    if len(steps) < 2:
        raise SaigenError("He's network was looked at once")
    both = looks[looks["experiment"].isin(["he", "lab"]) & (looks["step"] == steps[-2])]
    return both[both["optimiser"].isin(of_he["optimiser"])]
