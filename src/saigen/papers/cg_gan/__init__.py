"""Conjugate Gradient Method for Generative Adversarial Networks: Naganuma, Iiduka 2023."""
