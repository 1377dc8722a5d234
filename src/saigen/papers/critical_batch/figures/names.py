"""Names, colours and axes that the figures share."""

from collections.abc import Mapping, Sequence

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

_PALETTE = sns.color_palette("colorblind", 8)

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
    "adam": _PALETTE[0],
    "adabelief": _PALETTE[1],
    "rmsprop": _PALETTE[2],
    "halved": _PALETTE[3],
    "equal": _PALETTE[4],
    "no_momentum": _PALETTE[5],
    "penalty_twice": _PALETTE[3],
    "batch_norm": _PALETTE[4],
    "as_coded": _PALETTE[1],
}
LAW, RIVAL = _PALETTE[3], _PALETTE[7]
AXES = {"steps": "steps N to the target", "sfo": "cost N·b (examples)"}


def label_batches(axis: Axes, batches: Sequence[float]) -> None:
    """Put log₂ b below, with every batch size that was run."""
    axis.set_xscale("log", base=2)
    ticks = sorted({int(batch) for batch in batches})
    axis.set_xticks(ticks, [str(tick) for tick in ticks])
    axis.tick_params(axis="x", labelsize=7, rotation=45 if len(ticks) > 7 else 0)
    axis.minorticks_off()
    axis.set_xlabel("batch size b")
