"""Claims on balance and on reading a log, T7 to T15: each can hold, and fails where it should."""

import numpy as np
import pandas as pd
import pytest
from made_up_logs import SEEDS, judge, runs

from saigen.config import load_config
from saigen.grid import experiment_runs
from saigen.paper import load_paper
from saigen.papers.gan_tuning.names import EXPECTED


def ends(table, **values):
    """Return cells with one metric: `ends("frechet", a=1.0)`."""
    return {name: {table: value} for name, value in values.items()}


def diagnosed(seeds=SEEDS, **changes):
    """Return the table of faults as the rules should have it, with some columns of some changed."""
    rows = [
        {
            "fault": fault,
            "seed": seed,
            "status": "finished",
            "fires": rules[0],
            "R3": int(rules[0] == "R3"),
            "impossible": 0.9 if rules[0] == "R3" else 0.001,
            **changes.get(fault, {}),
        }
        for fault, rules in EXPECTED.items()
        for seed in range(seeds)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("claim_id", "perfect"),
    [("T13", False), ("T13-wiring", True), ("T13-rules", True), ("T14", True)],
)
def test_a_perfect_diagnosis_is_a_verdict_at_six_seeds(claim_id, perfect):
    found = judge(claim_id, faults=diagnosed())
    assert found.verdict == ("replicated" if perfect else "not replicated")


@pytest.mark.parametrize("scale", ["standard", "paper"])
@pytest.mark.parametrize("claim_id", ["T13-wiring", "T13-rules"])
def test_a_perfect_diagnosis_is_a_verdict_at_the_seeds_of_each_scale(claim_id, scale):
    planted = experiment_runs(load_paper("gan_tuning"), "faults", load_config({"scale": scale}))
    seeds = len({run.seed for run in planted})
    assert judge(claim_id, faults=diagnosed(seeds)).verdict == "replicated"


@pytest.mark.parametrize(
    ("claim_id", "changes"),
    [
        ("T13-wiring", {"strong": {"R3": 1}}),
        ("T13-wiring", {"norm_mismatch": {"R3": 0}}),
        ("T13-rules", {"weak": {"fires": "R2"}}),
        ("T13-rules", {"none": {"fires": "R4"}}),
        ("T13-rules", {"strong": {"fires": "R3"}}),
        ("T14", {"weak": {"impossible": 0.05}}),
    ],
)
def test_a_wrong_diagnosis_is_none(claim_id, changes):
    assert judge(claim_id, faults=diagnosed(**changes)).verdict != "replicated"


@pytest.mark.parametrize("claim_id", ["T13-wiring", "T13-rules", "T14"])
def test_a_saturating_loss_has_no_part_in_a_diagnosis(claim_id):
    changed = diagnosed(saturating={"R3": 1, "fires": "R3", "impossible": 1.0})
    assert judge(claim_id, faults=changed).verdict == "replicated"


def test_t13_wiring_tells_the_count_of_each_fault():
    why = judge("T13-wiring", faults=diagnosed(norm_mismatch={"R3": 0})).why
    assert "R3 in unfrozen 6 of 6, norm_mismatch 0 of 6, swapped 6 of 6" in why


def test_t14_tells_the_share_of_each_wiring_fault():
    why = judge("T14", faults=diagnosed(unfrozen={"impossible": 0.25})).why
    assert "unfrozen 0.25" in why and "norm_mismatch 0.9" in why and "saturating" not in why


def test_t14_leaves_out_what_never_rejects_all_fakes():
    never = {"impossible": np.nan}
    found = judge("T14", faults=diagnosed(weak=never, swapped=never))
    assert found.verdict == "replicated"
    assert "weak has no such step" in found.why and "swapped has no such step" in found.why
    nowhere = dict.fromkeys(("none", "strong", "weak", "idle_generator"), never)
    assert judge("T14", faults=diagnosed(**nowhere)).verdict == "not tested"


def test_t7_needs_something_to_cure():
    def verdict(strong, without):
        return judge("T7", weakened=runs("name", ends("accuracy", strong=strong, w1=without)))

    assert verdict(0.99, 0.8).verdict == "replicated"
    assert verdict(0.995, 0.98).verdict == "not replicated"  # lower, and still nearly all
    assert verdict(0.9, 0.8).verdict == "not tested"


def test_t7_cells_judges_the_wirings_in_which_d_is_nearly_always_right():
    wirings = {"apart_batch": 0.8, "together_batch": 0.8, "together_running": 0.8}
    sick = ends("accuracy", apart_running=0.99, no_norm=0.7, **wirings)
    assert judge("T7-cells", batch_norm=runs("name", sick)).verdict == "replicated"
    healthy = ends("accuracy", apart_running=0.8, no_norm=0.7, **wirings)
    assert judge("T7-cells", batch_norm=runs("name", healthy)).verdict == "not tested"


def test_t7_quality_judges_the_distance_where_there_is_something_to_cure():
    def verdict(accuracy, distance):
        cells = {name: {"accuracy": 0.8, "frechet": 1.0} for name in
                 ("apart_batch", "together_batch", "together_running")}  # fmt: skip
        cells["apart_running"] = {"accuracy": accuracy, "frechet": distance}
        cells["no_norm"] = {"accuracy": 0.7, "frechet": 2.0}
        return judge("T7-quality", batch_norm=runs("name", cells)).verdict

    assert verdict(0.99, 4.0) == "replicated"  # the healthy wirings may be better than none
    assert verdict(0.99, 1.0) == "not replicated"
    assert verdict(0.80, 4.0) == "not tested"


