"""Claims on what trained machines are and do, on made-up tables: what passes, and what must not."""

import numpy as np
import pandas as pd
import pytest
from dbm_verdicts import CLAIMS, EXISTING, GOOD, MEANS, finding, machines, verdict

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED


def chains(factor):
    rows = [
        {"experiment": "anatomy", "learner": "lmi", "centre": "data", "start": "own", "seed": seed,
         "status": "finished", "sweeps": sweeps, "fd": fd * (1.0 + 0.01 * seed)}
        for seed in range(3) for sweeps, fd in ((0, 0.05), (1000, 0.05 * factor + 0.001 * seed))
    ]  # fmt: skip
    return {"chains": pd.DataFrame(rows)}


def modes(share):
    rows = [
        {"experiment": "anatomy", "learner": "lmi", "centre": "data", "seed": seed,
         "status": "finished", "modes_unique": share * (1.0 + 0.01 * seed)}
        for seed in range(3)
    ]  # fmt: skip
    return {"modes": pd.DataFrame(rows)}


@pytest.mark.parametrize(
    "name, holds, breaks", [("C16", chains(1.2), chains(3.0)), ("C17", modes(0.9), modes(0.1))]
)
def test_samples_and_modes_are_judged_where_something_was_learned(name, holds, breaks):
    assert verdict(name, holds | machines(lmi=GOOD)) == REPLICATED
    assert verdict(name, breaks | machines(lmi=GOOD)) == NOT_REPLICATED
    # Noise stays noise along a chain, and all its modes differ.
    assert verdict(name, holds | machines(lmi=MEANS)) == NOT_TESTED


def test_a_machine_that_has_come_to_few_modes_refutes_that_they_are_many():
    """Its samples are far off for that very reason."""
    assert verdict("C17", modes(0.1) | machines(lmi=MEANS)) == NOT_REPLICATED


def test_a_machine_without_the_sweep_is_held_against_samples_of_lmi():
    # Modes of LMI are three times as far off as its samples, which are what it is for.
    lmi = {**GOOD, "fd_mode": 0.15, "unique_modes": 0.9}
    collapsed = {**GOOD, "fd_mode": 0.2, "unique_modes": 0.01}
    assert verdict("C19", machines(lmi=lmi, no_sweep=collapsed)) == REPLICATED
    assert verdict("C19", machines(lmi=lmi, no_sweep={**collapsed, "fd_mode": 0.06})) != REPLICATED
    # There is nothing to collapse from where LMI has few modes itself.
    few = {**lmi, "unique_modes": 0.03}
    assert verdict("C19", machines(lmi=few, no_sweep=collapsed)) == NOT_TESTED
    some = {**lmi, "unique_modes": 0.1}
    several = {**collapsed, "unique_modes": 0.04}
    assert verdict("C19", machines(lmi=some, no_sweep=several)) == NOT_REPLICATED


def grey(experiment, learner, centre, fids):
    labels = {"experiment": experiment, "learner": learner, "centre": centre, "status": "finished"}
    return [{**labels, "seed": seed, "fid_sample": fid} for seed, fid in enumerate(fids)]


def test_published_distances_are_held_against_lmi_centred_by_the_data_over_seeds():
    others = grey("grey", "pcd_10", "data", [3.0] * 3) + grey("grey", "lmi", "none", [2.0] * 3)

    def judged(name, mnist, cifar=()):
        return verdict(name, {"grey_machines": pd.DataFrame([*others, *mnist, *cifar])})

    far, close = (grey("grey", "lmi", "data", fids) for fids in ([30, 31, 32], [9.0, 9.1, 9.2]))
    assert judged("C11", far) == judged("C12", far, grey("colour", "lmi", "data", [60, 61, 62]))
    assert judged("C11", far) == NOT_REPLICATED
    assert judged("C11", close) == REPLICATED
    assert judged("C11", grey("grey", "lmi", "data", [9.0, 14.0, 30.0])) == INCONCLUSIVE
    assert judged("C12", close, grey("colour", "lmi", "data", [60, 61, 62])) == REPLICATED
    assert judged("C11", grey("grey", "lmi", "data", [np.nan] * 3)) == NOT_TESTED


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
    shown = {"equal_compute": pd.DataFrame(rows)}
    assert verdict("C10-work", shown | machines(lmi=GOOD)) == expected
    assert verdict("C10-work", shown | machines(lmi=MEANS)) == NOT_TESTED


