"""What the page, and the papers around it, claim. Sentences and tests were written before the runs.

The page shows a figure without numbers, so most sentences are of the kind that its readers take
from it; `published` says where each comes from.
"""

from saigen.claims import claims_of
from saigen.papers.resnet20.claims import beyond, page

CLAIMS = [*claims_of(page), *claims_of(beyond)]
