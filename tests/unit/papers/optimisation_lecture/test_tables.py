"""Tables of the lecture: no run is lost, and learning rates stand beside what they gave."""

from itertools import product

import numpy as np
import pandas as pd

from saigen.papers.optimisation_lecture import figures, tables


def looks(inserted, seed, status, steps):
    return [
        {"inserted": inserted, "seed": seed, "status": status, "step": step, "metric": metric,
         "value": 0.5}
        for step, metric in product(steps, ("train_loss", "test_accuracy", "loss"))
    ]  # fmt: skip


def test_a_diverged_run_has_its_rows_to_the_end():
    runs = pd.DataFrame(
        looks(False, 0, "finished", (100, 200)) + looks(True, 0, "diverged", (100,))
    )
    table = tables.inserted_layers({"inserted_layers": runs}, {})
    assert len(table) == 4
    lost = table[table["inserted"] & (table["step"] == 200)]
    assert lost["status"].tolist() == ["diverged"] and lost["train_loss"].isna().all()


def regressions():
    """Return tidy frames of the three experiments of the table."""

    def frame(metrics, step=5000, **labels):
        return [{**labels, "variant": "v", "seed": 0, "status": "finished", "step": step,
                 "metric": name, "value": value} for name, value in metrics.items()]  # fmt: skip

    descent = {"mse/ones": 0.19, "mse/he": 0.002, "least/ones": 0.18, "least/he": 0.001,
               "rate/ones": 0.001, "rate/he": 0.1, "distinct/ones": 1.0, "distinct/he": 50.0,
               }  # fmt: skip
    least = {"least/ones": 0.3, "least/he": 0.01}
    early = frame({"mse/ones": 0.3, "mse/he": 0.01, **least}, 500, activation="tanh")
    return {
        "regression_first_weights": pd.DataFrame(early + frame(descent, activation="tanh")),
        "regression_adam": pd.DataFrame(
            frame({"mse/he": 1e-4, "least/he": 1e-5, "rate/he": 0.01}, learning_rate=0.01)
        ),
        "second_order_network": pd.DataFrame(frame({"mse/5000": 1e-6}, 1)),
    }


def test_every_loss_has_its_learning_rate_and_reference():
    beside = pd.DataFrame(
        {"activation": ["tanh"], "initial": ["he"], "step": [5000], "reference": [0.0018]}
    )
    table = tables.regression(regressions(), {"regression": beside})
    of = table.set_index(["method", "initial", "step"])
    assert of.loc[("sgd", "ones", 500), "learning_rate"] == 0.001
    assert of.loc[("sgd", "he", 5000), ["learning_rate", "reference"]].tolist() == [0.1, 0.0018]
    assert of.loc[("adam", "he", 5000), "learning_rate"] == 0.01
    assert np.isnan(of.loc[("L-BFGS", "he", 5000), "reference"])


def test_the_least_loss_is_of_every_evaluation():
    beside = pd.DataFrame(columns=["activation", "initial", "step", "reference"])
    table = tables.regression(regressions(), {"regression": beside})
    of = table.set_index(["method", "initial", "step"])["least"]
    assert of["sgd", "he", 5000] == 0.001 and of["adam", "he", 5000] == 1e-5
    assert of["L-BFGS", "he", 5000] == 1e-6  # its losses are the least so far already


def test_a_momentum_has_the_rate_of_its_fewest_lasting_steps():
    def run(momentum, **found):
        return [
            {"optimiser": "momentum", "momentum": momentum, "variant": str(momentum), "seed": 0,
             "status": "finished", "step": 100, "metric": f"{what}/valley/{rate}", "value": value}
            for what, values in found.items() for rate, value in values.items()
        ]  # fmt: skip

    passes = run(0.4, first={"0.9": 5, "0.5": 9}, stays={"0.9": -1, "0.5": 12})
    never = run(0.99, first={"0.9": 5, "0.5": -1}, stays={"0.9": -1, "0.5": -1})
    table = tables.momentum({"momentum_sweep": pd.DataFrame(passes + never)}, {})
    rows = table.set_index("momentum")
    assert rows.loc[0.4, ["rate", "stays"]].tolist() == [0.5, 12]
    assert rows.loc[0.99, "stays"] == -1


def test_a_lost_run_is_part_of_the_median_that_is_drawn():
    mse = [0.001, 0.002, np.inf]
    regression = pd.DataFrame(
        {"method": "sgd", "activation": act, "initial": "sd_1", "step": 500, "seed": seed,
         "mse": loss}
        for act in ("sigmoid", "tanh", "relu") for seed, loss in enumerate(mse)
    )  # fmt: skip
    measured = pd.DataFrame(
        [("activations", "relu/sd_1", "second_moment", "1", 1.0)]
        + [("single_unit", "", "mse", act, 0.1) for act in ("sigmoid", "tanh", "relu")],
        columns=["experiment", "of", "metric", "label", "value"],
    )
    figure = figures.first_weights({"regression": regression, "measurements": measured}, [])
    assert figure.axes[1].lines[0].get_ydata().tolist() == [0.002]


def test_bands_are_students():
    rows = pd.DataFrame({"inserted": True, "step": 100, "seed": range(3),
                         "train_loss": [1.0, 2.0, 3.0], "test_accuracy": 0.5})  # fmt: skip
    figure = figures.inserted_layers({"inserted_layers": rows}, [])
    band = figure.axes[0].collections[-1].get_paths()[0].vertices[:, 1]
    assert np.isclose(band.max() - 2.0, 4.303 / 3**0.5, atol=1e-3)
