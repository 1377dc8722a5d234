"""How long a run may go on at least: the rule that caps are set by, and what it makes of the pilot.

A run that ends before its target says only that N lies beyond its end. Caps must leave room for
the stricter target at large batches, and at small ones for enough examples to tell a wall.
"""

from math import ceil, floor, inf, isfinite, log10, nan

import numpy as np
import pandas as pd

from saigen.papers.critical_batch.courses import PREFIXES, SWEEPS, Frames, given, pilot, targets
from saigen.papers.critical_batch.crossing import crossing

#: `least_steps`: so many times N to the stricter target at the pilot's batch size, at least.
STEPS = 4.0
#: `images`: so many times the cost N b to the target there, at least. The least cost of a sweep is
#: no more than that, so that every run below b*/2 can spend four times as much.
IMAGES = 5.0


def caps(runs: Frames) -> pd.DataFrame:
    """Return what the rule makes of the pilot: a row a model and reading.

    Returns:
      Columns model, reading, batch_size (the pilot's); steps and stricter_steps, the medians over
      its seeds of N to either target; least_steps and images, the caps by the rule, rounded up to
      two digits: empty where the median run did not reach the target.
    """
    courses = pilot(runs)
    aims = targets(runs).set_index(["model", "reading", "aim"])["value"]
    batch = given(runs["pilot"], "batch_size") or nan
    rows = []
    for model in SWEEPS:
        for reading in PREFIXES:
            if (model, reading, "target") not in aims.index:
                continue
            part = courses[(courses["setting"] == model) & (courses["reading"] == reading)]
            loose, stricter = (
                _median_steps(part, aims[model, reading, aim]) for aim in ("target", "stricter")
            )
            row = {"model": model, "reading": reading, "batch_size": batch}
            row |= {"steps": loose, "stricter_steps": stricter}
            row["least_steps"] = _rounded_up(STEPS * stricter)
            row["images"] = _rounded_up(IMAGES * batch * loose)
            rows.append(row)
    return pd.DataFrame(rows).replace([inf], nan)


def _median_steps(courses: pd.DataFrame, target: float) -> float:
    """Return the median N over the seeds; ∞ where the median run ended first."""
    found = [
        crossing(course["step"], course["distance"], target).steps
        for _, course in courses.sort_values("step").groupby("seed")
    ]
    return float(np.quantile(found, 0.5, method="higher"))


def _rounded_up(x: float) -> float:
    """Return x rounded up to two digits."""
    if not isfinite(x):
        return nan
    unit = 10.0 ** (floor(log10(x)) - 1)
    return ceil(x / unit * (1.0 - 1e-12)) * unit
