"""Marks of the cheapest batch size in the figures of sweeps."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from saigen.papers.critical_batch.figures import cifar, figure2, rates, variants
from saigen.papers.critical_batch.figures.names import COLOURS, DASHES

SIZES = (2, 4, 8, 16)
AIMS = {"target": 0.06, "stricter": 0.04}
VARIANTS = ("adam", "penalty_twice", "batch_norm", "as_coded")


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def runs(model, settings=("adam",), best=4, readings=("fixed",), seeds=3):
    """Rows of `crossings` whose cost is least at one size, the same in every seed."""
    rows = [
        {"model": model, "setting": setting, "reading": reading, "aim": aim, "seed": seed,
         "batch_size": size, "target": AIMS[aim], "censored": False, "bound": np.nan,
         "sfo": 1e4 * (1.0 + abs(np.log2(size / best)))}
        for setting, reading, aim, seed, size in
        product(settings, readings, AIMS, range(seeds), SIZES)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    return table.assign(steps=table["sfo"] / table["batch_size"], sfo_as_coded=table["sfo"])


def fits(crossings, place="within"):
    """Rows of `fits` beside them."""
    keys = ["model", "setting", "reading", "aim", "seed"]
    return crossings[keys].drop_duplicates().assign(place=place, place_as_coded=place)


def sizes(crossings, **columns):
    """Rows of `critical_sizes` beside them."""
    keys = ["model", "setting", "reading", "aim"]
    return crossings[keys].drop_duplicates().assign(seeds=3, n=2, **columns)


def triangles(axis):
    """Batch size and style of each triangle, by colour."""
    marks = [line for line in axis.lines if line.get_marker() == "v"]
    return {line.get_color(): (float(line.get_xdata()[0]), line.get_fillstyle()) for line in marks}


def test_a_triangle_is_full_only_where_the_least_lies_within_in_every_seed():
    table = runs("dcgan", ("adam", "halved", "equal"))
    places = fits(table)
    of_one = (places["setting"] == "halved") & (places["seed"] == 2)
    places.loc[of_one, "place"] = "small end"
    # Of another target: none of this panel's.
    places.loc[(places["setting"] == "equal") & (places["aim"] == "stricter"), "place"] = "either"
    steps, cost = rates({"crossings": table, "fits": places}, []).axes
    assert not triangles(steps)
    styles = {colour: style for colour, (_, style) in triangles(cost).items()}
    assert styles == {COLOURS["adam"]: "full", COLOURS["halved"]: "none", COLOURS["equal"]: "full"}
    # One at the end of the grid is hollow, whatever its seeds' places.
    table = runs("dcgan", best=2)
    cost = rates({"crossings": table, "fits": fits(table)}, []).axes[1]
    assert triangles(cost) == {COLOURS["adam"]: (2.0, "none")}


def test_triangles_at_one_size_stand_apart_about_it():
    apart = runs("dcgan", ("adam", "adabelief"))
    table = pd.concat([apart, runs("dcgan", ("rmsprop",), best=8)])
    tables = {"crossings": table, "fits": fits(table), "critical_sizes": sizes(table, critical=4.0)}
    tables["critical_sizes"] = tables["critical_sizes"].assign(low=3.0, high=5.0)
    for axis in figure2(tables, []).axes:
        found = {colour: size for colour, (size, _) in triangles(axis).items()}
        left, right = found[COLOURS["adam"]], found[COLOURS["adabelief"]]
        assert 3.0 < left < 4.0 < right < 5.5 and left * right == pytest.approx(16.0)
        assert found[COLOURS["rmsprop"]] == 8.0


def test_a_run_without_an_n_counts_as_costlier_than_any():
    table = runs("cifar")
    # The line ends where one seed is lost; two of three are enough for a median.
    lost = table["batch_size"].isin([2, 4]) & (table["seed"] == 0)
    table.loc[lost, ["steps", "sfo"]] = np.nan
    table.loc[lost, ["censored", "bound"]] = True, 1e6
    axis = cifar({"crossings": table, "fits": fits(table)}, []).axes[1]
    assert triangles(axis) == {COLOURS["adam"]: (4.0, "full")}
    more = (table["batch_size"] == 2) | (table["batch_size"] == 4) & (table["seed"] < 2)
    table.loc[more, ["steps", "sfo"]] = np.nan
    table.loc[more, ["censored", "bound"]] = True, 1e6
    axis = cifar({"crossings": table, "fits": fits(table)}, []).axes[1]
    assert triangles(axis)[COLOURS["adam"]][0] == 8.0
    axis.figure.draw_without_rendering()
    top = max(text.get_window_extent().y1 for text in axis.texts)
    assert top < axis.title.get_window_extent().y0
    # The size that no run arrived at is in sight, with its arrow.
    assert axis.get_xlim()[0] < 2.0
    assert [text.get_text() for text in axis.texts] == ["↑3", "↑2"]


def test_panels_of_variants_name_the_target_and_tell_the_settings_apart():
    table = runs("wgan_gp", VARIANTS, readings=("fixed", "stretched"))
    table.loc[table["reading"] == "stretched", "target"] = 0.07
    places = fits(table).assign(place_as_coded="small end")
    axes = variants({"crossings": table, "fits": places}, []).axes
    assert ["≤ 0.06" in axes[0].get_title(), "≤ 0.07" in axes[1].get_title()] == [True, True]
    assert "≤ 0.06" in axes[2].get_title()
    # The third counts as the released code does, and so lie its least costs.
    styles = [{style for _, style in triangles(axis).values()} for axis in axes]
    assert styles == [{"full"}, {"full"}, {"none"}]
    for lines in (*(axis.lines for axis in axes), axes[0].get_legend().get_lines()):
        curves = [line for line in lines if line.get_linestyle() != "None"]
        dashed = {line.get_color() for line in curves if line.get_linestyle() == "--"}
        assert len(curves) == len(VARIANTS) and dashed == {COLOURS[each] for each in DASHES}


@pytest.mark.parametrize("critical", [8.0, np.nan])
def test_critical_sizes_have_their_interval_with_heads_where_the_axis_cuts_it(critical):
    table = runs("dcgan")
    for low, high, heads in ((3.0, 12.0, []), (3.0, 1e6, [">"]), (1e-3, 1e6, ["<", ">"])):
        at = {"critical": critical, "low": low, "high": high}
        tables = {"crossings": table, "fits": fits(table), "critical_sizes": sizes(table, **at)}
        axis = figure2(tables, []).axes[0]
        told = [text.get_text() for text in axis.texts]
        assert told == (["2 of 3"] if critical > 0 else [])
        left, right = axis.get_xlim()
        assert 1.0 < left < 2.0 and 16.0 < right < 32.0  # a wide one leaves the axis as it is
        drawn = [line for line in axis.lines if line.get_marker() in ("<", ">")]
        assert [line.get_marker() for line in drawn] == (heads if critical > 0 else [])
        edges = {"<": left, ">": right}
        assert all(line.get_xdata()[0] == edges[line.get_marker()] for line in drawn)