@pytest.mark.parametrize(
    "lead, expected",
    [(5.0, REPLICATED), (1.0, INCONCLUSIVE), (-1.0, INCONCLUSIVE), (-5.0, NOT_REPLICATED)],
)
def test_two_nats_at_equal_work_are_no_lead(lead, expected):
    rows = [
        {"experiment": "training", "centre": "data", "learner": learner, "seed": seed,
         "status": "finished", "curve_log_likelihood": -100.0 + lead * (learner == "lmi")
         + 0.1 * seed * (learner == "lmi"), "curve_log_z_error": 0.1}
        for learner in ("lmi", *EXISTING) for seed in range(3)
    ]  # fmt: skip
    shown = {"equal_compute": pd.DataFrame(rows)} | machines(lmi=GOOD)
    assert verdict("C10-work", shown) == expected


def test_the_ratio_to_lmi_says_nothing_where_lmi_has_not_learned():
    def judged(lmi):
        return verdict("C10-ratio", machines(lmi=lmi, **dict.fromkeys(EXISTING, MEANS)))

    assert judged(GOOD) == REPLICATED
    assert judged(MEANS) == NOT_TESTED


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
                        "fd_means": 0.3,
                        "log_likelihood": -100.0 - 5.0 * (centre == "data"),
                    }
                )
    return {"ablation": pd.DataFrame(rows)}


def mixed(level):
    """Marginalisation helps, to 0.7, where centred, and hurts, to 1.05, where not."""

    def factor(centre, marginal, normal):
        if centre == "data":
            return 0.1 * (0.7 if marginal else 1.0) * (2.0 if normal else 1.0)
        return level * (1.05 if marginal else 1.0) * (0.5 if normal else 1.0)

    return ablation(factor)


def test_the_ablation_compares_ratios_with_each_centre():
    shown = mixed(0.12)
    found = CLAIMS["C13-marginal"](shown)
    assert found.verdict == REPLICATED
    # One ratio a seed, the geometric mean over its cells.
    assert found.n == 3 and found.measured == pytest.approx((1.05 * 0.7) ** 0.5)
    # Orthogonal weights help with centres and hurt without, by as much.
    assert verdict("C13-orthogonal", shown) != REPLICATED


def test_cells_of_the_ablation_that_have_not_learned_are_left_out():
    shown = mixed(3.0)
    # Uncentred machines are far off, by either level of any other factor.
    for name in ("C13-marginal", "C13-orthogonal"):
        found = CLAIMS[name](shown)
        assert found.verdict == REPLICATED and "in 2 of 4 pairs of cells" in found.why
    assert CLAIMS["C13-marginal"](shown).measured == pytest.approx(0.7)
    assert verdict("C13-centring", shown) == REPLICATED
    assert "by log-likelihood -5 nats" in finding("C13-centring", shown)["why"]
    # Centres of 1/2 are as bad as none here, and were run with one cell alone: none has learned.
    assert verdict("C13-half", shown) == NOT_TESTED
    half = shown["ablation"]["centre"] == "half"
    better = shown["ablation"].assign(fd_sample=lambda rows: rows["fd_sample"].mask(half, 0.1))
    assert verdict("C13-half", {"ablation": better}) == REPLICATED
    # Nearer than its own partner, which has not learned either: what others have says nothing.
    others = better["learner"].ne("lmi") & better["centre"].eq("none")
    better["fd_sample"] = better["fd_sample"].mask(half, 0.2).mask(others, 0.1)
    assert verdict("C13-half", {"ablation": better}) == NOT_TESTED


def test_an_ingredient_of_machines_that_learned_nothing_is_not_tested():
    def judged(level):
        shown = ablation(lambda centre, *_: level * (0.9 if centre == "data" else 1.0))
        return finding("C13-centring", shown)

    assert judged(0.1)["verdict"] == REPLICATED
    found = judged(0.25)
    assert found["verdict"] == NOT_TESTED and "0.76 of the distance" in found["why"]


def test_a_diverged_cell_counts_against_its_level():
    shown = ablation(lambda centre, marginal, normal: 0.1)
    rows = shown["ablation"]
    rows.loc[(rows["learner"] == "lmi_marginal") & (rows["centre"] == "data"), "status"] = (
        "diverged"
    )
    assert verdict("C13-marginal", shown) == NOT_REPLICATED
