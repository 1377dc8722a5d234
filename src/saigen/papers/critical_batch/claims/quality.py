"""Claims on what makes the networks better: the theorem's bound is A/N + B/b + C."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, below, claim, trend, untested
from saigen.papers.critical_batch.claims.reading import Tables
from saigen.stats import t_interval


@claim(
    "A10-batch",
    says="A larger batch brings the networks closer at equal steps",
    where="The bound: B/b",
    tables=["courses"],
)
def batch_improves(tables: Tables) -> Finding:
    """Distance at the last step that all batch sizes reached, with Adam: Page's test, falling."""
    course = tables["courses"]
    kept = (course["model"] == "dcgan") & (course["setting"] == "adam")
    course = course[kept & (course["reading"] == "fixed") & (course["step"] > 0)]
    runs = ["batch_size", "seed"]
    # A diverged run is the worst whatever it had reached, and is not waited for.
    common = course[course["status"] != "diverged"].groupby(runs)["step"].max().min()
    reached = course[(course["step"] <= common) | (course["status"] == "diverged")]
    last = reached.sort_values("step").drop_duplicates(runs, keep="last")
    return trend(last, "distance", along="batch_size", direction="falls")


@claim(
    "A10-steps",
    says="More steps bring the networks closer",
    where="The bound: A/N",
    tables=["pilot"],
)
def steps_improve(tables: Tables) -> Finding:
    """log₂ of the pilot's distance at its end over that at a quarter of its steps: below 0."""
    course = _pilot(tables, "dcgan").sort_values("step")
    early = course[course["step"] <= course["step"].max() / 4.0]
    gain = np.log2(_last(course)) - np.log2(_last(early))
    return below(t_interval(gain))


@claim(
    "A10-rate",
    says="Smaller learning rates bring the networks closer in the end",
    where="The bound: B and C ∝ α, A ∝ 1/α",
    tables=["pilot"],
)
def smaller_rates_improve(tables: Tables) -> Finding:
    """log₂ of the pilot's least distance at halved rates over that at the published: below 0.

    Both run to the pilot's last step, with no target to end them. Not tested where the median
    halved run has its least in the last quarter of its steps: it was still falling then.
    """
    halved, plain = (_pilot(tables, name) for name in ("dcgan_halved", "dcgan"))
    best = halved.loc[halved.groupby("seed")["distance"].idxmin(), "step"].median()
    if best > 0.75 * halved["step"].max():
        return untested(f"the halved runs were still falling: least at step {best:,.0f}, median")
    gap = np.log2(_least(halved)) - np.log2(_least(plain))
    return below(t_interval(gap))


def _pilot(tables: Tables, setting: str) -> pd.DataFrame:
    course = tables["pilot"]
    return course[(course["setting"] == setting) & (course["reading"] == "fixed")]


def _least(course: pd.DataFrame) -> pd.Series:
    least = course.groupby("seed")["distance"].min()
    return least.mask(course.groupby("seed")["status"].first() == "diverged")


def _last(course: pd.DataFrame) -> pd.Series:
    ends = course.drop_duplicates("seed", keep="last").set_index("seed")
    return ends["distance"].mask(ends["status"] == "diverged")
