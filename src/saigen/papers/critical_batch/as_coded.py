"""N as the released code counts it: looks at a coarse cadence, and the first one below counts."""

from math import isfinite

import numpy as np
import pandas as pd

from saigen.papers.critical_batch.courses import RUN
from saigen.papers.critical_batch.crossing import seen_every

#: Steps between two looks of the released code.
CADENCE = 10_000
#: Where N is shorter that count is scaled: at most this share of N at the sweep's middle size. N
#: there then lies midway between two looks: at a whole fraction it would never be rounded up.
CADENCE_SHARE = 2.0 / 7.0


def counted_as_coded(
    table: pd.DataFrame, courses: pd.DataFrame, aims: pd.MultiIndex
) -> pd.DataFrame:
    """Add steps_as_coded and sfo_as_coded to `crossings`, ∞ where no look is below.

    Args:
      table: rows of `crossings`.
      courses: the courses that they were read from.
      aims: (model, reading, aim) of all targets.
    """
    looked = {labels: part.sort_values("step") for labels, part in courses.groupby(RUN)}
    cadences = {labels: _cadence(table, *labels) for labels in aims}
    found = []
    for row in table.itertuples(index=False):
        cadence = cadences[row.model, row.reading, row.aim]
        course = looked[tuple(getattr(row, name) for name in RUN)]
        steps = np.inf
        if isfinite(cadence):
            steps = seen_every(
                course["step"], course["distance"], row.target, cadence, row.status != "diverged"
            )
        found.append(steps)
    return table.assign(steps_as_coded=found, sfo_as_coded=table["batch_size"] * np.array(found))


def _cadence(table: pd.DataFrame, model: str, kind: str, aim: str) -> float:
    """Return the coarse cadence of one (model, reading, aim); ∞ where its middle size has no N."""
    swept = table[
        (table[["model", "setting", "reading", "aim"]] == [model, "adam", kind, aim]).all(axis=1)
    ]
    middle = swept["batch_size"].drop_duplicates().quantile(0.5, "lower")
    n = float(swept.loc[swept["batch_size"] == middle, "steps"].median())
    return max(1.0, min(CADENCE, CADENCE_SHARE * n)) if isfinite(n) else np.inf
