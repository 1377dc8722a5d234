"""Names, colours and lines that the figures share."""

from collections.abc import Mapping, Sequence

import matplotlib
import pandas as pd

from saigen.papers.resnet20.optimisers import NAMES
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

_TAB10 = matplotlib.color_sequences["tab10"]
#: Grey, the eighth, is left to what is published.
COLOURS = dict(zip(NAMES, [*_TAB10[:7], *_TAB10[8:]], strict=True))
#: Adam, AMSGrad and AdamW train alike: broken lines let those below be seen.
STYLES = dict.fromkeys(NAMES, "-") | {"amsgrad": (0, (4, 2)), "adamw": (0, (1, 2))}
PANELS = {
    "loss": "training loss, running (nats)",
    "error": "training error, running (%)",
    "train_loss": "training loss, evaluated (nats)",
    "test_loss": "test loss (nats)",
    "test_error": "test error (%)",
}
