"""What the paper claims and its theory predicts, as tests over sweeps.

Tests were mended before any sweep of the standard scale, once more after a first one and before the
wider one was judged, and A2 after that: docs/claims.md says which, and what their verdicts were.

A run reaches a target, and has an N, where two looks running lie at or below it. docs/claims.md has
the verdicts that would be others if the first look counted.

A critical batch size is compared by its log₂. It lies between the points of a grid of powers of two
(the vertex of a parabola), and only where both neighbours' costs are known to be no less. Where it
is a bare point of the grid the interval of a comparison is half a step wider on each side, and one
seed whose size is off the grid leaves the comparison untested.
"""

from saigen.claims import claims_of
from saigen.papers.critical_batch.claims import (
    cifar,
    estimates,
    optimisers,
    quality,
    settings,
    sweeps,
)

CLAIMS = [
    *claims_of(sweeps),
    *claims_of(optimisers),
    *claims_of(cifar),
    *claims_of(quality),
    *claims_of(settings),
    *claims_of(estimates),
]
