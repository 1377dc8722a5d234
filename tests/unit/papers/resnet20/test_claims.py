"""Claims on planted tables: each finds what was planted, refutes its opposite, reads no more."""

import numpy as np
import pandas as pd
import pytest

from saigen.claims import NOT_REPLICATED, NOT_TESTED, REPLICATED, judge
from saigen.papers.resnet20.claims import CLAIMS
from saigen.papers.resnet20.claims.page import PAGE

SEEDS = range(3)
#: Running losses in an order with which the page's predictions agree.
H1 = {"adam": 1, "amsgrad": 2, "rmsprop": 3, "sgd": 4, "adagrad": 5, "momentum": 6}


def frame(experiment, values, step=11700, **more):
    """Rows a planted value and seed, with a little scatter: finals, or curves at one step."""
    rows = [
        {
            "experiment": experiment,
            "optimiser": optimiser,
            "seed": seed,
            "status": "finished",
            "step": step,
            **{
                metric: level * (1.0 + 0.001 * ((7 * seed + 3 * place) % 5))
                for metric, level in (value if isinstance(value, dict) else {"loss": value}).items()
            },
            **more,
        }
        for place, (optimiser, value) in enumerate(values.items())
        for seed in SEEDS
    ]
    return pd.DataFrame(rows)


def verdict(claim_id, **tables):
    (row,) = judge([c for c in CLAIMS if c.id == claim_id], tables, "paper").to_dict("records")
    return row["verdict"]


@pytest.mark.parametrize("claim_id", ["C1-adam", "C1-momentum", "C1-best"])
def test_ranks_are_of_the_running_loss(claim_id):
    backwards = {name: 7 - place for name, place in H1.items()}
    # The evaluated loss says the opposite each time.
    for running, evaluated, wanted in (
        (H1, backwards, REPLICATED),
        (backwards, H1, NOT_REPLICATED),
    ):
        both = {name: {"loss": running[name], "train_loss": evaluated[name]} for name in PAGE}
        assert verdict(claim_id, final=frame("lab_short", both)) == wanted


def test_adam_may_tie_with_amsgrad_and_stay_the_best():
    tied = frame("lab_short", {**H1, "amsgrad": H1["adam"]})
    assert verdict("C1-best", final=tied) == REPLICATED
    assert verdict("C2-amsgrad", final=tied) == REPLICATED


@pytest.mark.parametrize("tau, wanted", [(0.9, REPLICATED), (0.3, NOT_REPLICATED)])
def test_stable_ranks_are_those_of_the_running_loss(tau, wanted):
    rows = [("lab_short", "loss", tau), ("lab_short", "train_loss", 0.6), ("lab", "loss", 0.0)]
    ranks = pd.DataFrame(rows * 3, columns=["experiment", "metric", "tau"])
    assert verdict("C1-ranks", ranks=ranks) == wanted


@pytest.mark.parametrize("order, wanted", [(1, NOT_REPLICATED), (-1, REPLICATED)])
def test_the_order_is_compared_at_one_step(order, wanted):
    h3 = frame("rate_tables", {name: order * H1[name] + 7 for name in PAGE}, 1950, table="h3")
    # Later, and in the longer runs of the same seeds, H1 has another order.
    curves = pd.concat(
        [
            frame("lab_short", H1, 1950),
            frame("lab_short", {name: order * H1[name] for name in PAGE}, 11700),
            frame("lab", {name: 7 - H1[name] for name in PAGE}, 1950),
        ]
    )
    assert verdict("C3-order", final=h3, curves=curves) == wanted
    assert verdict("C3-order", final=h3, curves=curves[curves["step"] != 1950]) == NOT_TESTED


def test_a_diverged_run_ranks_last_in_the_order():
    h3 = frame("rate_tables", H1, 1950, table="h3")
    h3.loc[h3["optimiser"] == "adam", "status"] = "diverged"
    curves = frame("lab_short", H1, 1950)
    # Adam falls from the first place to the last: 5 of 15 pairs, a tau of ⅓ for every seed.
    assert verdict("C3-order", final=h3, curves=curves) == REPLICATED
    lost = curves[curves["optimiser"] != "adam"]
    assert verdict("C3-order", final=h3, curves=lost) == NOT_REPLICATED


