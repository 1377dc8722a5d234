"""Names and colours that the figures share."""

from collections.abc import Mapping, Sequence

import pandas as pd

from saigen.figures import COLOURBLIND
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

METHODS = {
    "gan": "standard GAN",
    "lsgan": "least-squares GAN",
    "clip": "WGAN, clipping",
    "gp": "WGAN-GP",
}
VARIANTS = {
    "clip": "WGAN, clipping (RMSProp)",
    "gp_rmsprop": "WGAN-GP (RMSProp)",
    "gp_adam": "WGAN-GP (Adam)",
    "gan": "DCGAN",
    "wgan_gp": "WGAN-GP",
}
COLOURS = {
    "gan": COLOURBLIND[1],
    "lsgan": COLOURBLIND[4],
    "clip": COLOURBLIND[3],
    "gp": COLOURBLIND[0],
    "gp_adam": COLOURBLIND[0],
    "gp_rmsprop": COLOURBLIND[2],
    "wgan_gp": COLOURBLIND[0],
}
TOYS = {
    "eight_gaussians": "8 Gaussians",
    "twenty_five_gaussians": "25 Gaussians",
    "swiss_roll": "Swiss roll",
}
#: What of a score two sets of images have in common: 0 of one class alone, 1 of the real images.
SHARE = "(score − 1) / (real score − 1)"
ACTIVATIONS = {
    "elu": "ELU",
    "softplus": "softplus",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
}
NETWORKS = {
    "baseline": "baseline\nDCGAN",
    "constant_filters": "G: no norm,\nconstant filters",
    "mlp": "G: four-layer\nMLP",
    "no_normalisation": "no norm in\nG and D",
    "gated": "gated\nnonlinearities",
    "tanh": "tanh\nnonlinearities",
    "resnet101": "101-layer\nResNet",
}
