"""Names, colours and axes that the figures share."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from saigen.figures import COLOURBLIND
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

SETTINGS = {
    "adam": "Adam",
    "adabelief": "AdaBelief",
    "rmsprop": "RMSProp",
    "halved": "both rates halved",
    "equal": "equal rates",
    "no_momentum": "β₁ = 0",
    "penalty_twice": "λ twice",
    "batch_norm": "batch norm in D",
    "as_coded": "both (as coded)",
}
COLOURS = {
    "adam": COLOURBLIND[0],
    "adabelief": COLOURBLIND[1],
    "rmsprop": COLOURBLIND[2],
    "halved": COLOURBLIND[3],
    "equal": COLOURBLIND[4],
    "no_momentum": COLOURBLIND[5],
    "penalty_twice": COLOURBLIND[3],
    "batch_norm": COLOURBLIND[4],
    "as_coded": COLOURBLIND[1],
}
#: By the coarse count the variant and batch norm alone cost the same over half of the grid.
DASHES = {"as_coded": (0, (3, 3))}
LAW, RIVAL, LINE = COLOURBLIND[3], COLOURBLIND[7], COLOURBLIND[2]
AXES = {"steps": "steps N to the target", "sfo": "cost N·b (examples)"}


def mean_of_all(part: pd.DataFrame, value: str, seeds: int) -> pd.Series:
    """Return the mean over seeds by step, at the steps where all of them have a finite value.

    Runs end at their targets: beyond the first end a mean would be that of the slow ones.
    """
    finite = part[np.isfinite(part[value])].groupby("step")[value]
    return finite.mean()[finite.count() == seeds]


def label_batches(axis: Axes, batches: Sequence[float]) -> None:
    """Put log₂ b below, with every batch size that was run."""
    axis.set_xscale("log", base=2)
    ticks = sorted({int(batch) for batch in batches})
    axis.set_xticks(ticks, [str(tick) for tick in ticks])
    axis.tick_params(axis="x", labelsize=7, rotation=45 if len(ticks) > 7 else 0)
    axis.minorticks_off()
    axis.set_xlabel("batch size b")
