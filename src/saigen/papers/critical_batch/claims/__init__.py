"""What the paper claims and its theory predicts, as tests mended before any standard sweep.

A critical batch size is compared by its log₂. It lies between the points of a grid of powers of two
(the vertex of a parabola), and only where both neighbours' costs are known to be no less.
"""

from saigen.claims import claims_of
from saigen.papers.critical_batch.claims import estimates, quality, settings, sweeps

CLAIMS = [
    *claims_of(sweeps),
    *claims_of(quality),
    *claims_of(settings),
    *claims_of(estimates),
]