def sensitivity(best, at_h1):
    """A table with the same log losses over optimisers, scaled, at H1's rate and at another."""
    rows = [
        {
            "optimiser": name,
            "multiplier": multiplier,
            "diverged": 0,
            "values": " ".join(f"{np.exp(level + spread * (place + 0.01 * s))}" for s in SEEDS),
        }
        for place, name in enumerate(PAGE)
        for multiplier, level, spread in ((0.3333, -1.0, best), (1.0, 0.0, at_h1))
    ]
    return pd.DataFrame(rows)


def test_tuning_is_the_spread_at_the_best_rates_against_that_at_h1():
    assert verdict("C5-tuning", sensitivity=sensitivity(0.1, 0.2)) == REPLICATED
    assert verdict("C5-tuning", sensitivity=sensitivity(0.2, 0.1)) == NOT_REPLICATED
    table = sensitivity(0.1, 0.2)
    table.loc[(table["multiplier"] == 1.0) & (table["optimiser"] == "sgd"), "diverged"] = 1
    assert verdict("C5-tuning", sensitivity=table) == NOT_TESTED


@pytest.mark.parametrize(
    "error, loss, wanted",
    [(10.01, 0.015, REPLICATED), (9.3, 0.015, NOT_REPLICATED), (10.01, 0.06, NOT_REPLICATED)],
)
def test_adams_gap_is_at_a_comparable_loss(error, loss, wanted):
    values = {
        "log_sgd": {"test_error": 8.5, "loss": 0.011},
        "log_adam": {"test_error": error, "loss": loss},
    }
    final = frame("protocols", values).rename(columns={"optimiser": "variant"})
    assert verdict("C6-gap", final=final) == wanted


def test_networks_are_compared_on_the_same_images():
    def looks(of_lab):
        curves = [frame("he", {name: {"test_error": 20.0} for name in ("sgd", "adam")}, 5460)]
        # The last look, at more images, says the opposite.
        curves += [frame("he", {name: {"test_error": 90.0} for name in ("sgd", "adam")}, 5850)]
        lab = {name: {"test_error": of_lab} for name in PAGE}
        return pd.concat([*curves, frame("lab", lab, 5460), frame("lab", lab, 5850)])

    assert verdict("C8-networks", curves=looks(30.0)) == REPLICATED
    assert verdict("C8-networks", curves=looks(22.0)) == NOT_REPLICATED
    once = looks(30.0)
    assert verdict("C8-networks", curves=once[once["step"] == 5850]) == NOT_TESTED


def test_augmentation_is_judged_between_runs_of_one_length():
    plain = {name: {"train_loss": 0.1, "test_loss": 2.0} for name in ("sgd", "adam")}
    better = {name: {"train_loss": 0.5, "test_loss": 0.8} for name in PAGE}
    worse = {name: {"train_loss": 0.05, "test_loss": 3.0} for name in PAGE}
    short = pd.concat([frame("plain", plain), frame("lab_short", better)])
    final = pd.concat([short, frame("lab", worse, 78000)])
    assert verdict("C9-augmentation", final=final) == REPLICATED
    long = pd.concat([frame("plain", plain, 78000), frame("lab_short", better)])
    assert verdict("C9-augmentation", final=long) == NOT_TESTED
    long = pd.concat([long, frame("lab", worse, 78000)])
    assert verdict("C9-augmentation", final=long) == NOT_REPLICATED


@pytest.mark.parametrize("rise, wanted", [(2.5, REPLICATED), (1.5, NOT_REPLICATED)])
def test_memorising_leaves_the_last_look_out_of_the_rise(rise, wanted):
    looks = ((390, 1.0, 1.2), (780, 0.5, 1.0), (1170, 0.1, rise), (1560, 0.001, 2.0))
    curves = pd.concat(
        [
            frame("plain", {"adam": {"train_loss": train, "test_loss": test}}, step)
            for step, train, test in looks
        ]
    )
    assert verdict("C9-memorised", curves=curves) == wanted
