"""Claims on learning and its difficulties: each can hold, and fails where its sentence does."""

from itertools import product

import numpy as np
import pandas as pd
from made_up_measurements import SEEDS, deterministic, judge, once, regression, rows

METHODS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam")


def test_e10_constants_are_held_against_one_unit():
    alone = once(deterministic("single_unit", "mse", {"tanh": 0.065, "relu": 0.16}))
    cells = {("tanh", "zeros"): 0.5, ("tanh", "he"): 0.002, ("relu", "ones"): 0.2,
             ("relu", "he"): 0.1}  # fmt: skip
    table = regression(cells)
    assert judge("E10-constants", regression=table, measurements=alone).verdict == "replicated"
    for cell, value in ((("relu", "ones"), 0.15), (("tanh", "he"), 0.07)):
        table = regression({**cells, cell: value})
        found = judge("E10-constants", regression=table, measurements=alone)
        assert found.verdict == "not replicated", cell


def test_e10_xavier_looks_at_the_end():
    early = regression({("tanh", "xavier"): 0.1, ("tanh", "he"): 0.01}, step=500)
    late = regression({("tanh", "xavier"): 0.001, ("tanh", "he"): 0.002})
    both = pd.concat([early, late], ignore_index=True)
    assert judge("E10-xavier", regression=both).verdict == "replicated"
    assert judge("E10-xavier", regression=early).verdict == "not replicated"


def test_e11_counts_a_diverged_run():
    table = pd.DataFrame(
        {"experiment": "deep_first_weights", "initial": initial, "seed": seed,
         "status": "finished", "test_accuracy": 0.93 if initial in ("he", "xavier") else 0.11}
        for initial, seed in product(("zeros", "normal", "xavier", "he"), range(SEEDS))
    )  # fmt: skip
    assert judge("E11-deep", digits=table).verdict == "replicated"
    table.loc[(table["initial"] == "he") & (table["seed"] == 2), "status"] = "diverged"
    assert judge("E11-deep", digits=table).verdict == "not replicated"


def widths(spread, mean):
    parts = [
        rows("widths", "mse", {f"he/{k}": mean(w) + spread(w) * (-1) ** k for k in range(20)}, w)
        for w in (2.0, 8.0, 64.0)
    ]
    return pd.concat(parts, ignore_index=True).assign(label="he")


def test_e16_tells_the_spread_from_its_proportion():
    shrinks = widths(lambda w: 0.05 / w, lambda w: 0.1 / w)
    assert judge("E16-width", measurements=shrinks).verdict == "replicated"
    assert judge("E16-relative", measurements=shrinks).verdict != "replicated"
    both = widths(lambda w: 0.1 / w**2, lambda w: 1.0 / w)
    assert judge("E16-relative", measurements=both).verdict == "replicated"
    assert judge("E16-width", measurements=widths(lambda w: w, lambda w: 99.0)).verdict == (
        "not replicated"
    )


def through_time(slope=lambda radius: np.log(radius), tanh=-1.0):
    table = []
    for radius in (0.5, 0.9, 1.1, 1.5):
        norms = {f"{radius}/{lag}": np.exp(slope(radius) * lag) for lag in (1, 10, 50)}
        table.append(rows("long_term", "norm", norms))
        held = {label: value * np.exp(tanh) for label, value in norms.items()}
        table.append(rows("long_term", "tanh", held))
    return pd.concat(table, ignore_index=True)


def test_e20_asks_every_radius_and_both_sides_of_one():
    assert judge("E20-long-term", measurements=through_time()).verdict == "replicated"
    off = through_time(lambda radius: np.log(radius) + 0.1 * (radius == 0.9))
    assert judge("E20-long-term", measurements=off).verdict == "not replicated"
    assert judge("E20-tanh", measurements=through_time()).verdict == "replicated"
    vanishing = through_time()
    worse = (vanishing["metric"] == "tanh") & vanishing["label"].str.startswith("0.5")
    vanishing.loc[worse, "value"] *= 10.0
    assert judge("E20-tanh", measurements=vanishing).verdict == "not replicated"


def test_e12_needs_laplaces_line_to_be_another():
    def table(laplace):
        fits = {"normal": 1e-8, "Laplace": laplace}
        squares = deterministic("likelihood", "least_squares", fits)
        return pd.concat([squares, deterministic("likelihood", "cross_entropy", {"": 5e-4})])

    assert judge("E12-losses", measurements=table(0.05)).verdict == "replicated"
    assert judge("E12-losses", measurements=table(1e-8)).verdict == "not replicated"


