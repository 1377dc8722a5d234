"""Figures from made-up tables and records: what they must show, and what must not break them."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.container import ErrorbarContainer

from saigen.papers.dbm import figures


class Run:
    """A record of a long run; without images where it diverged."""

    def __init__(self, learner, images):
        self.facts = {"experiment": "anatomy", "seed": 0, "datasets": {"mnist": ""}}
        self.facts["params"] = {"learner": learner, "centre": "data"}
        self._images = images

    def samples(self):
        return self._images


def images():
    shot = np.zeros([12, 4, 4, 1], np.uint8)
    found = dict.fromkeys(("data", "chain_0", "chain_10"), shot)
    for mask in ("top", "left", "centre", "random"):
        found |= {f"known_{mask}": shot[:1], f"complete_{mask}": shot, f"nearest_{mask}": shot}
    return found


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("left", [images(), {}])
def test_a_diverged_run_leaves_its_panels_empty(left):
    records = [Run("lmi", left), Run("pcd_10", images())]
    chains = figures.chain_images({}, records)
    assert [len(axis.images) for axis in chains.axes] == [1 if left else 0, 1]
    assert [axis.get_title() for axis in chains.axes] == ["LMI", "PCD-10"]
    completions = figures.completion_images({}, records)
    assert [len(axis.images) for axis in completions.axes] == [1 if left else 0] * 4


def test_galleries_show_both_halves_of_the_chains():
    """A machine may draw digits from one half and noise from the other."""
    run = Run("lmi", {"mode": np.repeat(np.uint8([0, 200]), 18).reshape(36, 1, 1, 1)})
    run.facts["experiment"] = "training"
    figure = figures.samples_mnist({}, [run])
    shown = next(axis.images[0].get_array() for axis in figure.axes if axis.images)
    # Each image is padded by one pixel: every second pixel is one of three rows of six.
    assert (shown[::2, ::2] == np.repeat([[0, 200]], 3, axis=1)).all()
    assert shown.shape == (6, 12)


def accepted(of_first, gap):
    return pd.DataFrame(
        [{"learner": "lmi", "centre": "data", **{f"{name}_{phase}": value
          for phase in ("positive", "negative")
          for name, value in (("accepted", of_first), ("smallest_gap", gap))}}]
    )  # fmt: skip


@pytest.mark.parametrize(("of_first", "gap"), [(0, 300.0), (0, 0.5), (19, -8.0), (19, -40.0)])
def test_gaps_and_acceptances_lie_within_their_axes(of_first, gap):
    figure = figures.readings({"readings": accepted(of_first, gap)}, [])
    for axis, value in zip(figure.axes, (gap, of_first), strict=True):
        low, high = axis.get_ylim()
        assert low < min(value, 0.0) and max(value, 0.0) < high


def curves():
    numbers = {"curve_fd_sample": 0.3, "curve_fd_gibbs": 0.2, "curve_log_likelihood": -90.0}
    return pd.DataFrame(
        [{"experiment": "training", "learner": learner, "centre": "data", "seed": seed,
          "step": step, "work": 10.0 * step, "curve_log_z_error": 0.1 * (1 + seed),
          "curve_fd_means": 0.5, "curve_log_likelihood_of_means": -206.0, **numbers}
         for learner in ("lmi", "cd_10") for seed in (0, 1) for step in (50, 100)]
    )  # fmt: skip


def test_work_is_drawn_by_either_sampler_and_log_z_with_its_error():
    figure = figures.work({"curves": curves()}, [])
    labels = [axis.get_ylabel() for axis in figure.axes]
    assert [word in label for word, label in zip(("samples", "Gibbs", "likelihood"), labels,
                                                 strict=True)] == [True] * 3  # fmt: skip
    bars = [c for c in figure.axes[2].containers if isinstance(c, ErrorbarContainer)]
    reach = [np.ptp(segment[:, 1]) for bar in bars for segment in bar[2][0].get_segments()]
    np.testing.assert_allclose(reach, 2 * 2.0 * 0.2)  # of the seed less sure of it, both ways
    assert len(bars) == 2 and not figure.axes[0].containers


def test_rates_are_drawn_by_either_sampler():
    rows = [
        {"learner": learner, "centre": "data", "seed": 0, "learning_rate": rate,
         "log_likelihood": -90.0, "log_z_error": 0.1, "log_likelihood_of_means": -206.0,
         "fd_sample": 0.3, "fd_gibbs": 0.2, "fd_means": 0.5}
        for learner in ("lmi", "cd_10") for rate in (0.01, 0.1)
    ]  # fmt: skip
    figure = figures.rates({"rates": pd.DataFrame(rows)}, [])
    drawn = [{tuple(line.get_ydata()) for line in axis.lines} for axis in figure.axes]
    assert [(0.2, 0.2) in lines for lines in drawn] == [False, False, True]


def test_the_toy_shows_medians_quantiles_and_the_exponent():
    toy = pd.DataFrame(
        [{"units": units, "law": "orthogonal", "count": "search", "seed": seed, "capped": 0.0,
          "mean": 5.0, "median": 3.0, "quantile_90": 9.0}
         for units in (64, 128) for seed in (0, 1)]
    )  # fmt: skip
    probes = pd.DataFrame(
        {"law": ["orthogonal"], "count": ["search"], "units": [64], "probe": [5.97]}
    )
    slopes = {"law": ["orthogonal"], "slope": [0.37], "low": [0.35], "high": [0.39]}
    axis = figures.toy({"toy": toy, "probes": probes, "toy_slopes": pd.DataFrame(slopes)}, []).axes[
        0
    ]
    assert (3.0, 3.0) in {tuple(line.get_ydata()) for line in axis.lines}
    band = axis.collections[0].get_paths()[0].vertices[:, 1]
    assert {band.min(), band.max()} == {3.0, 9.0}
    assert [text.get_text() for text in axis.texts] == ["T ∝ nᵇ, b = 0.37 [0.35, 0.39]"]
