"""Jang, Gu, Poole: Categorical Reparameterization with Gumbel-Softmax (ICLR 2017)."""
