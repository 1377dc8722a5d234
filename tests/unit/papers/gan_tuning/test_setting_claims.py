"""Claims on settings, T1 to T6: each can hold, and fails where its sentence does."""

import numpy as np
import pandas as pd
import pytest
from made_up_logs import SEEDS, judge, runs

from saigen.claims import judge as verdicts
from saigen.papers.gan_tuning.claims import CLAIMS
from saigen.papers.gan_tuning.claims.reading import INSIDE, with_best_inside


def test_t1_noise_is_no_reading_of_a_norm():
    rising = {size: {"slope_unsteadiness": size} for size in (8, 32, 128)}
    assert judge("T1-noise", batches=runs("batch_size", rising)).verdict == "not tested"


@pytest.mark.parametrize(("precision", "verdict"), [(0.5, "replicated"), (0.2, "not tested")])
def test_t4_diversity_is_of_samples_that_are_images(precision, verdict):
    cells = {
        0.25: {"recall": 0.3, "classes_drawn": 9.0, "precision": 0.6},
        0.8: {"recall": 0.1, "classes_drawn": 5.0, "precision": precision},
    }
    assert judge("T4-diversity", d_dropout=runs("d_dropout", cells)).verdict == verdict
    few = runs("d_dropout", {0.0: cells[0.25], 0.8: cells[0.8]})  # as at smoke
    assert judge("T4-diversity", d_dropout=few).verdict == "not tested"


def widths(accuracies, distances):
    cells = zip((2, 4, 8, 16), accuracies, distances, strict=True)
    return runs("d_width", {w: {"accuracy": a, "frechet": d} for w, a, d in cells})


def test_t6_judges_within_seeds_and_needs_a_balance():
    accuracies = (0.5, 0.6, 0.7, 0.8)
    nearer_is_better = judge("T6", d_widths=widths(accuracies, (1.0, 2.0, 3.0, 4.0)))
    assert nearer_is_better.verdict == "replicated" and nearer_is_better.n == SEEDS
    assert (
        judge("T6", d_widths=widths(accuracies, (4.0, 3.0, 2.0, 1.0))).verdict == "not replicated"
    )
    nowhere_near = widths((0.7, 0.8, 0.9, 0.99), (1.0, 2.0, 3.0, 4.0))
    assert judge("T6", d_widths=nowhere_near).verdict == "not tested"


def rates(slow=3.0, early=8.0, fast=4.0):
    """Return the table of rates: distance of the lowest, its first one, distance of the highest."""
    cells = {
        level: {"frechet": end, "early_frechet": first}
        for level, end, first in (
            (1e-5, slow, early), (1e-4, 2.0, 5.0), (1e-3, 1.0, 3.0), (1e-2, fast, 4.0),
        )
    }  # fmt: skip
    return runs("learning_rate", cells)


def test_t3_wants_both_ends_worse_than_the_best_inside():
    assert judge("T3", rates=rates()).verdict == "replicated"
    assert judge("T3", rates=rates(early=2.0)).verdict == "not replicated"


@pytest.mark.parametrize(("end", "level"), [("slow", "1e-05"), ("fast", "0.01")])
def test_t3_is_untested_where_no_rate_lies_beyond_the_best(end, level):
    found = judge("T3", rates=rates(**{end: 0.5}))
    assert found.verdict == "not tested"
    assert f"{level} is the best level of all, and none beyond it was tried" in found.why
    # What is known of the other end still counts.
    assert judge("T3", rates=rates(fast=0.5, early=2.0)).verdict == "not replicated"


def test_t3_counts_a_diverged_run_at_the_highest_rate():
    table = rates(fast=0.5)
    table.loc[table["learning_rate"] == 1e-2, "status"] = "diverged"
    assert judge("T3", rates=table).verdict == "replicated"


def test_t2_does_not_compare_one_batch_with_itself():
    table = runs("in_steps", {30: {"frechet": 1.0}})
    found = verdicts([c for c in CLAIMS if c.id == "T2"], {"equal_images": table}, "standard")
    assert found["verdict"].item() == "not tested" and "with itself" in found["why"].item()


def test_t4_wants_both_ends_worse_than_the_best_inside():
    middle = {0.0: {"frechet": 2.0}, 0.25: {"frechet": 1.0}, 0.8: {"frechet": 3.0}}
    assert judge("T4-middle", d_dropout=runs("d_dropout", middle)).verdict == "replicated"
    middle[0.0] = {"frechet": 0.5}
    assert judge("T4-middle", d_dropout=runs("d_dropout", middle)).verdict == "not replicated"


def test_the_best_level_inside_is_chosen_by_other_seeds_than_it_is_tested_on():
    """Of levels that differ by chance alone, the luckiest would beat the ends more often."""
    held = 0
    for trial in range(200):
        drawn = np.random.default_rng(trial).normal(3.0, 1.0, [12, 3])
        table = pd.DataFrame(
            [
                {"d_dropout": level / 10, "seed": seed, "status": "finished", "frechet": value}
                for level, values in enumerate(drawn)
                for seed, value in enumerate(values)
            ]
        )
        chosen = with_best_inside(table, "d_dropout")
        assert len(chosen) == 3 * 3
        held += (chosen[chosen["level"] == INSIDE]["frechet"].mean() - 3.0) / 200
    assert abs(held) < 4.0 / (3 * 200) ** 0.5  # the best by its own runs would be 0.9 lower
    one_seed = table[table["seed"] == 0]
    assert judge("T4-middle", d_dropout=one_seed).verdict == "not tested"
