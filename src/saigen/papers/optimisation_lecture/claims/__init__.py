"""What the lecture claims, part by part, as tests over runs.

Sentences and tests were mended once after a first run of the standard scale, where the one said
more than the other asked, or a test could not fail; the changelog says which verdicts that changed.
"""

from saigen.claims import claims_of
from saigen.papers.optimisation_lecture.claims import (
    difficulties,
    first_order,
    first_weights,
    learning,
    second_order,
    strategies,
    transfer,
)

CLAIMS = [
    *claims_of(first_order),
    *claims_of(second_order),
    *claims_of(first_weights),
    *claims_of(learning),
    *claims_of(difficulties),
    *claims_of(strategies),
    *claims_of(transfer),
]
