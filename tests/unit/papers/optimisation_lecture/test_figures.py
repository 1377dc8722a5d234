"""Figures of the lecture: what has no value, what is drawn over what, and rates that are told."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from made_up_measurements import deterministic

from saigen.paper import load_paper
from saigen.papers.optimisation_lecture import figures
from saigen.papers.optimisation_lecture.figures.difficulties import SADDLE_RATE
from saigen.papers.optimisation_lecture.figures.names import COLOURS, arrays_of
from saigen.papers.optimisation_lecture.figures.networks import STAGES


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def run(experiment, seed=0, **arrays):
    facts = {"experiment": experiment, "seed": seed, "params": {}}
    return SimpleNamespace(facts=facts, samples=lambda: arrays)


def labels(axis):
    return axis.get_legend_handles_labels()[1]


def converging():
    steps = pd.DataFrame(
        {"function": "valley", "optimiser": "rmsprop", "rate": [1.0, 0.01, 0.1, 10.0],
         "first": [30.0, 500.0, -1.0, -1.0], "stays": [-1.0, 500.0, -1.0, -1.0]}
    )  # fmt: skip
    sweep = pd.DataFrame(
        [(function, method, momentum, -1.0 if momentum == 0.9 else 40.0)
         for function in ("valley", "rosenbrock") for method in ("momentum", "nesterov")
         for momentum in (0.5, 0.9, 0.99)],
        columns=["function", "optimiser", "momentum", "stays"],
    )  # fmt: skip
    return figures.convergence({"convergence": steps, "momentum": sweep}, [])


def test_no_line_joins_rates_between_which_nothing_converges():
    valley, sweep = converging().axes
    line, hollow, filled = (each for each in valley.lines if len(each.get_xdata()))
    assert line.get_xdata().tolist() == [0.01, 0.1, 1.0, 10.0]
    for drawn in (line, hollow):
        np.testing.assert_equal(drawn.get_ydata(), [500.0, np.nan, 30.0, np.nan])
    np.testing.assert_equal(filled.get_ydata(), [500.0, np.nan, np.nan, np.nan])
    assert valley.get_xlim()[1] > 10.0
    for line in sweep.lines:
        np.testing.assert_equal(line.get_ydata(), [40.0, np.nan, 40.0])


def test_methods_are_told_apart_in_each_function_of_the_sweep():
    *_, sweep = converging().axes
    handles = sweep.get_legend().get_lines()
    looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in handles}
    colours = {COLOURS["momentum"], COLOURS["nesterov"]}
    assert len(looks) == len(handles) == 4 and {line.get_color() for line in handles} == colours


def test_each_method_has_its_rate_beside_its_name():
    rates = {"adadelta": 1.0, "adam": 0.01, "sgd": 0.01}
    table = pd.DataFrame(
        {"optimiser": name, "rate": rate, "step": step, "size": 0.01}
        for name, rate in rates.items() for step in (1, 10)
    )  # fmt: skip
    contractions = pd.concat(
        deterministic("quadratics", metric, {"": 0.8}, of=f"{name}/10")
        for metric in ("contraction", "theory") for name in ("sgd", "momentum", "nesterov")
    )  # fmt: skip
    left, right = figures.step_sizes({"step_sizes": table, "measurements": contractions}, []).axes
    assert labels(left) == ["SGD, η = 0.01", "AdaDelta, η = 1", "Adam, η = 0.01"]
    assert labels(right) == ["theory", "SGD", "Momentum", "Nesterov"]


def test_rates_hide_no_loss_and_count_the_diverged():
    table = pd.DataFrame(
        [("sgd", 0.1, "finished", 0.2), ("sgd", 0.1, "finished", 0.3),
         ("sgd", 1.0, "finished", 400.0), ("sgd", 1.0, "diverged", np.nan),
         ("adam", 0.1, "finished", 0.1), ("adam", 0.1, "finished", 0.1),
         ("adam", 1.0, "diverged", np.nan), ("adam", 1.0, "diverged", np.nan)],
        columns=["optimiser", "learning_rate", "status", "loss"],
    )  # fmt: skip
    (axis,) = figures.rates({"rates": table}, []).axes
    low, high = axis.get_ylim()
    assert low < 0.1 and high > 400.0
    told = {text.get_color(): text for text in axis.texts}
    words = {colour: text.get_text() for colour, text in told.items()}
    assert words == {COLOURS["sgd"]: "1 of 2", COLOURS["adam"]: "2 of 2"}
    assert len({text.get_position()[1] for text in told.values()}) == 2
    assert labels(axis)[-1] == "diverged runs"


def test_a_layer_is_inserted_where_the_lines_are():
    params = {"inserted": True, "status": "finished"}
    rows = pd.DataFrame(
        {**params, "step": step, "seed": seed, "train_loss": 1.0, "test_accuracy": 0.5}
        for step in range(200, 2001, 200) for seed in range(2)
    )  # fmt: skip
    figure = figures.inserted_layers({"inserted_layers": rows}, [])
    for axis in figure.axes:
        lines = [line for line in axis.lines if line.get_linestyle() == ":"]
        assert [line.get_xdata()[0] for line in lines] == [400.0, 800.0, 1200.0, 1600.0]
    (legend,) = figure.legends
    assert legend.get_texts()[-1].get_text() == "a layer is inserted"


@pytest.mark.parametrize("scale", ["smoke", "quick", "standard", "paper"])
def test_stages_and_the_saddles_rate_are_those_of_every_scale(scale):
    at = {
        name: {**entry.params, **entry.scales.get(scale, {})}
        for name, entry in load_paper("optimisation_lecture").experiments.items()
    }
    growing = at["inserted_layers"]
    assert growing["depth"] == STAGES and growing["steps"] == STAGES * growing["stage_steps"]
    assert at["saddle"]["learning_rate"] == SADDLE_RATE


def test_the_saddle_tells_its_learning_rate():
    cells = {
        ("basins", "escaped", ""): {0: 0.1, 1: 0.9},
        ("widths", "mse", "8"): {"": 0.1},
        ("saddle", "escape", "sgd"): {0: -1.0, 0.01: 26.0},
        ("plateau", "steps", ""): {"squares/-2": 16.0},
        ("long_term", "norm", ""): {"0.5/1": 1.0},
        ("long_term", "tanh", ""): {"0.5/1": 1.0},
        ("many_starts", "success", ""): {1: 0.1},
    }
    parts = [deterministic(*cell[:2], values, of=cell[2]) for cell, values in cells.items()]
    figure = figures.difficulties({"measurements": pd.concat(parts)}, [])
    assert "saddle, η = 0.1" in [axis.get_title() for axis in figure.axes]


def test_descents_of_the_lowest_threshold_are_drawn_last():
    path = np.zeros((3, 2))
    names = ("none/0", "global norm/0.1", "global norm/1", "element-wise/0.1", "element-wise/1")
    arrays = {"w": np.arange(2.0), "b": np.arange(2.0), "loss": np.eye(2)}
    arrays |= {f"path/{name}": path for name in names}
    figure = figures.cliff({}, [run("cliff", **arrays)])
    flat = next(axis for axis in figure.axes if axis.get_legend())
    assert labels(flat) == [
        "unclipped", "global norm, v = 1", "element-wise, v = 1",
        "global norm, v = 0.1", "element-wise, v = 0.1",
    ]  # fmt: skip


def test_an_average_has_one_colour_and_its_axis_numbers():
    paths = {f"path/{rho}": np.zeros((3, 2)) for rho in ("0.5", "0.99")}
    samples = [run("coordinates", **paths), run("averaging", valley=np.zeros((2, 4, 2)))]
    counts = {500: 2e-3, 1500: 7e-4, 4500: 2e-4}
    table = pd.concat(
        [deterministic("averaging", name, counts) for name in ("average", "average_theory")]
        + [deterministic("averaging", "variance", {"last": 0.05, "theory": 0.05}),
           deterministic("averaging", "ema", {0.9: 0.03, 0.99: 5e-3, 0.999: 5e-4})]
    )  # fmt: skip
    *_, valley, variance = figures.strategies({"measurements": table}, samples).axes
    iterates, average = valley.lines[:2]
    of = dict(zip(*variance.get_legend_handles_labels()[::-1], strict=True))
    assert of["iterates"].get_color() == iterates.get_color()
    colour = plt.matplotlib.colors.to_hex(of["average"].get_facecolor()[0])
    assert colour == plt.matplotlib.colors.to_hex(average.get_color())
    variance.figure.canvas.draw()
    low, high = variance.get_xlim()
    numbers = [tick for tick in variance.get_xticks() if low < tick < high]
    assert numbers == [100.0, 1000.0]


def test_the_first_seed_is_drawn_in_whatever_order_runs_come():
    samples = [run("likelihood", seed, mark=seed) for seed in (10, 1, 0, 2)]
    assert arrays_of(samples, "likelihood") == {"mark": 0}
