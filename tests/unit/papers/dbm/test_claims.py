"""Claims that machines train, on made-up tables: what passes, and what must not."""

import numpy as np
import pandas as pd
import pytest
from dbm_verdicts import EXISTING, GOOD, MEANS, SETTLED, curves, finding, machines, rates, verdict

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED


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


def test_an_unsure_log_z_is_doubt_and_no_scatter():
    """One doubtful seed of three says no less than three of three: gains are alike."""

    def judged(likelihood, *errors):
        shown = machines(lmi=GOOD, depth_3=GOOD, depth_4={**GOOD, "log_likelihood": likelihood})
        deep = shown["machines"]["learner"] == "depth_4"
        shown["machines"].loc[deep, "log_z_error"] = errors * (int(deep.sum()) // 3)
        return finding("C18", shown | SETTLED)["verdict"]

    assert judged(-100.0, 0.1, 0.5, 0.1) == judged(-100.0, 0.5, 0.5, 0.5) == REPLICATED
    # 56 nats ahead, and 60 of them may be missed.
    assert judged(-150.0, 0.1, 0.1, 0.1) == REPLICATED
    assert judged(-150.0, 0.1, 0.5, 0.1) == judged(-150.0, 0.5, 0.5, 0.5) == INCONCLUSIVE


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
    # Fashion-MNIST has failed all the same.
    assert judged("C9", 1.0, rates("lmi", **GOOD))["verdict"] == NOT_REPLICATED
    # Existing methods that are still coming nearer have not failed, nor has pre-training.
    for name in ("C10", "C10-long"):
        assert judged(name, 0.6, rates())["verdict"] == INCONCLUSIVE
        assert judged(name, 1.0, rates())["verdict"] == NOT_REPLICATED


@pytest.mark.parametrize("failed, expected", [("training", INCONCLUSIVE),
                                              ("training_fashion", NOT_REPLICATED)])  # fmt: skip
def test_the_grid_of_rates_which_is_of_mnist_excuses_no_other_dataset(failed, expected):
    good, poor = (machines(lmi=numbers)["machines"] for numbers in (GOOD, MEANS))
    rows = pd.concat([good[good["experiment"] != failed], poor[poor["experiment"] == failed]])
    shown = {"machines": rows} | curves()
    assert verdict("C9", shown | rates()) == NOT_REPLICATED
    found = finding("C9", shown | rates("lmi", **GOOD))
    assert found["verdict"] == expected
    assert ("lmi at 0.03 would pass" in found["why"]) == (failed == "training")


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
    found = finding("C18", shown | SETTLED)
    assert found["verdict"] == NOT_TESTED and "two layers" in found["why"]


def test_depth_that_was_still_improving_is_not_refuted():
    shown = machines(lmi=GOOD, depth_3=GOOD, depth_4=MEANS)
    assert verdict("C18", shown | SETTLED) == NOT_REPLICATED
    assert verdict("C18", shown | rates() | curves(share=0.5)) == INCONCLUSIVE


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
