"""What samples are judged by: distances and scores on features, n-grams, and feature networks.

Everything here takes arrays and knows no model: a paper without a GAN uses `frechet`, `kernel`
and `classifier` as one with a GAN does. The numbers of two feature networks are never comparable,
so a run's record names its networks by their digests (`judges`), every table notes them, and one
that would mix two in an experiment's numbers is refused.
"""
