"""Taniguchi et al.: End-to-end Training of Deep Boltzmann Machines by Unbiased CD (ICML 2023)."""
