"""What the lecture claims, part by part. Sentences and tests were written before the runs."""

from saigen.claims import claims_of
from saigen.papers.optimisation_lecture.claims import (
    difficulties,
    first_order,
    first_weights,
    learning,
    second_order,
    strategies,
)

CLAIMS = [
    *claims_of(first_order),
    *claims_of(second_order),
    *claims_of(first_weights),
    *claims_of(learning),
    *claims_of(difficulties),
    *claims_of(strategies),
]
