"""Claims of the lecture, part 5: each can hold, and fails where its sentence does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from made_up_measurements import SEEDS, judge

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
