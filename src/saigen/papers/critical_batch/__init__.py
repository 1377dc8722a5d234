"""Critical batch size of GANs under a two time-scale update rule (Sato & Iiduka 2023)."""
