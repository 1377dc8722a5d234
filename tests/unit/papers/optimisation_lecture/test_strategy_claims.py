"""Claims of the lecture, part 5: each can hold, and fails where its sentence does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from made_up_measurements import SEEDS, deterministic, judge, rows

from saigen.errors import SaigenError


def normed(with_it, without=lambda deviation: 0.1 + 0.8 * (deviation == 0.1), rates=(0.01, 0.1)):
    """Return batch normalisation's rows of digits: accuracies by deviation."""
    draw = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "experiment": "batch_norm",
            "batch_norm": normed,
            "deviation": deviation,
            "learning_rate": rate,
            "seed": seed,
            "status": "finished",
            "train_accuracy": (with_it if normed else without)(deviation)
            + (0.05 if normed and rate == 0.1 else 0.0)
            + 0.001 * draw.normal(),
        }
        for normed, deviation, rate, seed in product(
            (False, True), (0.316, 0.1, 0.01), rates, range(SEEDS)
        )
    )


def test_e21_initial_is_about_little_and_e21_less_about_less():
    wide = normed(lambda deviation: 0.5 + 0.4 * (deviation < 0.2))
    assert judge("E21-initial", digits=wide).verdict == "not replicated"
    assert judge("E21-less", digits=wide).verdict == "replicated"
    narrow = normed(lambda deviation: 0.9)
    assert judge("E21-initial", digits=narrow).verdict == "replicated"
    even = normed(lambda deviation: 0.9, without=lambda deviation: 0.9)
    assert judge("E21-less", digits=even).verdict != "replicated"


def test_e21_less_counts_a_diverged_run_as_having_learnt_nothing():
    even = normed(lambda deviation: 0.8 + 0.1 * (deviation == 0.1), without=lambda deviation: 0.9)
    assert judge("E21-less", digits=even).verdict == "not replicated"
    even.loc[~even["batch_norm"] & (even["deviation"] == 0.316), "status"] = "diverged"
    assert judge("E21-less", digits=even).verdict == "replicated"


def test_e21_faster_is_of_every_deviation_and_its_other_of_small_ones():
    better = normed(lambda d: 0.5 if d > 0.2 else 0.95, without=lambda d: 0.9 if d > 0.2 else 0.2)
    assert judge("E21-faster", digits=better).verdict == "not replicated"
    assert judge("E21-faster-small", digits=better).verdict == "replicated"
    assert judge("E21-faster", digits=normed(lambda d: 0.95)).verdict == "replicated"


def test_e21_faster_is_asked_at_each_rate():
    slow = normed(lambda d: 0.95)
    slow.loc[slow["batch_norm"] & (slow["learning_rate"] == 0.1), "train_accuracy"] = 0.05
    assert judge("E21-faster", digits=slow).verdict == "replicated"
    assert judge("E21-faster-rate", digits=slow).verdict == "not replicated"
    assert judge("E21-faster-small", digits=slow).verdict == "not replicated"
    assert judge("E21-faster-rate", digits=normed(lambda d: 0.95)).verdict == "replicated"


def on_test_images(gap, best):
    """Return runs that differ in the gap at sd 0.1 and in the best test accuracy elsewhere."""
    table = normed(lambda deviation: 0.95, without=lambda deviation: 0.95)
    draw = np.random.default_rng(1)
    here = np.isclose(table["deviation"], 0.1)
    wide = np.where(here & table["batch_norm"], gap, 0.1)
    lost = np.where(np.isclose(table["deviation"], 0.01) & table["batch_norm"], 0.1 - best, wide)
    unseen = table["train_accuracy"] - lost + 0.001 * draw.normal(size=len(table))
    return table.assign(test_accuracy=unseen)


def test_e21_overfitting_is_one_cell_and_the_test_images_another_question():
    both = on_test_images(gap=0.05, best=0.05)
    assert judge("E21-overfitting", digits=both).verdict == "replicated"
    assert judge("E21-test", digits=both).verdict == "replicated"
    # A wider gap at one deviation, a better network at another.
    wider = on_test_images(gap=0.2, best=0.05)
    assert judge("E21-overfitting", digits=wider).verdict == "not replicated"
    assert judge("E21-test", digits=wider).verdict == "replicated"
    table = normed(lambda d: 0.5, without=lambda d: 0.95)
    table = table.assign(test_accuracy=table["train_accuracy"])
    assert judge("E21-test", digits=table).verdict == "not replicated"