def test_e12_a_product_that_never_underflows_refutes():
    def table(underflow, finite=1.0):
        points = deterministic("likelihood", "underflow", {"": underflow})
        return pd.concat([points, deterministic("likelihood", "logs_finite", {"": finite})])

    found = judge("E12-logs", measurements=table(350.0))
    assert found.verdict == "replicated" and "the worst of 6 seeds" in found.why
    one = table(350.0)
    one.loc[(one["metric"] == "underflow") & (one["seed"] == 2), "value"] = np.inf
    assert judge("E12-logs", measurements=one).verdict == "not replicated"
    assert judge("E12-logs", measurements=table(350.0, 0.0)).verdict == "not replicated"


def test_e13_a_bias_that_stays_is_one():
    def table(bias):
        sizes = (10, 100, 1000)
        noise = rows("gradient_noise", "noise", {b: 75.0 / b for b in sizes})
        return pd.concat([noise, rows("gradient_noise", "bias", {b: bias(b) for b in sizes})])

    falls = table(lambda b: 0.01 / b**0.5)
    assert judge("E13-minibatch", measurements=falls).verdict == "replicated"
    stays = table(lambda b: 0.003)  # below 5%, which was asked before
    assert judge("E13-minibatch", measurements=stays).verdict == "not replicated"


def test_e14_needs_a_0_1_loss_that_comes_to_0():
    def table(wrong=0.0, solved=1.0):
        ends = {"solved": solved, "end": 0.1}
        parts = [
            deterministic("surrogate", "flat", {"": 1.0}),
            deterministic("surrogate", "zero_one", {"end": wrong}),
            rows("surrogate", "cross_entropy", ends),
            rows("surrogate", "margin", {"solved": 0.1 * solved, "end": 0.9}),
        ]
        return pd.concat(parts)

    assert judge("E14-surrogate", measurements=table()).verdict == "replicated"
    never = table(wrong=0.02, solved=np.nan)
    assert judge("E14-surrogate", measurements=never).verdict == "not replicated"


def test_e16_batches_asks_for_a_trend_with_the_whole_batch_last():
    def table(*shares):
        return deterministic("basins", "escaped", dict(zip((1, 10, 100, 0), shares, strict=True)))

    assert judge("E16-batches", measurements=table(0.9, 0.5, 0.1, 0.0)).verdict == "replicated"
    assert judge("E16-batches", measurements=table(0.0, 0.1, 0.5, 0.9)).verdict == "not replicated"
    assert judge("E16-batches", measurements=table(0.3, 0.1, 0.1, 0.3)).verdict == "inconclusive"
    assert judge("E16-noise", measurements=table(0.9, 0.0, 0.0, 0.0)).verdict == "replicated"
    assert judge("E16-noise", measurements=table(0.05, 0.0, 0.0, 0.0)).verdict == "not replicated"


def test_e4_tuned_gives_every_method_its_best_rate():
    def table(**best):
        draw = np.random.default_rng(0)
        return pd.DataFrame(
            {"optimiser": name, "learning_rate": rate, "seed": seed,
             "status": "diverged" if rate == 1.0 else "finished",
             "loss": best.get(name, 0.1) * (1.0 if rate == 0.1 else 5.0)
             * (1 + 0.01 * draw.normal())}
            for name, rate, seed in product(METHODS, (0.01, 0.1, 1.0), range(SEEDS))
        )  # fmt: skip

    assert judge("E4-tuned", rates=table(sgd=0.2)).verdict == "replicated"
    assert judge("E4-tuned", rates=table(sgd=0.05)).verdict == "not replicated"
    assert judge("E4-tuned", rates=table(sgd=0.2, adadelta=0.3)).verdict == "not replicated"


def test_e4_adam_has_six_rivals():
    def table(**other):
        draw = np.random.default_rng(0)
        return pd.DataFrame(
            {"experiment": "optimisers_in_a_network", "variant": name, "seed": seed,
             "status": "finished",
             "test_accuracy": other.get(name, 0.97 if name == "adam" else 0.9)
             + 0.001 * draw.normal()}
            for name, seed in product(METHODS, range(SEEDS))
        )  # fmt: skip

    assert judge("E4-adam", digits=table()).verdict == "replicated"
    assert judge("E4-adam", digits=table(nesterov=0.99)).verdict == "not replicated"
