"""What the figures draw, and what they may not leave out."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from saigen.paper import load_paper
from saigen.papers.gumbel_softmax import figures
from saigen.papers.gumbel_softmax.figures.names import NAMES
from saigen.papers.gumbel_softmax.figures.variants import REFERENCES, WORDS


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def ablations(**variants):
    """Two seeds of each variant's final number, for both networks; None is a diverged run."""
    return pd.DataFrame(
        {"experiment": network, "variant": name, "seed": seed, "test_nll": value}
        for network in ("structured_prediction", "vae")
        for name, values in variants.items()
        for seed, value in enumerate(values)
    ).astype({"test_nll": float})


def labelled(axis):
    return {text.get_text(): place for place, text in enumerate(axis.get_yticklabels())}


def test_an_ablation_is_drawn_against_what_it_is_an_ablation_of():
    values = {"reference": [60.0, 60.0], "sf": [80.0, 82.0], "sf_unnormalised": [90.0, 92.0]}
    table = ablations(**values, fixed_2=[63.0, 63.0], fixed_0_5=[61.0, None])
    axis = figures.ablations({"ablations": table}, ()).axes[0]
    places = labelled(axis)
    against_sf, fixed, one_lost = (
        "SF: signal not normalised",
        "τ = 2 throughout",
        "τ = 0.5 throughout (1 diverged)",
    )
    assert set(places) == {against_sf, fixed, one_lost}
    *seeds, means = (dots.get_offsets() for dots in axis.collections)
    assert means[places[against_sf], 0] == 10.0
    assert means[places[fixed], 0] == 3.0
    # The run that came through is drawn; the mean of it alone is not.
    lost = places[one_lost]
    assert np.ma.getmaskarray(means)[lost, 0] or np.isnan(means[lost, 0])
    assert seeds[0][lost, 0] == 1.0


def test_every_ablation_has_words_and_the_axis_plain_numbers():
    experiments = load_paper("gumbel_softmax").experiments
    names = {*experiments["structured_prediction_ablations"].variants}
    names |= {*experiments["vae_ablations"].variants}
    assert names - {"reference", *REFERENCES.values()} == set(WORDS)
    table = ablations(reference=[60.0, 60.0], fixed_2=[90.0, 91.0], fixed_0_1=[54.0, 59.5])
    axis = figures.ablations({"ablations": table}, ()).axes[0]
    numbers = [text.get_text() for text in axis.get_xticklabels()]
    assert numbers == ["−5", "−2", "−1", "0", "1", "2", "5", "20"]
    low, high = axis.get_xlim()
    assert low < -6.0 and high > 31.0


def panels(**columns):
    """Return a row of every panel and estimator, with a mean of its own."""
    table = pd.DataFrame(
        {"experiment": network, "latent": latent, "estimator": name, **columns}
        for network in ("structured_prediction", "vae")
        for latent in ("bernoulli", "categorical")
        for name in NAMES
    )
    return table.assign(mean=100.0 + table.index)


def row_limits(figure):
    return [figure.axes[place].get_ylim() for place in (0, len(NAMES))]


def rings(figure):
    """Return what is ringed: a point an axis."""
    marks = [[line for line in axis.lines if line.get_marker() == "o"] for axis in figure.axes]
    return [(line.get_xdata()[0], line.get_ydata()[0]) for (line,) in marks]


def legend(figure):
    return {text.get_text() for text in figure.legends[0].get_texts()}


@pytest.mark.parametrize(("given", "named"), [(np.nan, set()), (99.0, {"published"})])
def test_a_published_curve_is_named_where_one_is_drawn(given, named):
    table = panels(step=2500, low=99.0, high=101.0, published=given)
    for draw, number in ((figures.figure3, "NLL"), (figures.figure4, "bound")):
        figure = draw({"mean_curves": table, "table1": table}, ())
        assert legend(figure) == {"ours", "ours, table 1"} | named
        assert figure.axes[0].get_ylabel() == f"Bernoulli\ntest {number} (nats)"


