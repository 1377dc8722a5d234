"""Figures that could be misread."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from saigen.papers.wgan_gp.figures import survival


def test_a_style_of_line_means_one_curve_in_both_panels():
    thresholds = np.arange(4)
    readings = ("published (inception score)", "last score", "best score", "equal cost")
    table = pd.concat(
        pd.DataFrame(
            {"reading": reading, "threshold": thresholds, "only_gan": 0, "only_gp": 3 - thresholds,
             "both": place, "neither": thresholds}
        )
        for place, reading in enumerate(readings)
    )  # fmt: skip
    left, right = survival({"table5": table}, []).axes
    plt.close("all")
    drawn = [
        {line.get_label(): line.get_linestyle() for line in axis.lines} for axis in (left, right)
    ]
    assert drawn[0] == {"standard GAN": "--", "WGAN-GP": "-"}
    assert drawn[1] == {**drawn[0], "WGAN-GP, equal cost": ":"}
    shares = {line.get_label(): line.get_ydata()[-1] for line in right.lines}
    # Of four to six networks both methods train one, or three where costs are equal.
    assert shares["WGAN-GP"] == 1 / 4 and shares["WGAN-GP, equal cost"] == 3 / 6
