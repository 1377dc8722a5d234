"""Claims on made-up tables: what passes, and what must not."""

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, REPLICATED
from saigen.errors import SaigenError
from saigen.papers.dbm import claims, tables

CLAIMS = {each.id: each for each in claims.CLAIMS}
#: A machine of pixel means, give or take, and one that has learned.
MEANS = {"fd_sample": 0.30, "fd_gibbs": 0.31, "log_likelihood": -206.0}
GOOD = {"fd_sample": 0.05, "fd_gibbs": 0.06, "log_likelihood": -100.0}


def machines(**learners):
    """The table `machines`: three seeds of each learner on both datasets, as it is given."""
    rows = []
    for experiment in ("training", "training_fashion", "variations"):
        for learner, numbers in learners.items():
            for seed in range(3):
                row = {"experiment": experiment, "learner": learner, "centre": "data"}
                row |= {"seed": seed, "status": "finished", "log_z_error": 0.1}
                row |= {"fd_means": 0.30, "fd_noise": 1.0, "log_likelihood_of_means": -206.0}
                shaken = {name: value * (1.0 + 0.01 * seed) for name, value in numbers.items()}
                rows.append(row | shaken)
    return {"machines": pd.DataFrame(rows)}


def verdict(name, shown):
    return CLAIMS[name](shown).verdict


@pytest.mark.parametrize("name", ["C9", "C18"])
def test_a_machine_of_pixel_means_has_not_learned(name):
    names = ("lmi", "depth_3", "depth_4")
    assert verdict(name, machines(**dict.fromkeys(names, GOOD))) == REPLICATED
    assert verdict(name, machines(**dict.fromkeys(names, MEANS))) == NOT_REPLICATED
    # Good samples of an unlikely law have not either, nor a likely law with poor samples.
    for half in ({**GOOD, **{"log_likelihood": -220.0}}, {**GOOD, "fd_sample": 0.29}):
        assert verdict(name, machines(**dict.fromkeys(names, half))) == NOT_REPLICATED


def test_existing_methods_fail_where_they_do_not_learn():
    existing = ("cd_10", "pcd_10", "gibbs_ucd")
    failing = machines(**dict.fromkeys(existing, MEANS), pretrained=GOOD)
    assert verdict("C10", failing) == REPLICATED
    # By their own sampler: long Gibbs chains.
    own = {**MEANS, "fd_gibbs": 0.05, "log_likelihood": -100.0}
    learning = machines(**dict.fromkeys(existing, own), pretrained=GOOD)
    assert verdict("C10", learning) == NOT_REPLICATED
    without = machines(**dict.fromkeys(existing, MEANS), pretrained=MEANS)
    assert verdict("C10", without) == NOT_REPLICATED


@pytest.mark.parametrize("error, expected", [(0.2, REPLICATED), (0.4, INCONCLUSIVE)])
def test_equal_work_needs_log_z(error, expected):
    rows = [
        {"experiment": "training", "centre": "data", "learner": learner, "seed": seed,
         "status": "finished", "curve_log_likelihood": base + 0.1 * seed * (base < -100.0),
         "curve_log_z_error": error if learner == "pcd_10" and seed == 1 else 0.1}
        for learner, base in
        {"lmi": -90.0, "cd_10": -101.0, "pcd_10": -102.0, "gibbs_ucd": -103.0}.items()
        for seed in range(3)
    ]  # fmt: skip
    assert verdict("C10-work", {"equal_compute": pd.DataFrame(rows)}) == expected


def ablation(factor):
    """The 2³ ablation, three seeds: `factor` maps (centre, marginal, normal) to a distance."""
    rows = []
    for learner in ("lmi", "lmi_marginal", "lmi_normal", "lmi_normal_marginal"):
        for centre in ("none", "data", "half"):
            for seed in range(3):
                if centre == "half" and learner != "lmi":
                    continue
                fd = factor(centre, "marginal" in learner, "normal" in learner)
                rows.append(
                    {
                        "learner": learner,
                        "centre": centre,
                        "seed": seed,
                        "status": "finished",
                        "marginal": "marginal" in learner,
                        "init": "normal" if "normal" in learner else "orthogonal",
                        "fd_sample": fd * (1.0 + 0.01 * seed),
                    }
                )
    return {"ablation": pd.DataFrame(rows)}


