"""The work of evaluations: what `saigen plan` multiplies a unit's cost with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.experiment import Experiment
from saigen.plan.work import LEAST, shrunk, work

#: A Gibbs sampler's evaluation: samples after many sweeps, annealed chains, lengths looked at.
TERMS = (("samples", "sweeps"), ("chains", "rounds"), (3, "samples", "lengths"))
PARAMS = {
    "curve_samples": 100,
    "curve_sweeps": 20,
    "curve_chains": 5,
    "curve_rounds": 1000,
    "test_samples": 500,
    "test_sweeps": 40,
    "test_lengths": [0, 1, 10],
    "units": 200,
}


def test_work_is_the_product_of_the_settings_named_so():
    params = {"curve_images": 20, "curve_samples": 10, "test_images": 50, "width": 3}
    assert (work(params, "curve_"), work(params, "test_")) == (200, 50)
    timed = {"repeats": 5, "steps": 10, "curve_samples": 1000}
    assert (work(timed, "test_"), work(timed, "curve_")) == (50, 1)
    assert work({"width": 3}, "curve_") == 1


def test_work_is_the_sum_of_the_products_that_a_paper_names():
    assert work(PARAMS, "curve_", TERMS) == 100 * 20 + 5 * 1000
    # What is not set adds nothing; of lengths on one way the last is the way.
    assert work(PARAMS, "test_", TERMS) == 500 * 40 + 3 * 500 * 10


@given(st.integers(1, 10**4), st.integers(1, 10**4), st.floats(1, 1e6))
def test_shrinking_stays_below_the_limit_and_the_wish(images, samples, limit):
    params = {"test_images": images, "test_samples": samples, "units": 200}
    small = shrunk(params, {"test_": limit})
    least = min(images, LEAST) * min(samples, LEAST)
    assert least <= work(small, "test_") <= max(least, min(limit, images * samples))
    assert small["units"] == 200


@given(
    st.fixed_dictionaries({name: st.integers(1, 10**4) for name in PARAMS if "curve" in name}),
    st.floats(1, 1e8),
)
def test_shrinking_a_sum_stays_below_the_limit_too(sizes, limit):
    small = shrunk(sizes, {"curve_": limit}, TERMS)
    least = work({name: min(LEAST, value) for name, value in sizes.items()}, "curve_", TERMS)
    assert work(small, "curve_", TERMS) <= max(least, min(limit, work(sizes, "curve_", TERMS)))
    assert all(min(LEAST, sizes[name]) <= small[name] <= sizes[name] for name in sizes)


def test_rounds_are_cut_before_what_goes_through_them_side_by_side():
    small = shrunk(PARAMS, {"curve_": 2000.0}, TERMS)
    assert (small["curve_samples"], small["curve_chains"]) == (100, 5)
    assert 2 <= small["curve_sweeps"] < 20 and 2 <= small["curve_rounds"] < 400


def test_work_of_a_setting_that_is_not_there_is_refused():
    given = {"what": "", "train": "a:b", "params": {"curve_samples": 1}}
    Experiment(**given, work=[["samples", 3]])
    with pytest.raises(ValueError, match="no parameter `curve_sampels` or `test_sampels`"):
        Experiment(**given, work=[["sampels"]])
