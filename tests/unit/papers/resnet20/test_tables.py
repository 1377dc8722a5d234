"""Tables from planted runs: epochs, ranks, times, and rows beside published numbers."""

import numpy as np
import pandas as pd
import pytest

from saigen.paper import load_paper
from saigen.papers.resnet20 import tables
from saigen.tables import published

STEPS_AN_EPOCH = 390
EXPERIMENTS = ("lab", "lab_short", "plain", "he", "protocols", "he_200")


def run(losses, seed=0, optimiser="adam", variant=None, every=STEPS_AN_EPOCH, epoch=None, **more):
    """A run whose running losses are given, a log each; looked at with the last, or not at all.

    Args:
      epoch: passes at the end; 0 for no look.
    """
    steps = every * np.arange(1, len(losses) + 1)
    rows = [(step, "loss", loss) for step, loss in zip(steps, losses, strict=True)]
    passes = steps[-1] / STEPS_AN_EPOCH if epoch is None else epoch
    if passes:
        looks = {"train_loss": -losses[-1], "test_loss": 1.0, "test_error": 30.0, "epoch": passes}
        rows += [(steps[-1], metric, value) for metric, value in looks.items()]
    found = pd.DataFrame(rows, columns=["step", "metric", "value"])
    labels = {"optimiser": optimiser, "variant": variant or optimiser, "status": "finished"}
    return found.assign(**{**labels, "seed": seed, **more})


def frames(**runs):
    return {name: pd.concat(runs.get(name, [run([1.0])])) for name in EXPERIMENTS}


def test_curves_have_epochs_by_each_variants_own_batches():
    large = run([1.0, 0.9, 0.8], variant="log_adam", every=200, epoch=3.0)
    lost = run([1.0], seed=1, optimiser="sgd", epoch=0)
    found = tables.curves(frames(protocols=[run([1.0, 0.5]), large], lab=[run([1.0]), lost]), {})
    protocols = found[found["experiment"] == "protocols"]
    assert list(protocols.sort_values(["variant", "step"])["epoch"]) == [1.0, 2.0, 1.0, 2.0, 3.0]
    assert set(found["experiment"]) == set(EXPERIMENTS)
    # No look has told how long the epoch of a run is that was lost before the first one.
    assert found[found["optimiser"] == "sgd"]["epoch"].isna().all()


def test_targets_are_timed_in_epochs_beside_those_trained():
    runs = frames(lab=[run([1.4, 0.9, 0.5]), run([1.6, 1.1, 0.7], seed=1)])
    found = tables.time_to_target(runs, {}).query("experiment == 'lab'")
    wide = found.pivot(index="target", columns="seed", values="epochs")
    assert list(wide.loc[1.5]) == [1.0, 2.0]
    assert wide.loc[0.6, 0] == 3.0 and np.isnan(wide.loc[0.6, 1])
    assert set(found["trained"]) == {3.0}


def test_ranks_are_of_both_losses():
    """The evaluated losses are the running ones with the other sign, in one seed of two."""
    parts = [
        run([level], seed, name)
        for seed in (0, 1)
        for name, level in (("sgd", 3.0), ("adam", 1.0), ("adagrad", 2.0))
    ]
    parts[-1].loc[parts[-1]["metric"] == "train_loss", "value"] = -9.0
    found = tables.ranks(frames(lab_short=parts), {}).set_index(["experiment", "metric"])["tau"]
    assert found["lab_short", "loss"] == 1.0
    assert found["lab_short", "train_loss"] == pytest.approx(1 / 3)
    lost = [part.assign(status="diverged") if k == 1 else part for k, part in enumerate(parts)]
    found = tables.ranks(frames(lab_short=lost), {}).set_index(["experiment", "metric"])["tau"]
    assert found["lab_short", "loss"] == pytest.approx(-1 / 3)


def test_ranks_are_of_the_pages_six_alone():
    parts = [
        run([level if name != "adamw" else 9.0 * seed], seed, name)
        for seed in (0, 1)
        for name, level in (("sgd", 3.0), ("adam", 1.0), ("adagrad", 2.0), ("adamw", None))
    ]
    found = tables.ranks(frames(lab_short=parts), {}).query("metric == 'loss'")
    assert list(found["tau"]) == [1.0]


def test_the_log_is_met_at_its_epochs_in_percent():
    ours = [
        run(np.linspace(2.0, 1.0, 10), optimiser=name, variant=f"log_{name}", every=20)
        for name in ("sgd", "adam")
    ]
    found = tables.log({"protocols": pd.concat(ours)}, published(load_paper("resnet20")))
    sgd = found.set_index("variant").loc["log_sgd"]
    assert (sgd["step"], sgd["epoch"], sgd["loss"]) == (200, 1.0, 1.0)
    assert (sgd["test_accuracy"], sgd["published_accuracy"]) == pytest.approx((70.0, 31.6))
    assert len(found) == 2


def test_every_published_accuracy_has_its_row():
    beside = published(load_paper("resnet20"))
    protocols = load_paper("resnet20").experiments["protocols"].variants
    whole = {name: settings["steps"] for name, settings in protocols.items()}

    def accuracies(he_200, **steps):
        ours = [run([1.0], variant=name, every=end) for name, end in (whole | steps).items()]
        runs = {"protocols": pd.concat(ours), "he_200": run([1.0], variant="he_200", every=he_200)}
        for frame in runs.values():
            frame.attrs["datasets"] = images
        return tables.accuracies(runs, beside)

    images = ["fashion_mnist"]
    found = accuracies(78_000)
    assert sorted(found["published"]) == sorted(beside["accuracies"]["published"])
    assert not found["comparable"].any()
    images = ["cifar10"]
    found = accuracies(78_000)
    assert found["comparable"].all() and (found["mean"] == 70.0).all()
    # A run that was not as long is not to be held against it.
    found = accuracies(64_000, log_adam=200)
    found = found[found["comparable"]]
    assert list(found["variant"]) == ["he_2016", "keras_adam", "log_sgd", "he_200"]


def test_a_best_rate_at_an_end_of_the_grid_is_told():
    ends, middle = (
        [
            run([loss], optimiser=name, multiplier=rate)
            for rate, loss in zip((0.1, 1.0, 10.0), losses, strict=True)
        ]
        for name, losses in (("sgd", (3.0, 2.0, 1.0)), ("adam", (3.0, 1.0, 2.0)))
    )
    table = tables.sensitivity({"rates": pd.concat([*ends, *middle])}, {})
    chosen = table[table["chosen"]].set_index("optimiser")
    assert chosen["multiplier"].to_dict() == {"sgd": 10.0, "adam": 1.0}
    assert chosen["edge"].to_dict() == {"sgd": True, "adam": False}
    assert not table.loc[~table["chosen"], "edge"].any()


def test_the_many_rates_come_last():
    runs = {"rates": run([1.0], multiplier=1.0), **frames()}
    assert tables.final(runs, {})["experiment"].iloc[-1] == "rates"


def test_final_numbers_tell_their_dataset():
    runs = frames()
    runs["lab"].attrs["datasets"] = ["cifar10_jpeg"]
    found = tables.final(runs, {}).set_index("experiment")["dataset"]
    assert found["lab"] == "cifar10_jpeg" and found["he"] == ""
