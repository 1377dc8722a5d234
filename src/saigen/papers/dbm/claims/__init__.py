"""What the paper claims, as tests of tables. Sentences and tests were written before the runs.

The paper's text could not be had: sentences are those of its abstract and of its authors' slides,
and, marked "ours", what a reader would ask next. Tests read the published setting where one is
known; elsewhere they read the machine centred by the data, and where a method with and without
centres was run, both. Tests were mended, with bounds that a machine of pixel means cannot pass,
before any run of the standard scale, and again before any verdict, with the numbers of its first
six runs, since discarded, at hand: what a short training leaves open, and what log Z hides, settles
nothing. docs/claims.md names them.
"""

from saigen.claims import claims_of
from saigen.papers.dbm.claims import beyond, completion, fid, ingredients, learning, readings, steps

_PARTS = (steps, readings, learning, fid, ingredients, completion, beyond)
CLAIMS = [claim for part in _PARTS for claim in claims_of(part)]
