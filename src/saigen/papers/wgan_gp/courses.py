"""Courses of image runs: what their evaluations have, a row a run and evaluation."""

from collections.abc import Mapping

import pandas as pd

Frames = Mapping[str, pd.DataFrame]

#: Figure 3 is run on two sets.
CONVERGENCE = ("convergence", "convergence_fashion")


def courses(runs: Frames) -> pd.DataFrame:
    """Return both convergence experiments, a row a run and evaluation."""
    losses = ["negative_loss/train", "negative_loss/valid"]
    names = ["score", "score_share", "real_score", "frechet", "frechet_floor", *losses]
    parts = []
    for experiment in CONVERGENCE:
        frame = runs[experiment]
        kept = frame[frame["metric"].isin(names)]
        parts.append(
            wide(kept, ["variant", "seed", "status", "step"]).assign(experiment=experiment)
        )
    return pd.concat(parts, ignore_index=True)


def wide(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return a column a metric, a row each of `keys`."""
    table = frame.pivot_table(index=keys, columns="metric", values="value", sort=True)
    return table.reset_index().rename_axis(columns=None)