@pytest.mark.parametrize(("given", "whole"), [(np.nan, True), (99.0, False)])
def test_short_runs_are_drawn_from_their_beginning(given, whole):
    """Beside a published curve it is the ends that are compared, and a steep beginning is cut."""
    ends = panels(step=2500, low=99.0, high=101.0, published=given)
    table = pd.concat([ends.assign(step=500, mean=ends["mean"] + 200.0), ends])
    top = figures.figure3({"mean_curves": table, "table1": ends}, ()).axes[0].get_ylim()[1]
    assert (top > 300.0) == whole


def test_table_1s_number_is_ringed_at_the_curves_end_and_in_sight():
    """Its digits are more than the curve's: the two differ, by ten nats at quick."""
    curve = panels(step=2500, low=99.0, high=101.0, published=np.nan)
    for apart in (-10.0, 30.0):
        table = curve.assign(mean=curve["mean"] + apart)
        figure = figures.figure4({"mean_curves": curve, "table1": table}, ())
        drawn = rings(figure)
        assert drawn == [(2.5, mean) for mean in table["mean"][14:]]
        for place, (low, high) in enumerate(row_limits(figure)):
            ringed = [y for _, y in drawn[place * len(NAMES) : (place + 1) * len(NAMES)]]
            # The worst of all may be left out, and then it is told.
            assert all(low < y < high for y in ringed[:-1])
            told = figure.axes[(place + 1) * len(NAMES) - 1].texts
            assert bool(told) == (ringed[-1] > high)


@pytest.mark.parametrize(("published", "room"), [(123.0, "bottom"), (101.0, "top")])
def test_an_end_out_of_sight_is_told_where_nothing_is_drawn(published, room):
    table = panels(step=100000, low=99.0, high=101.0, published=published)
    worst = table["estimator"] == "sf"
    table.loc[worst, "mean"] = 168.0
    high = table["estimator"] == "darn"
    table.loc[high, "mean"] = 120.0
    table1 = table.assign(mean=table["mean"] - 2.0)
    figure = figures.figure3({"mean_curves": table, "table1": table1}, ())
    axis = figure.axes[0]
    (told,) = axis.texts
    assert told.get_text() == "ours ends at 168,\nin table 1 at 166"
    assert told.get_va() == room
    figure.draw_without_rendering()
    line = axis.transData.transform((100.0, published))
    assert not told.get_window_extent().y0 <= line[1] <= told.get_window_extent().y1
    assert not figure.axes[1].texts


def tried():
    """Two settings of one cell, and one of another that diverged."""
    cells = [("vae", "bernoulli", "st", 114.0), ("vae", "bernoulli", "st", 112.0)]
    cells.append(("vae", "categorical", "darn", np.nan))
    return pd.DataFrame(cells, columns=["experiment", "latent", "estimator", "mean"])


@pytest.mark.parametrize("given", [np.nan, 99.0])
def test_table_1_names_its_diamonds_where_there_are_any(given):
    table = panels(low=99.0, high=101.0, published=98.0, published_at_step=given)
    # SF has left the plot: another cell is enough.
    table.loc[table["estimator"] == "sf", "published_at_step"] = np.nan
    figure = figures.table1_dots({"table1": table, "off_curve": tried()}, ())
    assert ("published curve at our last step" in legend(figure)) == (given == 99.0)
    numbers = [axis.get_xlabel() for axis in figure.axes]
    assert numbers == ["test NLL (nats)"] * 2 + ["test bound (nats)"] * 2


def test_table_1_hides_no_published_number_and_shows_the_best_of_other_settings():
    table = panels(low=99.0, high=101.0, published_at_step=110.0)
    table["published"] = table["mean"]
    figure = figures.table1_dots({"table1": table, "off_curve": tried()}, ())
    dots = {d.get_label(): d.get_offsets() for d in figure.axes[2].collections if d.get_label()}
    ours, theirs = dots["ours"], dots["published, table 1 (two misprints by figure 4)"]
    assert (ours[:, 0] == theirs[:, 0]).all()
    assert (theirs[:, 1] - ours[:, 1] > 0.3).all()
    best = dots["ours, best of the settings in table off_curve"]
    assert best.tolist() == [[112.0, ours[list(NAMES).index("st"), 1]]]
    open_dots = [axis.collections[-1].get_offsets() for axis in figure.axes]
    assert [len(offsets) for offsets in open_dots] == [0, 0, 1, 0]


