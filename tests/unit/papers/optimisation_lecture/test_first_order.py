"""Descents against an independent NumPy program's numbers, and against closed forms."""

import math

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine.loop import fit
from saigen.paper import load_paper
from saigen.papers.optimisation_lecture import descents, quadratics, saddle
from saigen.papers.optimisation_lecture.landscapes import LANDSCAPES
from saigen.papers.optimisation_lecture.tables import BOOK_RATES
from saigen.tables import published

REFERENCE = published(load_paper("optimisation_lecture"))
SETTINGS = {"momentum": 0.9, "tolerance": 1e-4, "keep_paths": False, "xla": False}


def found_by(train, tmp_path, **params):
    """Return the metrics of a whole run."""
    task = train({**SETTINGS, **params})
    outcome = fit(task, 0, tmp_path / "work", {}, lambda line: None)
    assert outcome.status == "finished"
    return {name: value for _, name, value, _ in outcome.state.rows}


@pytest.mark.parametrize("optimiser", BOOK_RATES)
def test_thirty_steps_in_the_valley_are_the_references(optimiser, tmp_path):
    rate = BOOK_RATES[optimiser]
    found = found_by(
        descents.train,
        tmp_path,
        optimiser=optimiser,
        functions=["valley"],
        rates=[rate],
        steps=100,
        keep_paths=True,
    )
    row = REFERENCE["valley"].set_index("optimiser").loc[optimiser]
    label = f"valley/{rate:g}"
    assert found[f"flips/{label}"] == row["flips"]
    np.testing.assert_allclose(found[f"length/{label}"], row["length"], atol=0.05)
    np.testing.assert_allclose(found[f"f/{label}"], row["f"], rtol=0.02)
    for axis in "xy":
        np.testing.assert_allclose(found[f"{axis}/{label}"], row[axis], atol=6e-3)


# Where a descent neither swings nor takes thousands of steps, float32 counts as float64 does.
CALM = [("sgd", "booth"), ("sgd", "beale"), ("momentum", "rosenbrock"), ("nesterov", "beale"),
        ("adagrad", "booth"), ("adam", "rosenbrock")]  # fmt: skip


@pytest.mark.parametrize(("optimiser", "function"), CALM)
def test_steps_to_convergence_are_the_references(optimiser, function, tmp_path):
    table = REFERENCE["best_rates"].set_index(["function", "optimiser"])
    row = table.loc[(function, optimiser)]
    found = found_by(
        descents.train,
        tmp_path,
        optimiser=optimiser,
        functions=[function],
        rates=[float(row["rate"])],
        steps=int(row["steps"]) + 20,
    )
    assert abs(found[f"first/{function}/{row['rate']:g}"] - row["steps"]) <= 1


# Sizes at steps 1, 2, 10 and 999 along a gradient of 3, η = 0.01 (AdaDelta: 1), from theory.
SIZES = {
    "sgd": (0.03, 0.03, 0.03, 0.03),
    "momentum": (0.03, 0.057, 0.03 * (1 - 0.9**10) / 0.1, 0.3),
    "adagrad": tuple(0.01 / math.sqrt(t) for t in (1, 2, 10, 999)),
    "rmsprop": tuple(0.01 / math.sqrt(1 - 0.9**t) for t in (1, 2, 10, 999)),
    "adam": (0.01, 0.01, 0.01, 0.01),
    "adadelta": (0.004472, None, None, 0.00851),
}


@pytest.mark.parametrize("optimiser", SIZES)
def test_step_sizes_along_a_constant_gradient(optimiser, tmp_path):
    rate = 1.0 if optimiser == "adadelta" else 0.01
    found = found_by(
        descents.train,
        tmp_path,
        optimiser=optimiser,
        functions=["slope"],
        rates=[rate],
        steps=1001,
        keep_paths=True,
    )
    for t, wanted in zip((1, 2, 10, 999), SIZES[optimiser], strict=True):
        if wanted is not None:
            np.testing.assert_allclose(found[f"step_{t}/slope/{rate:g}"], wanted, rtol=2e-3)
    if optimiser == "adagrad":
        np.testing.assert_allclose(found["total/slope/0.01"], 0.6180, rtol=1e-3)


