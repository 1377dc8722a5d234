"""What the laboratory's tutorial rates (H1) had reached at a step, beside other tables of rates."""

import pandas as pd


def under_h1(curves: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return the rows of `curves` under H1 at a step, one an optimiser and seed, if there are any.

    A run that was lost before has a row without numbers. How a run ended later is not told.

    Args:
      curves: the table of that name. `lab_short` and `lab` are the same runs as far as both go
        (on one processor to the bit).
      step: training steps.
    """
    rows = curves[curves["experiment"].isin(["lab_short", "lab"])]
    there = rows[rows["step"] == step]
    # Runs of an experiment that ends before the step are short, not lost.
    rows = rows[rows["experiment"].isin(there["experiment"])]
    pair = ["optimiser", "seed"]
    there = there.drop_duplicates(pair).drop(columns="status")
    return rows[pair].drop_duplicates().merge(there, on=pair, how="left")
