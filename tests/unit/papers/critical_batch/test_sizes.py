"""Critical sizes over seeds: their table, how they are compared, and estimates beside them."""

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.papers.critical_batch import tables
from saigen.papers.critical_batch.claims import CLAIMS
from saigen.papers.critical_batch.sizes import critical_sizes, mean_of_logs


def claim(name):
    return next(each for each in CLAIMS if each.id == name)


def fits(sizes, setting="adam", aim="target", places=(), bare=False, **columns):
    """Rows of `fits`, a seed each; `places` says where those lie that are not within."""
    rows = []
    for seed, size in enumerate(sizes):
        place = dict(places).get(seed, "within")
        rows.append(
            {"model": "dcgan", "setting": setting, "reading": "fixed", "aim": aim, "seed": seed,
             "measured": size, "critical": size if place == "within" else np.nan, "place": place,
             "bare": bare, **columns}
        )  # fmt: skip
    return pd.DataFrame(rows)


def halved(sizes, **changes):
    frames = [fits([64.0, 66.0, 65.0]), fits(sizes, "halved", **changes)]
    return {"fits": pd.concat(frames, ignore_index=True)}


def test_a_bare_point_is_known_to_half_a_step():
    found = mean_of_logs([1.0, 1.0, 1.0], [False] * 3)
    assert (found.low, found.high) == (1.0, 1.0)
    found = mean_of_logs([1.0, 1.0, 1.0], [True, False, False])
    assert (found.low, found.high) == (0.5, 1.5) and "1 of 3" in found.note
    # Of a ratio both may be.
    found = mean_of_logs([1.0, 1.0, 1.0], [2, 1, 0])
    assert (found.low, found.high) == (0.0, 2.0) and "2 of 3 seeds: a step" in found.note


def test_equal_grid_points_are_no_exact_halving():
    exact = {"fits": pd.concat([fits([64.0] * 3), fits([40.0] * 3, "halved")])}
    assert claim("A6-rate")(exact).verdict == REPLICATED
    exact["fits"]["bare"] = True
    assert claim("A6-rate")(exact).verdict == INCONCLUSIVE


def test_a_comparison_without_one_seed_is_none():
    assert claim("A6-rate")(halved([32.0, 33.0, 34.0])).verdict == REPLICATED
    found = claim("A6-rate")(halved([32.0, 33.0, 8.0], places={2: "small end"}))
    assert found.verdict == NOT_TESTED
    assert "1 of 3" in found.why and "small end: 1" in found.why


def test_one_part_off_the_grid_does_not_hide_another_that_fails():
    loose = [fits([64.0, 66.0, 65.0], name) for name in ("adabelief", "rmsprop")]
    lower = fits([16.0, 15.0, 17.0], "adabelief", "stricter")
    off = fits([512.0] * 3, "rmsprop", "stricter", places={0: "large end"})
    frames = {"fits": pd.concat([*loose, lower, off])}
    assert claim("A5")(frames).verdict == NOT_REPLICATED


@pytest.mark.parametrize(
    ("coded", "place", "verdict"),
    [(64.0, "within", REPLICATED), (8.0, "within", NOT_REPLICATED), (8.0, "small end", NOT_TESTED)],
)
def test_the_coarse_count_is_compared_with_a_width_and_within_its_grid(coded, place, verdict):
    table = fits([64.0] * 3, measured_as_coded=coded, place_as_coded=place)
    found = claim("A11-cadence")({"fits": table})
    assert found.verdict == verdict
    if verdict == REPLICATED:
        assert (found.low, found.high) == (-1.0, 1.0)


def test_the_table_of_sizes_tells_the_mean_and_who_is_missing():
    table = pd.concat([
        fits([32.0, 64.0, 128.0]),
        fits([32.0, 64.0, 2.0, 512.0], "rmsprop", places={2: "small end", 3: "either end"}),
        fits([4.0, 4.0], "equal", places={0: "small end", 1: "large end"}),
    ])  # fmt: skip
    found = critical_sizes(table).set_index("setting")
    assert found.loc["adam", "critical"] == pytest.approx(64.0)
    reach = 4.302653 / 3.0**0.5  # Student's t at two degrees of freedom, log₂ sizes 5, 6, 7
    assert np.log2(found.loc["adam", "high"]) == pytest.approx(6.0 + reach, rel=1e-5)
    assert np.log2(found.loc["adam", "low"]) == pytest.approx(6.0 - reach, rel=1e-5)
    counts = ["seeds", "n", "small_end", "large_end", "unknown"]
    assert found.loc["rmsprop", counts].tolist() == [4, 2, 1, 0, 1]
    assert found.loc["equal", counts].tolist() == [2, 0, 1, 1, 0]
    assert np.isnan(found.loc["equal", "critical"])


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([60.0, 64.0, 70.0], REPLICATED),
        ([-5.0, -7.0, -6.0], NOT_REPLICATED),
        ([-5.0, np.nan, np.nan], NOT_REPLICATED),
        ([-5.0, 64.0, 70.0], INCONCLUSIVE),
        ([-5.0], INCONCLUSIVE),
    ],
)
def test_a_line_that_rises_in_every_seed_refutes_its_estimate(lines, verdict):
    table = fits([64.0, 66.0, 65.0][: len(lines)]).assign(line_critical=lines, line_rest=lines)
    assert claim("A7-line")({"fits": table}).verdict == verdict


