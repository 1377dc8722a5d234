"""The article's rules as tests, T1 to T15, written before the runs.

They were mended once, before any run of the standard scale.
"""

from saigen.claims import claims_of
from saigen.papers.gan_tuning.claims import balance, diagnosis, settings

CLAIMS = [*claims_of(settings), *claims_of(balance), *claims_of(diagnosis)]