@pytest.mark.parametrize("method", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("kappa", [10.0, 100.0])
def test_contractions_and_largest_rates_are_the_theorys(method, kappa, tmp_path):
    found = found_by(quadratics.train, tmp_path, optimiser=method, kappa=kappa)
    shares = math.log(found["contraction"]) / math.log(found["theory"])
    assert abs(shares - 1.0) < 0.06
    assert found["grows_below"] < 0.0 < found["grows_above"]


def test_a_run_does_not_put_its_momentum_over_the_tuned_one():
    task = quadratics.train({**SETTINGS, "optimiser": "momentum", "kappa": 10.0})
    assert not task.live


def test_the_saddle_holds_gradient_descent_as_long_as_theory_says(tmp_path):
    offsets = [0.0, 1e-8, 1e-4]
    settings = {"learning_rate": 0.1, "offsets": offsets, "steps": 150, "rates": [0.1, 0.9, 1.1]}
    found = found_by(saddle.train, tmp_path, optimiser="sgd", **settings)
    assert [found[f"escape/{d:g}"] for d in offsets] == [-1.0, 102.0, 51.0]
    # ln(1e8) / ln(1 + 2η) steps, and 1 − 2η has a size below 1 up to η = 1.
    assert [found[f"escape_at/{rate:g}"] for rate in (0.1, 0.9, 1.1)] == [102.0, 18.0, 16.0]
    assert [found[f"stable_at/{rate:g}"] for rate in (0.1, 0.9, 1.1)] == [1.0, 1.0, 0.0]
    other = found_by(saddle.train, tmp_path / "adam", optimiser="adam", **settings)
    assert not any(name.startswith("stable") for name in other)


@pytest.mark.parametrize("name", [n for n, f in LANDSCAPES.items() if f.minima])
def test_minima_are_minima(name):
    landscape = LANDSCAPES[name]
    for x, y in landscape.minima:
        around = [landscape(x + dx, y + dy) for dx in (-1e-3, 0, 1e-3) for dy in (-1e-3, 0, 1e-3)]
        assert landscape(x, y) == pytest.approx(0.0, abs=1e-6)
        assert min(around) >= landscape(x, y) - 1e-9
    values = [landscape(np.float64(1.3), np.float64(-0.7))]
    values.append(landscape(tf.constant(1.3), tf.constant(-0.7), tf.cos).numpy())
    np.testing.assert_allclose(*values, rtol=1e-5)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adadelta", "adam"])
def test_the_adaptive_methods_do_not_see_the_scale_of_the_loss(name):
    from saigen.papers.optimisation_lecture.rules import lecture_optimiser

    ends = []
    for scale in (1.0, 100.0):
        weight = tf.Variable([-7.0, 2.0])
        optimiser = lecture_optimiser(name, {"w": weight}, 0.1)
        for _ in range(30):
            optimiser.apply({"w": scale * tf.constant([0.1, 2.0]) * weight})
        ends.append(weight.numpy())
    np.testing.assert_allclose(*ends, atol=1e-3)


def test_rmsprop_is_adadelta_with_its_numerator_replaced():
    gradients = np.random.default_rng(0).normal(size=(20, 2))
    rho, epsilon, rate = 0.9, 1e-6, 0.05
    square, theta = np.zeros(2), np.ones(2)
    from saigen.nets.first_order import RMSProp

    weight = tf.Variable(tf.ones(2))
    optimiser = RMSProp({"w": weight}, rate, rho, epsilon, under_root=True)
    for gradient in gradients:
        square = rho * square + (1 - rho) * gradient**2
        # AdaDelta's step is √(ε + r) / √(ε + h) g; here η stands for √(ε + r).
        theta = theta - rate / np.sqrt(epsilon + square) * gradient
        optimiser.apply({"w": tf.constant(gradient, tf.float32)})
    np.testing.assert_allclose(weight.numpy(), theta, rtol=1e-4)


def test_a_diverged_point_is_held_and_the_others_go_on(tmp_path):
    found = found_by(
        descents.train,
        tmp_path,
        optimiser="sgd",
        functions=["rosenbrock", "valley"],
        rates=[0.001, 0.9],
        steps=300,
    )
    assert found["diverged/rosenbrock/0.9"] == 1.0
    assert found["first/valley/0.9"] == 54.0