@pytest.mark.parametrize(("shown", "verdict"), [(0.9, "replicated"), (0.0, "not replicated")])
def test_t7_wiring_says_where_no_run_shows_the_symptom(shown, verdict):
    cells = ends("symptom", apart_running=shown, apart_batch=0.0)
    found = judge("T7-wiring", batch_norm=runs("name", cells))
    assert found.verdict == verdict
    assert (f"no row of the {2 * SEEDS} runs shows it" in found.why) == (shown == 0.0)


@pytest.mark.parametrize(("claim_id", "way"), [("T8", "w2"), ("T9-strong", "w3"),
                                               ("T10-strong", "w4"), ("T11", "w1_w2")])  # fmt: skip
def test_what_weakens_a_strong_d_needs_one(claim_id, way):
    def verdict(accuracy):
        cells = {name: {"accuracy": 0.7, "frechet": 2.0} for name in ("w1", "w2", "w3", "w4")}
        cells["w1_w2"] = {"accuracy": 0.7, "frechet": 3.0}
        cells["strong"] = {"accuracy": accuracy, "frechet": 4.0}
        return judge(claim_id, weakened=runs("name", cells)).verdict

    assert verdict(0.99) == "replicated"
    assert verdict(0.9) == "not tested"


def test_t9_compares_a_slower_d_with_an_equal_one():
    def verdict(**distances):
        cells = {"1:4": 1.0, "1:2": 1.5, "1:1": 2.0, "4:1": 4.0}
        return judge("T9", rate_ratios=runs("name", ends("frechet", **{**cells, **distances})))

    assert verdict().verdict == "replicated"
    for worse in ({"1:4": 2.5}, {"1:2": 2.5}, {"1:1": 4.4}):
        assert verdict(**worse).verdict == "not replicated", worse


def strengths(wide=1.0, deep=1.0, told=1.0):
    """Return the table of G's strength, each factor with its own effect on both metrics."""
    cells = {}
    for width in (4, 8, 16):
        for extra in (0, 1):
            for labels in (False, True):
                times = wide ** (width == 16) * deep**extra * told**labels
                cells[width, extra, labels] = {"accuracy": 0.8 * times, "frechet": 2.0 * times}
    table = runs("cell", cells)
    names = pd.DataFrame(table["cell"].tolist(), columns=["g_width", "g_extra", "labels"])
    return table.join(names)


@pytest.mark.parametrize(("claim_id", "factor"), [("T10", "wide"), ("T10-depth", "deep"),
                                                  ("T10-labels", "told")])  # fmt: skip
def test_t10_reads_each_way_of_strengthening_g_alone(claim_id, factor):
    others = {name: 1.2 for name in ("wide", "deep", "told") if name != factor}
    helps = strengths(**{factor: 0.8}, **others)
    assert judge(claim_id, g_strength=helps).verdict == "replicated"
    hurts = strengths(**{factor: 1.2}, **dict.fromkeys(others, 0.8))
    assert judge(claim_id, g_strength=hurts).verdict == "not replicated"


def test_t11_counts_a_diverged_run():
    cells = ends("frechet", strong=5.0, w1=2.0, w2=2.0, w1_w2=1.0, w1_w3=1.0)
    table = runs("name", cells, seeds=12).assign(accuracy=0.99)
    assert judge("T11", weakened=table).verdict == "not replicated"
    table.loc[table["name"] == "w1_w3", "status"] = "diverged"
    assert judge("T11", weakened=table).verdict == "replicated"


def test_t12_can_hold_and_can_fail_at_thirty_seeds():
    early = np.linspace(0.9, 1.0, 30)
    unrelated = np.random.default_rng(1).permutation(30) / 30.0
    table = pd.DataFrame({"early_accuracy": early, "frechet": unrelated, "seed": range(30)})
    assert judge("T12", early=table).verdict == "replicated"
    assert judge("T12", early=table.assign(frechet=early)).verdict == "not replicated"
    assert "early accuracy 0.900 to 1.000" in judge("T12", early=table).why
    none_leads = judge("T12", early=table.assign(early_accuracy=early - 0.1))
    assert none_leads.verdict == "not tested" and "0.800 to 0.900" in none_leads.why


def stretches(d_loss=0.69, accuracy=0.74, late_g_loss=1.5):
    medians = {"balance": {"d_loss": d_loss, "g_loss": 0.7, "accuracy": 0.5}}
    medians["late"] = {"d_loss": 0.5, "g_loss": late_g_loss, "accuracy": accuracy}
    return runs("stretch", medians).assign(source="ours")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "replicated"),
        ({"d_loss": 0.4}, "not replicated"),
        ({"accuracy": 0.83}, "not replicated"),
        ({"late_g_loss": 1.2}, "not replicated"),
        ({"late_g_loss": np.nan, "accuracy": np.nan}, "inconclusive"),
    ],
)
def test_t15_tests_every_number_of_its_sentence(changes, verdict):
    table = stretches(**changes)
    assert judge("T15", profile=table).verdict == verdict


def test_t15_tells_a_short_run_from_a_diverged_one():
    table = stretches()
    late = table["stretch"] == "late"
    table.loc[late, ["d_loss", "g_loss", "accuracy"]] = np.nan
    assert judge("T15", profile=table).verdict == "not tested"
    assert judge("T15", profile=table.assign(status="diverged")).verdict != "replicated"
