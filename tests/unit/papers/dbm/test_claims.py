"""Claims on trained machines, on made-up tables: what passes, and what must not."""

import numpy as np
import pandas as pd
import pytest
from dbm_verdicts import CLAIMS, finding, verdict

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED

EXISTING = ("cd_10", "pcd_10", "gibbs_ucd")
#: A machine of pixel means, give or take, and one that has learned.
MEANS = {"fd_sample": 0.30, "fd_gibbs": 0.31, "log_likelihood": -206.0}
GOOD = {"fd_sample": 0.05, "fd_gibbs": 0.06, "log_likelihood": -100.0}


def machines(centre="data", **learners):
    """The table `machines`: three seeds of each learner in every experiment, as it is given."""
    rows = []
    for experiment in ("training", "training_fashion", "variations", "anatomy"):
        for learner, numbers in learners.items():
            for seed in range(3):
                row = {"experiment": experiment, "learner": learner, "centre": centre}
                row |= {"seed": seed, "status": "finished", "log_z_error": 0.1, "unique_modes": 0.9}
                row |= {"fd_means": 0.30, "fd_noise": 1.0, "log_likelihood_of_means": -206.0}
                shaken = {name: value * (1.0 + 0.01 * seed) for name, value in numbers.items()}
                rows.append(row | shaken)
    return {"machines": pd.DataFrame(rows)}


def rates(who="cd_10", **numbers):
    """The table `rates`: one run of each method at two rates, one of them as given at 0.03."""
    rows = [
        {"learner": learner, "centre": "data", "learning_rate": rate, "seed": 0,
         "fd_means": 0.30, "log_likelihood_of_means": -206.0, "log_z_error": 0.1,
         **MEANS, **(numbers if (learner, rate) == (who, 0.03) else {})}
        for learner in ("lmi", *EXISTING) for rate in (0.01, 0.03)
    ]  # fmt: skip
    return {"rates": pd.DataFrame(rows)}


def curves(share=1.0):
    """The tables of curves: distances end at this share of what they were at half of the run."""
    rows = [
        {"experiment": experiment, "learner": learner, "centre": centre, "seed": seed,
         "status": "finished", "step": step, "curve_fd_sample": fd, "curve_fd_gibbs": 2.0 * fd}
        for experiment in ("training", "training_fashion", "anatomy")
        for learner in ("lmi", *EXISTING, "pretrained")
        for centre in ("data", "none")
        for seed in range(3)
        for step, fd in ((1000, 0.5), (2000, 0.4), (3000, 0.4), (4000, 0.4 * share))
    ]  # fmt: skip
    return dict.fromkeys(("curves", "long_curves"), pd.DataFrame(rows))


#: The grid and the curves of methods that have settled, and pass at no rate.
SETTLED = rates() | curves()


@pytest.mark.parametrize("name", ["C9", "C9-long", "C18"])
def test_a_machine_of_pixel_means_has_not_learned(name):
    names = ("depth_3", "depth_4") if name == "C18" else ("lmi",)

    def judged(numbers):
        return verdict(name, machines(**{"lmi": GOOD, **dict.fromkeys(names, numbers)}) | SETTLED)

    assert judged(GOOD) == REPLICATED
    assert judged(MEANS) == NOT_REPLICATED
    # Good samples of an unlikely law have not either, nor a likely law with poor samples.
    for half in ({**GOOD, **{"log_likelihood": -220.0}}, {**GOOD, "fd_sample": 0.29}):
        assert judged(half) == NOT_REPLICATED
    # Annealing may have missed 60 nats where the error of log Z is large, and what it likes beyond.
    assert judged({**GOOD, "log_z_error": 0.4}) == REPLICATED
    assert judged({**GOOD, "log_likelihood": -160.0, "log_z_error": 0.4}) == INCONCLUSIVE
    assert judged({**GOOD, "log_z_error": 0.95}) == INCONCLUSIVE
    # It understates log Z: what is not likelier all the same is not likelier.
    assert judged({**GOOD, "log_likelihood": -220.0, "log_z_error": 0.4}) == NOT_REPLICATED
    # Pixel means that are hardly smoothed are three nats likelier than smoothed ones.
    assert judged({**GOOD, "log_likelihood": -203.0}) == NOT_REPLICATED


def test_either_centre_will_do_to_have_learned():
    def judged(data, none):
        both = [machines(lmi=data)["machines"], machines("none", lmi=none)["machines"]]
        return finding("C9", {"machines": pd.concat(both)} | SETTLED)

    assert judged(MEANS, MEANS)["verdict"] == NOT_REPLICATED
    assert judged(GOOD, MEANS)["verdict"] == REPLICATED
    found = judged(MEANS, GOOD)
    assert found["verdict"] == REPLICATED and "centre none" in found["why"]


def test_a_training_that_ended_too_early_settles_nothing():
    def judged(name, share, grid):
        shown = machines(lmi=MEANS, **dict.fromkeys(EXISTING, MEANS), pretrained=MEANS)
        return finding(name, shown | grid | curves(share))

    for name in ("C9", "C9-long"):
        assert judged(name, 0.95, rates())["verdict"] == NOT_REPLICATED
        found = judged(name, 0.6, rates())
        assert found["verdict"] == INCONCLUSIVE and "still falling, to 0.6 of" in found["why"]
    found = judged("C9", 1.0, rates("lmi", **GOOD))
    assert found["verdict"] == INCONCLUSIVE and "lmi at 0.03 would pass" in found["why"]
    # Existing methods that are still coming nearer have not failed, nor has pre-training.
    for name in ("C10", "C10-long"):
        assert judged(name, 0.6, rates())["verdict"] == INCONCLUSIVE
        assert judged(name, 1.0, rates())["verdict"] == NOT_REPLICATED