def test_e21_test_counts_a_diverged_run_as_having_learnt_nothing():
    table = on_test_images(gap=0.05, best=0.05)
    table.loc[table["batch_norm"] & (table["seed"] < 4), "status"] = "diverged"
    assert judge("E21-test", digits=table).verdict != "replicated"


def averages(average=1.0, iterates=1.0):
    """Return variances over those of theory: 1/4500 for the average, 0.05 for the iterates."""
    return pd.concat(
        [
            rows("averaging", "variance", {"last": 0.05 * iterates, "theory": 0.05}),
            rows("averaging", "average", {500: 1 / 500, 4500: average / 4500}),
            deterministic("averaging", "average_theory", {500: 1 / 500, 4500: 1 / 4500}),
        ]
    )


def test_e23_asks_the_average_against_the_iterates_and_both_against_theory():
    assert judge("E23-averaging", measurements=averages()).verdict == "replicated"
    no_nearer = averages(average=4500 * 0.05)
    assert judge("E23-averaging", measurements=no_nearer).verdict == "not replicated"
    assert judge("E23-averaging", measurements=averages(average=1.5)).verdict == "not replicated"
    assert judge("E23-averaging", measurements=averages(iterates=1.3)).verdict == "not replicated"


def test_e21_rates_wants_a_gain_that_grows_with_the_rate():
    assert judge("E21-rates", digits=normed(lambda deviation: 0.9)).verdict == "replicated"
    same = normed(lambda deviation: 0.9)
    same.loc[same["batch_norm"] & (same["learning_rate"] == 0.1), "train_accuracy"] -= 0.06
    assert judge("E21-rates", digits=same).verdict == "not replicated"


def transfer(better):
    """Return the table of transfer: fine-tuned is better by `better(inverted, examples)`."""
    draw = np.random.default_rng(0)
    sizes = {"scratch": 0.0, "frozen": -0.05, "fine-tuned": None}
    return pd.DataFrame(
        {
            "inverted": inverted,
            "start": start,
            "per_class": count,
            "seed": seed,
            "status": "finished",
            "accuracy": 0.7 + (better(inverted, count) if gain is None else gain)
            + 0.001 * draw.normal(),
            "early_loss": 0.5 - (better(inverted, count) if gain is None else gain)
            + 0.001 * draw.normal(),
        }
        for inverted, count, seed in product((False, True), (1, 5, 10, 50), range(SEEDS))
        for start, gain in sizes.items()
    )  # fmt: skip


@pytest.mark.parametrize("claim_id", ["E24-faster", "E24-better"])
def test_e24_asks_both_sources_and_every_number_of_examples(claim_id):
    everywhere = transfer(lambda inverted, count: 0.1)
    assert judge(claim_id, transfer=everywhere).verdict == "replicated"
    easy = transfer(lambda inverted, count: -0.1 if inverted else 0.1)
    assert judge(claim_id, transfer=easy).verdict == "not replicated"
    one = transfer(lambda inverted, count: 0.1 if count == 10 else -0.1)
    assert judge(claim_id, transfer=one).verdict == "not replicated"
    with pytest.raises(SaigenError, match="sources"):
        judge(claim_id, transfer=everywhere[~everywhere["inverted"]])


def test_e24_frozen_is_not_of_the_widest_gap_alone():
    assert judge("E24-frozen", transfer=transfer(lambda *cell: 0.0)).verdict == "replicated"
    one = transfer(lambda inverted, count: 0.0 if count == 50 else -0.2)
    assert judge("E24-frozen", transfer=one).verdict == "not replicated"


def inserted(**lost):
    draw = np.random.default_rng(0)
    table = pd.DataFrame(
        {"inserted": way, "seed": seed, "status": "finished", "step": step,
         "train_loss": (1.0 if way else 2.0) + 0.01 * draw.normal(),
         "test_accuracy": (0.9 if way else 0.5) + 0.01 * draw.normal()}
        for way, seed, step in product((False, True), range(SEEDS), (100, 200))
    )  # fmt: skip
    gone = table["inserted"] & (table["seed"] < lost.get("seeds", 0))
    table.loc[gone, "status"] = "diverged"
    table.loc[gone & (table["step"] == 200), ["train_loss", "test_accuracy"]] = np.nan
    return table


def test_e24_inserted_does_not_lose_a_diverged_run():
    assert judge("E24-inserted", inserted_layers=inserted()).verdict == "replicated"
    found = judge("E24-inserted", inserted_layers=inserted(seeds=1))
    assert found.verdict == "inconclusive" and found.n == SEEDS
