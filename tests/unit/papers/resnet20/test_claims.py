"""Claims on planted tables: each finds what was planted, refutes its opposite, reads no more."""

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.papers.resnet20.claims.runs import plain_and_augmented
from saigen.papers.resnet20.optimisers import PAGE

#: Running losses in an order with which the page's predictions agree.
H1 = {"adam": 1, "amsgrad": 2, "rmsprop": 3, "sgd": 4, "adagrad": 5, "momentum": 6}


@pytest.mark.parametrize("epochs, experiment, other", [("", "lab_short", "lab"),
                                                       ("-200", "lab", "lab_short")])  # fmt: skip
@pytest.mark.parametrize("claim_id", ["C1-adam", "C1-momentum", "C1-best"])
def test_ranks_are_of_the_running_loss(frame, verdict, claim_id, epochs, experiment, other):
    backwards = {name: 7 - place for name, place in H1.items()}
    # The evaluated loss says the opposite each time.
    for running, evaluated, wanted in (
        (H1, backwards, REPLICATED),
        (backwards, H1, NOT_REPLICATED),
    ):
        both = {name: {"loss": running[name], "train_loss": evaluated[name]} for name in PAGE}
        # So do runs of the other length.
        shown = [frame(experiment, both), frame(other, backwards if running is H1 else H1)]
        assert verdict(claim_id + epochs, final=pd.concat(shown)) == wanted


@pytest.mark.parametrize("epochs, experiment, other", [("", "lab_short", "lab"),
                                                       ("-200", "lab", "lab_short")])  # fmt: skip
def test_adam_may_tie_with_amsgrad_and_stay_the_best(frame, verdict, epochs, experiment, other):
    tied = pd.concat([frame(experiment, {**H1, "amsgrad": H1["adam"]}), frame(other, H1)])
    assert verdict("C1-best" + epochs, final=tied) == REPLICATED
    assert verdict("C2-amsgrad" + epochs, final=tied) == REPLICATED
    assert verdict("C2-amsgrad" + epochs, final=frame(experiment, H1)) == NOT_REPLICATED


@pytest.mark.parametrize("fall, wanted", [(0.9, REPLICATED), (0.3, NOT_REPLICATED)])
def test_a_slow_tail_is_a_smaller_fall_over_the_second_half(frame, verdict, fall, wanted):
    rivals = dict.fromkeys(("rmsprop", "adam", "amsgrad"), 1.0)
    curves = [
        frame("lab", {**rivals, "adagrad": 1.0}, 39_000),
        frame("lab", {**dict.fromkeys(rivals, 0.5), "adagrad": fall}, 78_000),
        # Shorter runs say the opposite.
        frame("lab_short", {**rivals, "adagrad": 1.0 - fall}, 78_000),
    ]
    assert verdict("C1-adagrad", curves=pd.concat(curves)) == wanted
    assert verdict("C1-adagrad", curves=pd.concat(curves[1:])) == NOT_TESTED


@pytest.mark.parametrize(
    "error, loss, wanted",
    [(10.01, 0.015, REPLICATED), (9.3, 0.015, NOT_REPLICATED), (10.01, 0.06, NOT_REPLICATED)],
)
def test_adams_gap_is_at_a_comparable_loss(frame, verdict, error, loss, wanted):
    values = {
        "log_sgd": {"test_error": 8.5, "loss": 0.011},
        "log_adam": {"test_error": error, "loss": loss},
    }
    final = frame("protocols", values).rename(columns={"optimiser": "variant"})
    assert verdict("C6-gap", final=final) == wanted


@pytest.mark.parametrize("claim_id", ["C6-he", "C6-keras", "C6-gap"])
def test_published_accuracies_are_held_against_cifar10_alone(frame, found, claim_id):
    levels = {"he_2016": 8.75, "keras_adam": 8.0, "log_sgd": 8.5, "log_adam": 10.01}
    values = {name: {"test_error": level, "loss": 0.01} for name, level in levels.items()}
    final = frame("protocols", values).rename(columns={"optimiser": "variant"})
    assert found(claim_id, final=final)["verdict"] == REPLICATED
    row = found(claim_id, final=final.assign(dataset="cifar10_jpeg"))
    assert row["verdict"] == NOT_TESTED
    assert "cifar10_jpeg" in row["why"]


