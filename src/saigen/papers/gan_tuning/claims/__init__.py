"""The article's rules as tests, T1 to T15, written before the runs.

They were mended several times, as the history of this folder tells: numbers that they read,
intervals, the choice of a best level, and at last their premises and parts. Each time no
result of the standard scale had been looked at. After its run T1, T1-noise, T1-quality, T3 and
T4-diversity were changed: docs/claims.md says how, and what their verdicts were.
"""

from saigen.claims import claims_of
from saigen.papers.gan_tuning.claims import balance, diagnosis, settings

CLAIMS = [*claims_of(settings), *claims_of(balance), *claims_of(diagnosis)]
