"""What the page, and the papers around it, claim. Sentences were written before the verdicts.

The page shows a figure without numbers, and its image is not stored: most sentences are predictions
of what it shows; `published` says where each comes from. Tests were mended (the loss that is
judged, the images and steps that are compared, tolerances, what an interval is taken over), a
sentence reworded and claims added before any verdict of the standard scale, some of them when runs
of it had ended. docs/claims.md names them, and the runs.
"""

from saigen.claims import claims_of
from saigen.papers.resnet20.claims import beyond, orders, page, rates

CLAIMS = [*claims_of(page), *claims_of(orders), *claims_of(rates), *claims_of(beyond)]