def test_the_ablation_compares_ratios_with_each_centre():
    # Large and far off where uncentred, small and helped where centred: 1.05 against 0.7.
    def mixed(centre, marginal, normal):
        if centre == "data":
            return 0.1 * (0.7 if marginal else 1.0) * (2.0 if normal else 1.0)
        return 3.0 * (1.05 if marginal else 1.0) * (0.5 if normal else 1.0)

    shown = ablation(mixed)
    found = CLAIMS["C13-marginal"](shown)
    assert found.verdict == REPLICATED
    # One ratio a seed, the geometric mean over its cells.
    assert found.n == 3 and found.measured == pytest.approx((1.05 * 0.7) ** 0.5)
    assert verdict("C13-centring", shown) == REPLICATED
    # Orthogonal weights help with centres and hurt without, by as much.
    assert verdict("C13-orthogonal", shown) != REPLICATED


def test_a_diverged_cell_counts_against_its_level():
    shown = ablation(lambda centre, marginal, normal: 0.1)
    rows = shown["ablation"]
    rows.loc[(rows["learner"] == "lmi_marginal") & (rows["centre"] == "data"), "status"] = (
        "diverged"
    )
    assert verdict("C13-marginal", shown) == NOT_REPLICATED


def counts(means, capped=0.0):
    """The table `toy`: five machines a size, with this mean τ of Gibbs chains."""
    rows = [
        {"units": units, "law": "orthogonal", "seed": seed, "count": "gibbs", "status": "finished",
         "mean": mean * (1.0 + 0.02 * seed), "capped": capped if units == 256 else 0.0}
        for units, mean in means.items() for seed in range(5)
    ]  # fmt: skip
    return {"toy": pd.DataFrame(rows)}


def test_a_linear_rise_does_not_explode():
    exploding = {16: 3.1, 32: 4.2, 64: 7.7, 128: 43.0, 256: 1900.0}
    assert verdict("C3", counts(exploding, capped=0.9)) == REPLICATED
    assert verdict("C3", counts({n: float(n) for n in exploding}, capped=0.9)) == NOT_REPLICATED


def test_one_long_search_of_one_run_refutes_that_searches_end():
    toy = pd.DataFrame({"count": ["search"] * 2, "law": ["orthogonal", "normal"], "largest": 20.0})
    longest = {f"longest_search_{phase}": [30.0, 40.0] for phase in ("positive", "negative")}
    runs = pd.DataFrame({"experiment": ["training", "anatomy"], **longest})
    found = CLAIMS["C5"]({"toy": toy, "readings": runs})
    assert found.verdict == REPLICATED and found.n == 2
    worse = runs.assign(longest_search_negative=[30.0, 501.0])
    assert verdict("C5", {"toy": toy, "readings": worse}) == NOT_REPLICATED
    late = toy.assign(largest=[20.0, 501.0])  # of a law other than that of training
    assert verdict("C5", {"toy": late, "readings": runs}) == NOT_REPLICATED


def probed(ours, spread=0.1, machines=5, probe=3.95):
    draws = np.array([-1.0, 1.0, 0.5, -0.5, 0.0])[:machines] * spread
    rows = [
        {"units": 16, "law": "orthogonal", "variant": "v", "seed": seed, "status": "finished",
         "step": 1, "metric": f"{metric}/search", "value": value}
        for seed, draw in enumerate(draws)
        for metric, value in {"mean": ours + draw, "capped": 0.0}.items()
    ]  # fmt: skip
    published = {"count": ["search"], "units": [16], "probe": [probe]}
    return tables.probes(
        {"toy": pd.DataFrame(rows)},
        {"probes": pd.DataFrame({**published, "rounding": [0.005], "models": [5]})},
    )


def test_the_toy_is_held_against_the_probe():
    table = probed(ours=3.95 + 0.205)
    spread = 0.1 * np.sqrt(2.5 / 4.0)
    assert table["apart"].item() == pytest.approx(0.2 / (spread * np.sqrt(0.4)))
    assert verdict("toy-probe", {"probes": probed(ours=4.0)}) == REPLICATED
    assert verdict("toy-probe", {"probes": probed(ours=5.0)}) == NOT_REPLICATED
    # Machines that are all alike: to the digits shown, or not.
    assert verdict("toy-probe", {"probes": probed(1.0, spread=0.0, probe=1.0)}) == REPLICATED
    assert verdict("toy-probe", {"probes": probed(1.1, spread=0.0, probe=1.0)}) == NOT_REPLICATED
    with pytest.raises(SaigenError, match="one machine"):
        CLAIMS["toy-probe"]({"probes": probed(ours=4.0, machines=1)})
