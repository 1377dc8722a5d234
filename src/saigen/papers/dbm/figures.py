"""The paper's figures, from tables: one function a figure, named as in paper.yaml."""

from collections.abc import Mapping, Sequence

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.figures import PUBLISHED
from saigen.records import Record


def figure1(tables: Mapping[str, pd.DataFrame], samples: Sequence[Record]) -> Figure:
    """Draw the test error along the steps; the published errors as grey lines."""
    figure, axis = plt.subplots(figsize=(5, 3))
    for error in tables["errors"]["published"]:
        axis.axhline(error, **PUBLISHED)
    curves = tables["curves"].astype({"learning_rate": str})
    # seed: the bootstrap behind the bands must give the same band in every drawing.
    sns.lineplot(curves, x="step", y="value", hue="learning_rate", seed=0, ax=axis)
    axis.set(xlabel="step", ylabel="test error (%)")
    return figure
