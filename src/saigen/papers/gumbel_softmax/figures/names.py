"""Names and colours that the figures share."""

from collections.abc import Mapping, Sequence

import pandas as pd

from saigen.figures import COLOURBLIND
from saigen.papers.gumbel_softmax.tables import NETWORKS as NETWORKS
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

NAMES = {
    "sf": "SF",
    "darn": "DARN",
    "muprop": "MuProp",
    "st": "ST",
    "slope_st": "Annealed ST",
    "gumbel": "Gumbel-S.",
    "st_gumbel": "ST Gumbel-S.",
}
COLOURS = dict(zip(NAMES, COLOURBLIND, strict=False))
#: What a held-out number of a network is, in nats; the autoencoder's is the m-sample bound.
NUMBERS = {"structured_prediction": "NLL", "vae": "bound"}
LATENTS = {"bernoulli": "Bernoulli", "categorical": "Categorical"}
METHODS = {"marginal": "marginalised", "gumbel": "Gumbel-S.", "st_gumbel": "ST Gumbel-S."}
