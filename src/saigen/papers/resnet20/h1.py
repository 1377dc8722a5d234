"""What the laboratory's tutorial rates (H1) had reached at a step, beside other tables of rates."""

import pandas as pd


def under_h1(curves: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return the rows of `curves` under H1 at a step, one an optimiser and seed, if there are any.

    Args:
      curves: the table of that name. `lab_short` and `lab` are the same runs as far as both go.
      step: training steps.
    """
    rows = curves[curves["experiment"].isin(["lab_short", "lab"]) & (curves["step"] == step)]
    return rows.drop_duplicates(["optimiser", "seed"])
