"""What the paper claims and its theory predicts, as tests written before the runs.

A critical batch size is compared by its log₂: on a grid of powers of two a difference of 1 is one
grid step.
"""

from saigen.claims import claims_of
from saigen.papers.critical_batch.claims import estimates, settings, sweeps

CLAIMS = [*claims_of(sweeps), *claims_of(settings), *claims_of(estimates)]