@pytest.mark.parametrize("name, centre", [("C8", "none"), ("C8-centred", "data")])
def test_a_diverged_run_hides_no_accepted_proposal(name, centre):
    def judged(*accepted):
        rows = [
            {"centre": centre, "learner": learner, "accepted_positive": 0.0, "differs": 0.0,
             "accepted_negative": count}
            for learner, count in zip(("lmi", "as_coded", "as_specified"), accepted, strict=True)
        ]  # fmt: skip
        return finding(name, {"readings": pd.DataFrame(rows)})

    assert judged(0.0, 0.0, 0.0)["verdict"] == REPLICATED
    assert judged(0.0, 3.0, np.nan)["verdict"] == NOT_REPLICATED
    found = judged(0.0, 0.0, np.nan)
    assert found["verdict"] == REPLICATED and "1 runs diverged" in found["why"]
    assert judged(np.nan, np.nan, np.nan)["verdict"] == NOT_TESTED


def test_depth_is_not_blamed_for_a_short_training():
    shown = machines(lmi=MEANS, depth_3=MEANS, depth_4=MEANS)
    found = finding("C18", shown)
    assert found["verdict"] == NOT_TESTED and "two layers" in found["why"]


def test_existing_methods_fail_where_they_do_not_learn():
    def judged(numbers, pretrained=GOOD):
        return verdict("C10", existing(numbers, pretrained) | SETTLED)

    assert judged(MEANS) == REPLICATED
    # By their own sampler: long Gibbs chains.
    assert judged({**MEANS, "fd_gibbs": 0.05, "log_likelihood": -100.0}) == NOT_REPLICATED
    assert judged(MEANS, pretrained=MEANS) == NOT_REPLICATED


def existing(numbers, pretrained=GOOD, centre="data"):
    return machines(centre, **dict.fromkeys(EXISTING, numbers), pretrained=pretrained)


def test_existing_methods_must_fail_with_every_centre():
    def judged(none, pretrained=MEANS):
        both = [existing(MEANS), existing(none, pretrained, "none")]
        return verdict(
            "C10", {"machines": pd.concat([each["machines"] for each in both])} | SETTLED
        )

    assert judged(MEANS) == REPLICATED
    assert judged({**GOOD, "fd_gibbs": 0.05}) == NOT_REPLICATED
    # Pre-training need succeed with one of them.
    both = [existing(MEANS, MEANS), existing(MEANS, GOOD, "none")]
    shown = {"machines": pd.concat([each["machines"] for each in both])}
    assert verdict("C10", shown | SETTLED) == REPLICATED


def test_a_method_that_passes_in_long_runs_has_not_failed():
    shown = existing(MEANS)["machines"]
    longer = (shown["experiment"] == "anatomy") & (shown["learner"] == "pcd_10")
    for name, value in GOOD.items():
        shown.loc[longer, name] = value
    found = finding("C10", {"machines": shown} | SETTLED)
    assert found["verdict"] == INCONCLUSIVE and "in the long runs PCD-10 passes" in found["why"]


def test_a_likelihood_alone_is_no_failure():
    # Near samples of an unlikely law have neither failed nor learned.
    unlikely = {**GOOD, "log_likelihood": -220.0}
    assert verdict("C10", existing(unlikely) | SETTLED) == INCONCLUSIVE
    assert verdict("C10", existing({**GOOD, "log_z_error": 0.95}) | SETTLED) == INCONCLUSIVE


def test_long_runs_judge_the_methods_too():
    assert verdict("C10-long", machines(pcd_10=MEANS, pretrained=GOOD) | SETTLED) == REPLICATED
    assert verdict("C10-long", machines(pcd_10=GOOD, pretrained=GOOD) | SETTLED) == NOT_REPLICATED


def test_methods_that_pass_at_another_rate_are_named():
    failing = existing(MEANS) | curves()
    assert finding("C10", failing | rates())["why"].endswith("none would pass")
    passing = {"fd_gibbs": 0.05, "log_likelihood": -100.0}
    found = finding("C10", failing | rates(**passing))
    assert found["verdict"] == INCONCLUSIVE
    assert found["why"].endswith("the grid of rates cd_10 at 0.03 would pass")
    # What does not fail at the common rate either is refuted, whatever the grid says.
    assert verdict("C10", existing(GOOD) | curves() | rates(**passing)) == NOT_REPLICATED
    lost = rates(**{**passing, "fd_gibbs": np.nan, "fd_sample": np.nan})
    assert finding("C10", failing | lost)["why"].endswith("none would pass")


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
    assert "by log-likelihood -5 nats" in finding("C13-centring", shown)["why"]
    # Centres of 1/2 are as bad as none here, and were run with one cell alone: none has learned.
    assert verdict("C13-half", shown) == NOT_TESTED
    better = shown["ablation"].assign(fd_sample=lambda rows: rows["fd_sample"].mask(
        rows["centre"] == "half", 0.1))  # fmt: skip
    assert verdict("C13-half", {"ablation": better}) == REPLICATED
    # Orthogonal weights help with centres and hurt without, by as much.
    assert verdict("C13-orthogonal", shown) != REPLICATED


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
