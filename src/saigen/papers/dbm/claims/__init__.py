"""What the paper claims, as tests of tables. Sentences and tests were written before the runs.

The paper's text could not be had: sentences are those of its abstract and of its authors' slides,
and, marked "ours", what a reader would ask next. Tests read the published setting where one is
known; elsewhere they read the machine centred by the data.
"""

from saigen.claims import claims_of
from saigen.papers.dbm.claims import beyond, learning, steps

CLAIMS = [*claims_of(steps), *claims_of(learning), *claims_of(beyond)]