def looks(frame, of_lab, seeds=range(3)):
    """Both networks looked at twice; the last look, at more images, says the opposite."""
    two = ("sgd", "adam")
    curves = [
        frame("he", {name: {"test_error": 20.0} for name in two}, 5460, seeds),
        frame("he", {name: {"test_error": 90.0} for name in two}, 5850, seeds),
    ]
    lab = {name: {"test_error": of_lab} for name in PAGE}
    curves += [frame("lab", lab, step) for step in (390, 5460, 5850)]
    return pd.concat(curves, ignore_index=True)


def test_networks_are_compared_on_the_same_images(frame, verdict):
    assert verdict("C8-networks", curves=looks(frame, 30.0)) == REPLICATED
    assert verdict("C8-networks", curves=looks(frame, 22.0)) == NOT_REPLICATED
    once = looks(frame, 30.0)
    assert verdict("C8-networks", curves=once[once["step"] == 5850]) == NOT_TESTED
    apart = once[(once["experiment"] == "he") | (once["step"] != 5460)]
    assert verdict("C8-networks", curves=apart) == NOT_TESTED


def test_seeds_of_the_short_runs_count_for_networks_too(frame, found):
    """They are the long runs' beginnings."""
    curves = looks(frame, 30.0)
    more = (curves["experiment"] == "lab") & (curves["seed"] > 0)
    curves.loc[more, "experiment"] = "lab_short"
    row = found("C8-networks", curves=curves)
    assert (row["verdict"], row["n"]) == (REPLICATED, 3)


def test_optimisers_of_one_seed_are_no_sample_of_networks(frame, found):
    row = found("C8-networks", curves=looks(frame, 30.0, seeds=[0]))
    assert (row["verdict"], row["n"]) == (INCONCLUSIVE, 1)


def test_a_network_counts_by_what_it_had_reached(frame, found):
    curves = looks(frame, 22.0)
    later = (curves["experiment"] == "lab") & (curves["seed"] == 0)
    curves.loc[later, "status"] = "diverged"
    row = found("C8-networks", curves=curves)
    assert row["verdict"] == NOT_REPLICATED and np.isfinite(row["high"])
    # A run of He's that was lost before the look stays in its pair, as the worst.
    before = (curves["experiment"] == "he") & (curves["seed"] == 0) & (curves["step"] == 5460)
    row = found("C8-networks", curves=curves[~before])
    assert row["n"] == 3 and row["low"] == -np.inf


@pytest.mark.parametrize(
    "error, adams, wanted",
    [(25.0, 1e-4, REPLICATED), (35.0, 1e-4, NOT_REPLICATED), (25.0, 0.5, NOT_REPLICATED)],
)
def test_the_laboratorys_network_memorises(frame, verdict, error, adams, wanted):
    # The geometric mean over the page's six; Momentum's own loss stays above the bound.
    values = {name: {"test_error": error, "train_loss": adams} for name in PAGE}
    values["momentum"]["train_loss"] = 0.1
    values["adamw"] = {"test_error": 90.0, "train_loss": 2.0}
    assert verdict("C8-memorises", final=frame("plain", values, 78_000)) == wanted


def looked_at(frame, experiment, values, end=11700, seeds=range(3)):
    """Curves of runs looked at seven times; the first look and the last say the opposite."""
    opposite = {name: {k: 1.0 / v for k, v in each.items()} for name, each in values.items()}
    shown = [opposite, *[values] * 5, opposite]
    steps = [end - 390 * left for left in range(6, -1, -1)]
    parts = [frame(experiment, *look, seeds) for look in zip(shown, steps, strict=True)]
    return pd.concat(parts, ignore_index=True)


