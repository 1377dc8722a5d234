"""What the laboratory's tutorial rates (H1) had reached at a step, beside other tables of rates."""

import pandas as pd

from saigen.errors import SaigenError


def under_h1(curves: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return the rows of `curves` under H1 at a step, one an optimiser and seed.

    Args:
      curves: the table of that name. `lab_short` and `lab` are the same runs as far as both go.
      step: training steps.

    Raises:
      SaigenError: neither has a loss at that step.
    """
    rows = curves[curves["experiment"].isin(["lab_short", "lab"]) & (curves["step"] == step)]
    if rows.empty:
        raise SaigenError(f"no loss under H1 at step {step}")
    return rows.drop_duplicates(["optimiser", "seed"])
