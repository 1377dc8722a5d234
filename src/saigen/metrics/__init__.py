"""What samples are judged by: distances and scores on features, n-grams, and feature networks.

Everything here takes arrays and knows no model: a paper without a GAN uses `frechet`, `kernel`
and `classifier` as one with a GAN does. The numbers of two feature networks are never comparable,
so every table that shows one names its network, by `Classifier.protocol` or `Inception.protocol`.
"""