def test_rates_and_ablations_say_which_number_they_show():
    table = panels(learning_rate=1e-3, chosen=True)
    rates = figures.learning_rates({"learning_rates": table}, ())
    assert legend(rates) == {*NAMES.values(), "best of its line"}
    assert [text.get_text() for text in rates.axes[0].get_xticklabels()] == ["0.001"]
    numbers = ["validation NLL (nats)", "", "validation bound (nats)", ""]
    assert [axis.get_ylabel() for axis in rates.axes] == numbers
    table = ablations(reference=[60.0, 60.0], fixed_2=[63.0, 63.0])
    drawn = figures.ablations({"ablations": table}, ())
    told = ["test NLL minus reference (nats)", "test bound minus reference (nats)"]
    assert [axis.get_xlabel() for axis in drawn.axes] == told


def test_the_gap_of_relaxed_codes_is_over_the_fixed_temperatures():
    table = ablations(reference=[1.0, 1.0], fixed_1=[1.0, 1.0], fixed_2=[1.0, 1.0])
    table["temperature"] = table["variant"].map({"reference": 1.0, "fixed_1": 1.0, "fixed_2": 2.0})
    table["test_nll_one_sample"] = table["temperature"] * 100.0 + table["seed"]
    table["test_nll_relaxed"] = 90.0
    table.loc[table["variant"] == "reference", "test_nll_one_sample"] = 1e6
    table.loc[(table["variant"] == "fixed_2") & (table["seed"] == 1), "test_nll_relaxed"] = np.nan
    hard, relaxed = figures.relaxed_gap({"ablations": table}, ()).axes[0].lines
    assert hard.get_xdata().tolist() == [1.0, 2.0]
    assert hard.get_ydata().tolist() == [100.5, 200.5]
    assert relaxed.get_ydata()[0] == 90.0 and np.isnan(relaxed.get_ydata()[1])


def test_a_bias_below_zero_is_drawn_beside_its_noise():
    table = pd.DataFrame(
        {
            "latent": latent,
            "estimator": "sf",
            "seed": 0,
            "variance": 0.1,
            "bias": -0.2,
            "noise": 1.2,
        }
        for latent in ("bernoulli", "categorical")
    )
    axis = figures.trained_gradients({"trained_gradients": table}, ()).axes[1]
    drawn = sorted(dots.get_offsets()[0, 1] for dots in axis.collections)
    assert drawn == [-0.2, -0.2, 1.2, 1.2]
    low, high = axis.get_ylim()
    assert low < -0.2 and high > 1.2


def test_growth_is_drawn_with_and_without_a_baseline():
    table = pd.DataFrame(
        {"units": d, "gradient_variance": 0.1 * d, "gradient_variance_bare": d**2}
        for d in (1.0, 2.0, 4.0)
    )
    axis = figures.variance_growth({"variance_growth": table}, ()).axes[0]
    quadratic, linear = (line.get_ydata() for line in axis.lines)
    assert quadratic.tolist() == [1.0, 4.0, 16.0]
    assert linear == pytest.approx([0.1, 0.2, 0.4])


class Run:
    """A semi-supervised run whose digits are all as bright as its α."""

    def __init__(self, method, alpha, diverged=False):
        self.facts = {"params": {"method": method, "alpha": alpha}}
        self._grid = {} if diverged else {"analogies": np.full([2, 3, 4, 4], alpha)}

    def samples(self):
        return self._grid


def test_digits_are_of_the_runs_that_table_2_shows():
    chosen = pd.DataFrame({"method": ["marginal", "gumbel"] * 2, "alpha": [0.8, 0.3] * 2})
    runs = [Run(name, alpha) for name in ("marginal", "gumbel") for alpha in (0.1, 0.3, 0.8)]
    figure = figures.figure5b({"table2": chosen}, [Run("marginal", 0.8, diverged=True), *runs])
    shown = {axis.get_title(): np.max(axis.images[0].get_array()) for axis in figure.axes}
    assert shown == {"marginalised": 0.8, "Gumbel-S.": 0.3}
