"""Claims: sentences of a paper as tests over seeds, each ending in one of four verdicts.

A paper's `claims.py` measures with `difference`, `ratio`, `mean_of`, `slope_of`,
`rate_difference` or `measured_with`, and judges with `below`, `above`, `within`, `lowest`,
`highest`, `ordered`, `trend` and `all_of`. Tests are written before the run.

A diverged run (a value that is not finite, or status `diverged`) is worse than any finite one and
never vanishes: its interval is open on the bad side, and `why` tells of it.
"""

from saigen.claims.bounds import above, all_of, below, within
from saigen.claims.finding import (
    INCONCLUSIVE,
    NOT_REPLICATED,
    NOT_TESTED,
    REPLICATED,
    VERDICTS,
    Finding,
    untested,
)
from saigen.claims.measure import (
    difference,
    mean_of,
    measured_with,
    rate_difference,
    ratio,
    slope_of,
)
from saigen.claims.rankings import highest, lowest, ordered, trend
from saigen.claims.registry import COLUMNS, Claim, claim, claims_in, claims_of, judge, write

__all__ = [
    "COLUMNS",
    "INCONCLUSIVE",
    "NOT_REPLICATED",
    "NOT_TESTED",
    "REPLICATED",
    "VERDICTS",
    "Claim",
    "Finding",
    "above",
    "all_of",
    "below",
    "claim",
    "claims_in",
    "claims_of",
    "difference",
    "highest",
    "judge",
    "lowest",
    "mean_of",
    "measured_with",
    "ordered",
    "rate_difference",
    "ratio",
    "slope_of",
    "trend",
    "untested",
    "within",
    "write",
]
