"""A practitioner's guide to tuning GANs, its rules as experiments."""
