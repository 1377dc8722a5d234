"""Claims of the lecture, parts 1 to 4: each can hold, and fails where its sentence does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from made_up_measurements import SEEDS, deterministic, judge, once, rows

METHODS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam")


def cliff(end, lowest, turned=0.0):
    labels = ("none/0", "global norm/0.1", "global norm/1")
    table = [
        deterministic("cliff", "end", dict(zip(labels, end, strict=True))),
        deterministic("cliff", "lowest", dict(zip(labels, lowest, strict=True))),
        deterministic("cliff", "turned", {**dict.fromkeys(labels, turned), "element-wise/1": 30.0}),
    ]
    return once(pd.concat(table, ignore_index=True))


def test_e19_asks_where_descents_end_and_what_they_see_apart():
    swings = cliff(end=(0.09, 0.19, 0.18), lowest=(0.013, 1e-4, 5e-3))
    assert judge("E19-clipping", measurements=swings).verdict == "not replicated"
    assert judge("E19-lowest", measurements=swings).verdict == "replicated"
    settles = cliff(end=(0.09, 0.02, 0.01), lowest=(0.013, 0.02, 5e-3))
    assert judge("E19-clipping", measurements=settles).verdict == "replicated"
    assert judge("E19-lowest", measurements=settles).verdict == "not replicated"
    assert judge("E19-clipping", measurements=cliff((1, 0, 0), (1, 0, 0), 5.0)).verdict != (
        "replicated"
    )


def regression(mse, step=5000, **more):
    """Return rows of two-layer regression by gradient descent: mse by activation and weights."""
    return pd.DataFrame(
        {"method": "sgd", "activation": act, "initial": initial, "learning_rate": 0.1,
         "seed": seed, "step": step, "mse": value * (1 + 0.01 * seed), **more}
        for (act, initial), value in mse.items()
        for seed in range(SEEDS)
    )  # fmt: skip


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


def test_e17_never_is_not_soon():
    def escapes(**steps):
        parts = [
            deterministic("saddle", "escape", {1e-8: escape, 0.0: -1.0}, of)
            for of, escape in {"sgd": 102.0, "momentum": 30.0, "adam": 10.0, **steps}.items()
        ]
        return once(pd.concat(parts, ignore_index=True))

    assert judge("E17-saddle", measurements=escapes()).verdict == "replicated"
    assert judge("E17-saddle", measurements=escapes(momentum=-1.0)).verdict == "not replicated"


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


def layers(he=0.0, xavier=-0.6931):
    """Return activations and gradients whose squares change by these logarithms a layer."""
    table = []
    for kind, slope in (("he", he), ("xavier", xavier)):
        squares = {k: np.exp(slope * k) for k in range(1, 21)}
        back = {k: np.exp(0.5 * slope * (20 - k)) for k in range(1, 21)}
        table.append(rows("activations", "second_moment", squares, f"relu/{kind}"))
        table.append(rows("activations", "gradient", back, f"relu/{kind}"))
    return pd.concat(table, ignore_index=True)


@pytest.mark.parametrize("claim_id", ["E8-he", "E8-backward"])
def test_e8_holds_forward_and_back(claim_id):
    assert judge(claim_id, measurements=layers()).verdict == "replicated"
    assert judge(claim_id, measurements=layers(he=-0.2)).verdict == "not replicated"
    assert judge(claim_id, measurements=layers(xavier=0.0)).verdict == "not replicated"


def test_e12_needs_laplaces_line_to_be_another():
    def table(laplace):
        fits = {"normal": 1e-8, "Laplace": laplace}
        squares = deterministic("likelihood", "least_squares", fits)
        return pd.concat([squares, deterministic("likelihood", "cross_entropy", {"": 5e-4})])

    assert judge("E12-losses", measurements=table(0.05)).verdict == "replicated"
    assert judge("E12-losses", measurements=table(1e-8)).verdict == "not replicated"


def costs(newton=3.0, bfgs=2.0, lbfgs=1.0):
    powers = {"Newton": (newton, 1e2), "BFGS": (bfgs, 1e2), "L-BFGS": (lbfgs, 1e5)}
    seconds = {
        f"{method}/{int(base * k)}": 1e-6 * k**power
        for method, (power, base) in powers.items()
        for k in (1, 2, 4)
    }
    return rows("second_order_costs", "seconds", seconds)


def test_e6_cost_asks_each_power_from_both_sides():
    assert judge("E6-cost", measurements=costs()).verdict == "replicated"
    for wrong in ({"newton": 4.0}, {"bfgs": 1.0}, {"lbfgs": 0.1}):
        assert judge("E6-cost", measurements=costs(**wrong)).verdict == "not replicated", wrong


def fits(quasi, adam):
    """Return losses of L-BFGS and of Adam by its rate, at steps 500, 1000, 5000."""
    table = []
    for method, rate, losses in (
        ("L-BFGS", np.nan, quasi),
        *(("adam", rate, losses) for rate, losses in adam.items()),
    ):
        for step, loss in zip((500, 1000, 5000), losses, strict=True):
            part = regression({("tanh", "he"): loss}, step)
            table.append(part.assign(method=method, learning_rate=rate))
    return pd.concat(table, ignore_index=True)


def test_e6_network_is_against_adam_at_its_best_rate_and_its_least_loss():
    slow = fits((1e-3, 1e-4, 1e-4), {0.01: (1e-1, 1e-2, 1e-5)})
    assert judge("E6-network", regression=slow).verdict == "replicated"
    assert judge("E6-network-end", regression=slow).verdict == "not replicated"
    tuned = fits((1e-3, 1e-4, 1e-4), {0.01: (1e-1, 1e-2, 1e-5), 0.1: (1e-5, 1e-1, 1e-1)})
    assert judge("E6-network", regression=tuned).verdict == "not replicated"


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


def test_e4_no_winner_has_six_rivals():
    def table(**other):
        draw = np.random.default_rng(0)
        return pd.DataFrame(
            {"experiment": "optimisers_in_a_network", "variant": name, "seed": seed,
             "status": "finished",
             "test_accuracy": other.get(name, 0.97 if name == "adam" else 0.9)
             + 0.001 * draw.normal()}
            for name, seed in product(METHODS, range(SEEDS))
        )  # fmt: skip

    assert judge("E4-no-winner", digits=table()).verdict == "replicated"
    assert judge("E4-no-winner", digits=table(nesterov=0.99)).verdict == "not replicated"


def test_e3_rmsprop_reads_every_function_and_rate():
    def table(staying):
        return pd.DataFrame(
            {"optimiser": "rmsprop", "function": function, "rate": rate,
             "stays": 50.0 if (function, rate) in staying else -1.0}
            for function, rate in product(("valley", "booth"), (0.001, 0.03, 3.0))
        )  # fmt: skip

    few = [("valley", 0.001), ("booth", 0.001)]
    assert judge("E3-rmsprop-swings", convergence=table(few)).verdict == "replicated"
    many = [*few, ("valley", 0.03), ("valley", 3.0)]
    assert judge("E3-rmsprop-swings", convergence=table(many)).verdict == "not replicated"