@pytest.mark.parametrize("rest", [40.0, -5.0, np.nan])
def test_a_line_that_one_size_makes_is_no_estimate(rest):
    """The smallest size lies far out on the axis of 1/b."""
    table = fits([64.0, 66.0, 65.0]).assign(line_critical=64.0, line_rest=[64.0, 64.0, rest])
    found = claim("A7-line")({"fits": table})
    assert found.verdict == NOT_TESTED and "1 of 3 seeds" in found.why


def test_a_line_is_not_judged_beside_a_size_off_the_grid():
    table = fits([64.0, 66.0, 4.0], places={2: "small end"}, line_critical=64.0)
    assert claim("A7-line")({"fits": table}).verdict == NOT_TESTED


def estimates(**changes):
    """Rows of `estimates`: D's are 1.5 times the measured size, G's two thirds of it."""
    rows = [
        {"optimiser": optimiser, "network": network, "seed": seed, "reached": True,
         "critical": 64.0 + seed, "bare": False, "E2_median": times * (64.0 + seed),
         "E3": times * (64.0 + seed), "E4": times, "measured_ratio": 1.0}
        for optimiser in ("adam", "adabelief", "rmsprop")
        for network, times in (("discriminator", 1.5), ("generator", 2 / 3)) for seed in range(3)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    for name, value in changes.items():
        table.loc[0, name] = value  # Adam, D, seed 0
    return {"estimates": table}


@pytest.mark.parametrize("name", ["A7-constants", "A7-noise", "A7-ratios", "A8"])
def test_estimates_are_judged_over_all_seeds(name):
    assert claim(name)(estimates()).verdict == REPLICATED


@pytest.mark.parametrize("name", ["A7-constants", "A7-noise", "A8"])
@pytest.mark.parametrize(
    "changes", [{"E2_median": np.nan, "E3": np.nan}, {"critical": np.nan}, {"reached": False}]
)
def test_one_seed_without_an_estimate_leaves_them_untested(name, changes):
    found = claim(name)(estimates(**changes))
    assert found.verdict == NOT_TESTED and "1 of 3 seeds" in found.why


def test_a_ratio_to_a_bare_point_is_wider():
    plain, one = claim("A7-ratios")(estimates()), claim("A7-ratios")(estimates(bare=True))
    assert one.high - one.low == pytest.approx(plain.high - plain.low + 1.0)
    both = claim("A7-ratios")({"estimates": estimates()["estimates"].assign(bare=True)})
    assert both.high - both.low == pytest.approx(plain.high - plain.low + 2.0)


def test_networks_on_either_side_of_a_bare_point_may_be_on_one():
    table = estimates()
    of_d = table["estimates"]["network"] == "discriminator"
    table["estimates"].loc[of_d, "E2_median"] = 0.8 * table["estimates"].loc[of_d, "critical"]
    table["estimates"].loc[~of_d, "E2_median"] = 64.0 * 2.0
    assert claim("A8")(table).verdict == REPLICATED
    table["estimates"]["bare"] = True
    assert claim("A8")(table).verdict == INCONCLUSIVE


def test_a_noise_scale_is_the_median_of_looks_about_the_target():
    looks = pd.DataFrame({"noise_scale": [1.0, 9.0, 70.0, 10.0, np.nan, 22.0, 8.0, 42.0, 5.0]})
    assert tables._noise_scale(looks, 4) == 22.0  # 9, 70, 10, beyond all, 22, 8, 42
    assert tables._noise_scale(looks, 8) == 15.0  # 22, 8, 42, 5
    assert np.isinf(tables._noise_scale(looks.assign(noise_scale=np.nan), 4))


def test_far_estimates_fail():
    table = estimates()
    table["estimates"][["E2_median", "E3", "E4"]] *= 100.0
    for name in ("A7-constants", "A7-noise", "A7-ratios", "A8"):
        assert claim(name)(table).verdict == NOT_REPLICATED
