"""Improved Training of Wasserstein GANs: Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville 2017."""
