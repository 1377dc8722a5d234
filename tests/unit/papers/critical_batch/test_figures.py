"""What figures draw of runs of unequal length."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.papers.critical_batch.figures import courses, figure2, noise
from saigen.papers.critical_batch.figures.names import mean_of_all


def test_a_mean_ends_where_the_first_seed_does():
    part = pd.DataFrame(
        {"seed": [0, 0, 0, 1, 1], "step": [10, 20, 30, 10, 20], "value": [1.0, 2.0, 9.0, 3.0, 4.0]}
    )
    assert mean_of_all(part, "value", 2).to_dict() == {10: 2.0, 20: 3.0}
    # An undefined value is missing, not left out of a mean.
    part.loc[1, "value"] = np.nan
    assert mean_of_all(part, "value", 2).to_dict() == {10: 2.0}
    # A third seed that diverged before any look.
    assert mean_of_all(part, "value", 3).empty


def test_courses_and_noise_draw_what_all_seeds_have():
    labels = {"model": "dcgan", "setting": "adam", "reading": "fixed", "batch_size": 8}
    looks = [(seed, step) for seed, last in ((0, 50), (1, 30)) for step in range(10, last + 1, 10)]
    table = pd.DataFrame(looks, columns=["seed", "step"]).assign(distance=2.0, **labels)
    aims = pd.DataFrame([{**labels, "aim": "target", "value": 1.0}])
    figure = courses({"courses": table, "targets": aims}, [])
    assert list(figure.axes[0].lines[0].get_xdata()) == [10, 20, 30]
    quantities = dict.fromkeys(("variance", "noise_scale", "least", "median"), 1.0)
    table = table.assign(optimiser="adam", network="generator", **quantities)
    figure = noise({"gradient_noise": table}, [])
    assert list(figure.axes[0].lines[0].get_xdata()) == [10, 20, 30]
    plt.close("all")


@pytest.mark.parametrize("critical", [16.0, np.nan])
def test_figure_2_shows_the_critical_size_with_its_interval(critical):
    keys = {"model": "dcgan", "setting": "adam", "reading": "fixed"}
    aims = ("target", "stricter")
    runs = [
        {**keys, "aim": aim, "target": 1.0, "batch_size": size, "seed": 0, "censored": False,
         "sfo": 100.0 * size} for aim in aims for size in (8, 16, 32)
    ]  # fmt: skip
    sizes = [
        {**keys, "aim": aim, "seeds": 3, "n": 2, "critical": critical, "low": 1.0, "high": 1e6}
        for aim in aims
    ]
    figure = figure2({"crossings": pd.DataFrame(runs), "critical_sizes": pd.DataFrame(sizes)}, [])
    told = [text.get_text() for text in figure.axes[0].texts]
    assert told == (["2 of 3"] if critical > 0 else [])
    assert figure.axes[0].get_xlim()[1] < 100.0  # a wide interval leaves the axis as it is
    plt.close("all")
