"""Figures that could be misread."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.papers.wgan_gp.figures import figure3, figure5a, figure5b, survival, variations


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


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
    best = pd.DataFrame({"score_share": [0.1, 0.6, None]})
    left, right = survival({"table5": table, "random_architectures": best}, []).axes
    drawn = [
        {line.get_label(): line.get_linestyle() for line in axis.lines} for axis in (left, right)
    ]
    assert drawn[0] == {"standard GAN": "--", "WGAN-GP": "-", "C6's cut, 5": "-."}
    named = {"WGAN-GP, equal cost": ":", "C6's cut, 0.3": "-."}
    assert drawn[1] == {"standard GAN": "--", "WGAN-GP": "-"} | named
    assert [axis.lines[-1].get_xdata()[0] for axis in (left, right)] == [5.0, 0.3]
    assert right.get_xlabel() == "(score − 1) / (real score − 1)"
    shares = {line.get_label(): line.get_ydata()[-1] for line in right.lines}
    # Of four to six networks both methods train one, or three where costs are equal.
    assert shares["WGAN-GP"] == 1 / 4 and shares["WGAN-GP, equal cost"] == 3 / 6


def test_variations_say_what_a_share_is_and_how_far_it_is_from_a_success():
    share = "(score − 1) / (real score − 1)"
    tables = {
        "sides": pd.DataFrame(
            {"architecture": [0, 0, 1, 1], "one_sided": [False, True] * 2,
             "score_share": [0.1, 0.2, 0.05, 0.06]}
        ),
        "activations": pd.DataFrame(
            {"critic_activation": ["elu", "leaky_relu"], "score_share": [0.120, 0.121]}
        ),
        "critic_norms": pd.DataFrame({"critic_norm": ["layer"], "score_share": [0.4]}),
        "random_architectures": pd.DataFrame({"score_share": [0.6, 0.2]}),
    }  # fmt: skip
    sides, activations, norms = variations(tables, []).axes
    assert share in sides.get_xlabel() and share in sides.get_ylabel()
    assert [axis.get_ylabel() for axis in (activations, norms)] == [share] * 2
    across, up = sides.lines[1:]
    assert (across.get_xdata()[0], up.get_ydata()[0]) == (0.3, 0.3)
    assert [text.get_text() for text in sides.get_legend().get_texts()] == ["C6's cut, 0.3"]
    assert sides.get_xlim() == sides.get_ylim() and sides.get_xlim()[1] > 0.3
    assert [text.get_text() for text in activations.get_xticklabels()] == ["ELU", "leaky ReLU"]
    # Shares are read from 0 on: a difference in the fourth digit fills no panel.
    assert activations.get_ylim()[0] < 0.0


def test_both_losses_of_every_seed_are_drawn():
    table = pd.DataFrame(
        {"method": method, "examples": n, "seed": seed, "step": step,
         "negative_loss/train": 10.0 + seed, "negative_loss/valid": 9.0 + seed}
        for method in ("clip", "gp") for n in (1000, 0) for seed in range(3) for step in (1, 2)
    )  # fmt: skip
    figure = figure5b({"overfitting": table}, [])
    for axis in figure.axes:
        assert [line.get_ydata()[0] for line in axis.lines] == [10.0, 9.0, 11.0, 10.0, 12.0, 11.0]
        assert [line.get_linestyle() for line in axis.lines] == ["-", "--"] * 3
        assert axis.get_ylabel() == "negative critic loss"
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named == ["training digits, WGAN, clipping", "training digits, WGAN-GP", "new digits"]
    assert not any(axis.get_legend() for axis in figure.axes)


def courses():
    return pd.DataFrame(
        {"experiment": "convergence", "variant": variant, "seed": 0, "step": step,
         "seconds": 2.0 * step, "score": 2.0, "real_score": 4.0, "frechet": 5.0,
         "negative_loss/train": 3.0, "negative_loss/valid": 2.0}
        for variant in ("clip", "gp_rmsprop", "gp_adam", "gan") for step in (1, 2)
    )  # fmt: skip


def test_legends_of_courses_lie_outside_and_name_both_axes():
    scores = figure3({"convergence": courses()}, [])
    losses = figure5a({"convergence": courses()}, [])
    for figure, last in ((scores, "real images"), (losses, "Fréchet distance (right)")):
        assert not any(axis.get_legend() for axis in figure.axes)
        figure.set_layout_engine("constrained")
        figure.draw_without_rendering()
        assert figure.legends[0].get_texts()[-1].get_text() == last
        top = figure.legends[0].get_window_extent().y1
        assert all(axis.get_window_extent().y0 > top for axis in figure.axes)
    loss, distance = losses.axes
    (drawn,) = distance.lines
    colours = {line.get_color() for line in loss.lines}
    assert drawn.get_color() not in colours
    assert distance.yaxis.label.get_color() == drawn.get_color()
    assert distance.spines["right"].get_visible()
