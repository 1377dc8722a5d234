"""Tables from made-up runs, and claims on tables of which the verdict is known."""

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.paper import load_paper
from saigen.papers.wgan_gp import tables
from saigen.papers.wgan_gp.claims import CLAIMS
from saigen.tables import published

CLAIM = {claim.id: claim for claim in CLAIMS}


def rows(*runs):
    """A tidy frame: each run is (settings, {metric: {step: value}})."""
    found = []
    for settings, metrics in runs:
        for metric, course in metrics.items():
            for step, value in course.items():
                at = {"seed": 0, "status": "finished", **settings}
                found.append({**at, "step": step, "metric": metric, "value": value})
    return pd.DataFrame(found)


def test_a_diverged_run_keeps_its_row_without_numbers():
    frame = rows(
        ({"variant": "unsupervised"}, {"score": {1: 2.0, 2: 3.0}, "real_score": {2: 9.0}}),
        ({"variant": "supervised", "status": "diverged"}, {"critic_loss": {1: np.nan}}),
    )
    found = tables.resnet({"resnet": frame}, {}).set_index("variant")
    assert found.loc["unsupervised", "score"] == 3.0
    assert np.isnan(found.loc["supervised", "score"])
    assert found.loc["supervised", "status"] == "diverged"


def test_early_and_best_scores_of_a_course():
    course = {60 * k: share for k, share in enumerate([0.1, 0.4, 0.9, 0.7, 0.5, 0.5, 0.5, 0.6], 1)}
    frame = rows(({"architecture": 0, "method": "gp", "variant": "x"}, {"score_share": course}))
    found = tables.random_architectures({"random_architectures": frame}, {}).iloc[0]
    assert (found["early_share"], found["best_share"], found["score_share"]) == (0.1, 0.9, 0.6)


def test_the_gap_and_the_late_slopes_of_the_losses():
    steps = range(0, 8000, 1000)
    frame = rows(
        (
            {"method": "gp", "examples": 1000, "variant": "x"},
            {
                "negative_loss/train": {s: 2.0 + s / 1000 for s in steps},
                "negative_loss/valid": {s: 2.0 - s / 2000 for s in steps},
            },
        )
    )
    found = tables.overfitting_ends({"overfitting": frame}, {}).iloc[0]
    assert found["slope_train"] == pytest.approx(1.0)
    assert found["slope_valid"] == pytest.approx(-0.5)
    assert found["gap"] == pytest.approx((9.0 - (-1.5)) / 5.5)


def test_the_course_of_figure_3():
    course = {100 * k: score for k, score in enumerate([1.0, 1.5, 2.0, 2.9, 3.0], 1)}
    one = ({"variant": "gp_adam"}, {"score": course, "score_share": course, "frechet": course})
    lost = ({"variant": "clip", "status": "diverged"}, {"critic_loss": {100: np.nan}})
    runs = {
        "convergence": rows(one, lost),
        "convergence_fashion": rows(one),
        "step_times": rows(({"variant": "gp_adam"}, {"seconds_per_step": {1: 0.5}})),
    }
    ends = tables.convergence_ends(runs, {})
    assert len(ends) == 3
    found = ends[(ends["experiment"] == "convergence") & (ends["variant"] == "gp_adam")].iloc[0]
    # 90% of the way from 1 to 3 is 2.8.
    assert (found["steps_to_90"], found["seconds_to_90"]) == (400, 200.0)
    assert found["area"] == pytest.approx(2.08)
    assert np.isnan(ends[ends["variant"] == "clip"].iloc[0]["score"])


def test_the_loss_that_follows_the_distance():
    falls = {s: 5.0 - s for s in range(5)}
    rises = {s: float(s) for s in range(5)}
    flat = dict.fromkeys(range(5), 0.0)

    def run(variant, loss):
        return {"variant": variant}, {"negative_loss/valid": loss, "frechet": falls}

    empty = rows(({"variant": "gan"}, {"frechet": {1: 1.0}}))
    frame = rows(run("gp_adam", falls), run("gp_rmsprop", rises), run("clip", flat))
    found = tables.loss_meter({"convergence": frame, "convergence_fashion": empty}, {})
    rho = found.set_index("variant")["loss_distance"].to_dict()
    assert rho == {"gp_adam": pytest.approx(1.0), "gp_rmsprop": pytest.approx(-1.0), "clip": 0.0}


