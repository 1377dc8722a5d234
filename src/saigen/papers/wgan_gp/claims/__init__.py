"""What the paper claims, as tests of tables. Sentences and tests were written before any run of
standard; C2, C3 and C6, and what figure 2 counts as success, were changed after quick was seen.
Before any verdict of standard was, tests that could not fail, or not hold, were mended: C5, C7,
C8-all, C13-learns and C18; C9 and C10 measure shares; C6-equal-cost counts each network's own cost.

The paper hedges, and so do we: not every mechanism always occurs, its 200 architectures are no
unbiased sample of anything, it does not say that a standard GAN cannot learn a language model, and
it expects a one-sided penalty to win elsewhere.
"""

from saigen.claims import claims_of
from saigen.papers.wgan_gp.claims import architectures, cifar, meter, toys, variations

CLAIMS = [
    *claims_of(toys),
    *claims_of(architectures),
    *claims_of(cifar),
    *claims_of(meter),
    *claims_of(variations),
]
