"""Statistics over few seeds: intervals, paired tests, corrections, orders and trends.

Everything is deterministic, takes numpy arrays or sequences, and leaves the maths to scipy where
scipy has it. Nothing here drops a value: a sample with a non-finite member has no interval.
"""

from saigen.stats.interval import (
    ALPHA,
    LEVEL,
    Comparison,
    Interval,
    bootstrap_mean,
    paired_difference,
    proportion,
    t_interval,
)
from saigen.stats.order import kendall_tau, loglog_slope, mean_tau, page_trend
from saigen.stats.significance import cochran, holm, mcnemar

__all__ = [
    "ALPHA",
    "LEVEL",
    "Comparison",
    "Interval",
    "bootstrap_mean",
    "cochran",
    "holm",
    "kendall_tau",
    "loglog_slope",
    "mcnemar",
    "mean_tau",
    "page_trend",
    "paired_difference",
    "proportion",
    "t_interval",
]