def test_table_3_keeps_classifier_scores_apart():
    frame = rows(
        *(
            ({"variant": name, "seed": seed}, {"score": {1: 5.0 + seed}, "real_score": {1: 9.0}})
            for name in ("unsupervised", "supervised")
            for seed in range(3)
        )
    )
    table = tables.table3({"resnet": frame}, published(load_paper("wgan_gp")))
    assert set(table["protocol"]) == {"Inception", "classifier"}
    shown = {"table3": table, "resnet": tables.resnet({"resnet": frame}, {})}
    finding = CLAIM["C12-unsupervised"](shown)
    assert finding.verdict == NOT_TESTED and "not comparable" in finding.why
    frame.attrs["judges"] = ["Inception", "classifier"]
    table = tables.table3({"resnet": frame}, published(load_paper("wgan_gp")))
    assert set(table["protocol"]) == {"Inception"}
    assert CLAIM["C12-unsupervised"]({**shown, "table3": table}).verdict != NOT_TESTED


def counts(only_gan, n):
    return pd.DataFrame(
        {
            "reading": ["last score"] * 2,
            "threshold": [0.1, 0.2],
            "only_gan": [0, only_gan],
            "only_gp": [5, 5],
            "both": [n - 5, n - 5 - only_gan],
            "neither": [0, 0],
        }
    )


@pytest.mark.parametrize(
    "only_gan, n, verdict",
    [(2, 200, REPLICATED), (0, 40, INCONCLUSIVE), (30, 200, NOT_REPLICATED)],
)
def test_how_often_the_gan_alone_may_win(only_gan, n, verdict):
    assert CLAIM["C7"]({"table5": counts(only_gan, n)}).verdict == verdict


def pairs(gan, gp):
    return pd.DataFrame(
        [
            {"architecture": number, "method": method, "score_share": share, "early_share": early}
            for method, shares in (("gan", gan), ("gp", gp))
            for number, (share, early) in enumerate(shares)
        ]
    )


def test_more_architectures_trained_and_at_equal_cost():
    better = pairs([(0.1, 0.0)] * 12, [(0.9, 0.3)] * 12)
    assert CLAIM["C6"]({"random_architectures": better}).verdict == REPLICATED
    at_cost = CLAIM["C6-equal-cost"]({"random_architectures": better})
    assert at_cost.verdict == INCONCLUSIVE  # neither trains any: nothing is known of who wins
    worse = pairs([(0.9, 0.0)] * 12, [(0.1, 0.1)] * 12)
    assert CLAIM["C6"]({"random_architectures": worse}).verdict == NOT_REPLICATED


def surfaces(gp_cv, clip_cv):
    return pd.DataFrame(
        [
            {
                "toy": toy, "method": method, "seed": seed, "slope_mean": 1.0 + 0.01 * seed,
                "slope_cv": (gp_cv if method == "gp" else clip_cv) * (1.0 + 0.01 * seed),
                "modes": 8 if method == "gp" else seed % 2,
            }
            for toy in ("eight_gaussians", "twenty_five_gaussians", "swiss_roll")
            for method in ("gp", "clip")
            for seed in range(3)
        ]
    )  # fmt: skip


def test_unit_slopes_and_modes():
    good, bad = {"value_surfaces": surfaces(0.1, 0.8)}, {"value_surfaces": surfaces(0.8, 0.8)}
    assert CLAIM["C1"](good).verdict == REPLICATED
    assert CLAIM["C1"](bad).verdict == NOT_REPLICATED
    assert CLAIM["C2-modes"](good).verdict == REPLICATED


def test_weights_are_pushed_or_not():
    def frame(grown):
        return pd.DataFrame(
            {"variant": "clip_0_01_inside", "seed": range(3), "at_edge_first": 0.0,
             "at_edge": [grown, grown + 0.01, grown - 0.01]}
        )  # fmt: skip

    assert CLAIM["C5-pushed"]({"gradient_norms": frame(0.4)}).verdict == REPLICATED
    assert CLAIM["C5-pushed"]({"gradient_norms": frame(0.02)}).verdict == NOT_REPLICATED


def test_sides_are_told_alike_only_if_they_are():
    def frame(gap):
        draws = np.random.default_rng(0).normal(0.5, 0.1, 20)
        parts = [
            pd.DataFrame(
                {"architecture": range(20), "one_sided": side,
                 "score_share": draws + (gap if side else 0.0) + 0.001 * np.arange(20) * side}
            )
            for side in (False, True)
        ]  # fmt: skip
        return pd.concat(parts)

    assert CLAIM["C17"]({"sides": frame(0.0)}).verdict == REPLICATED
    assert CLAIM["C17"]({"sides": frame(0.2)}).verdict == NOT_REPLICATED