PLAIN = {name: {"train_loss": 0.1, "test_loss": 2.0} for name in ("sgd", "adam")}
BETTER = {name: {"train_loss": 0.5, "test_loss": 0.8} for name in PAGE}


def test_augmentation_is_judged_between_runs_of_one_length(frame, verdict):
    worse = {name: {"train_loss": 0.05, "test_loss": 3.0} for name in PAGE}
    of_lab = looked_at(frame, "lab", worse, 78000)
    short = [looked_at(frame, "plain", PLAIN), looked_at(frame, "lab_short", BETTER)]
    assert verdict("C9-augmentation", curves=pd.concat([*short, of_lab])) == REPLICATED
    long = pd.concat([looked_at(frame, "plain", PLAIN, 78000), short[1]])
    assert verdict("C9-augmentation", curves=long) == NOT_TESTED
    assert verdict("C9-augmentation", curves=pd.concat([long, of_lab])) == NOT_REPLICATED


def test_augmentation_is_judged_over_seeds(frame, found):
    plain = looked_at(frame, "plain", PLAIN, seeds=[0])
    curves = pd.concat([plain, looked_at(frame, "lab_short", BETTER)])
    row = found("C9-augmentation", curves=curves)
    assert (row["verdict"], row["n"]) == (INCONCLUSIVE, 1)
    assert row["why"].endswith("after 11,700 steps")


def test_one_look_does_not_decide(frame):
    curves = looked_at(frame, "plain", PLAIN)
    swung = (curves["step"] == 11700 - 2 * 390) & (curves["optimiser"] == "adam")
    curves.loc[swung, "test_loss"] *= 3.0
    both = pd.concat([curves, looked_at(frame, "lab_short", BETTER)])
    rows = plain_and_augmented(both).query("experiment == 'plain' and seed == 0")
    losses = rows.set_index("optimiser")["test_loss"]
    assert losses["adam"] / losses["sgd"] == pytest.approx((4 + 3) / 5, rel=0.01)


def test_a_run_lost_before_its_last_looks_has_no_number(frame):
    curves = looked_at(frame, "plain", PLAIN)
    gone = (curves["optimiser"] == "adam") & (curves["seed"] == 1) & (curves["step"] > 11000)
    both = pd.concat([curves[~gone], looked_at(frame, "lab_short", BETTER)])
    rows = plain_and_augmented(both).set_index(["experiment", "optimiser", "seed"])
    assert np.isnan(rows.loc[("plain", "adam", 1), "test_loss"])
    assert rows["test_loss"].isna().sum() == 1


@pytest.mark.parametrize("rise, wanted", [(2.5, REPLICATED), (1.5, NOT_REPLICATED)])
def test_memorising_leaves_the_last_look_out_of_the_rise(frame, verdict, rise, wanted):
    steps = ((390, 1.0, 1.2), (780, 0.5, 1.0), (1170, 0.1, rise), (1560, 0.001, 2.0))
    curves = pd.concat(
        [
            frame("plain", {"adam": {"train_loss": train, "test_loss": test}}, step)
            for step, train, test in steps
        ]
    )
    assert verdict("C9-memorised", curves=curves) == wanted


def test_a_seed_lost_before_its_first_look_has_not_memorised(frame, verdict):
    curves = pd.concat(
        [
            frame("plain", {"adam": {"train_loss": train, "test_loss": test}}, step, range(4))
            for step, train, test in ((390, 1.0, 1.0), (780, 0.1, 2.5), (1170, 0.001, 2.0))
        ],
        ignore_index=True,
    )
    assert verdict("C9-memorised", curves=curves) == REPLICATED
    lost = curves["seed"] == 0
    curves.loc[lost, ["train_loss", "test_loss"]] = np.nan
    curves.loc[lost, "status"] = "diverged"
    assert verdict("C9-memorised", curves=curves) == INCONCLUSIVE
