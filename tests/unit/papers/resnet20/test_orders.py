"""Claims on orders: the noise of seeds, programs, augmentation."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.papers.resnet20.claims.orders import seeds_shares
from saigen.papers.resnet20.optimisers import PAGE
from saigen.stats import t_interval

FIVE = [name for name in PAGE if name != "sgd"]
ORDER = {name: 1.0 + place for place, name in enumerate(PAGE)}
BACKWARDS = {name: 7.0 - place for place, name in enumerate(PAGE)}


def pairs(values, seeds=3):
    return pd.Series(dict(zip(combinations(range(seeds), 2), values, strict=True)))


def ranks(*taus):
    rows = [("lab_short", "loss", *pair, tau) for pair, tau in pairs(taus).items()]
    rows += [("lab_short", "train_loss", 0, 1, -1.0), ("lab", "loss", 0, 1, -1.0)]
    return pd.DataFrame(rows, columns=["experiment", "metric", "seed", "other", "tau"])


def test_three_seeds_pairs_give_an_interval_twice_as_wide_as_if_independent():
    taus = [0.9, 0.7, 0.8]
    apart, shared = t_interval(taus), t_interval(seeds_shares(pairs(taus)))
    assert shared.value == pytest.approx(apart.value)
    assert shared.high - shared.low == pytest.approx(2.0 * (apart.high - apart.low))


def test_the_interval_over_pairs_covers_what_seeds_scatter():
    """Where a pair is the sum of its seeds, the mean over pairs is twice the mean over seeds."""
    draws = np.random.default_rng(0).normal(size=5)
    shares = seeds_shares(pairs([a + b for a, b in combinations(draws, 2)], 5))
    np.testing.assert_allclose(shares, 2.0 * draws, atol=1e-12)


def test_stable_ranks_are_those_of_the_running_loss(verdict):
    assert verdict("C1-ranks", ranks=ranks(0.9, 0.85, 0.9)) == REPLICATED
    assert verdict("C1-ranks", ranks=ranks(0.3, 0.3, 0.3)) == NOT_REPLICATED
    # As if pairs were independent, the interval would be [0.65, 0.95].
    assert verdict("C1-ranks", ranks=ranks(0.74, 0.80, 0.86)) == INCONCLUSIVE
    long = ranks(0.9, 0.85, 0.9).replace({"lab": "lab_short", "lab_short": "lab"})
    assert verdict("C1-ranks-200", ranks=long) == REPLICATED
    two = ranks(0.9, 0.9, 0.9).query("seed == 0 and other == 1")
    assert verdict("C1-ranks", ranks=two) == NOT_TESTED


def test_a_tau_ends_at_one(found):
    row = found("C1-ranks", ranks=ranks(1.0, 0.9, 1.0))
    assert row["high"] == 1.0 and "1.00]" in row["why"]


@pytest.mark.parametrize("of_h3, wanted", [(ORDER, NOT_REPLICATED), (BACKWARDS, REPLICATED)])
def test_programs_are_compared_at_one_step(frame, verdict, of_h3, wanted):
    h3 = frame("rate_tables", of_h3, 1950, table="h3")
    other = BACKWARDS if of_h3 is ORDER else ORDER
    # Later, and in the longer runs of the same seeds, H1 has another order.
    curves = pd.concat(
        [
            frame("lab_short", ORDER, 1950),
            frame("lab_short", other, 11700),
            frame("lab", other, 1950),
        ]
    )
    assert verdict("C3-order", final=h3, curves=curves) == wanted
    assert verdict("C3-order", final=h3, curves=curves[curves["step"] != 1950]) == NOT_TESTED


@pytest.mark.parametrize("seeds", [[0], [0, 1]])
def test_the_noise_of_an_order_needs_three_seeds(frame, verdict, seeds):
    h3 = frame("rate_tables", BACKWARDS, 1950, seeds, table="h3")
    assert verdict("C3-order", final=h3, curves=frame("lab_short", ORDER, 1950)) == NOT_TESTED


def test_an_order_that_seeds_change_is_not_changed_by_programs(frame, verdict):
    """Random orders: tau across programs is low, and no lower than between seeds."""
    draws = np.random.default_rng(3).permuted(np.tile(np.arange(1.0, 6.0), (10, 1)), axis=1)
    parts = [
        frame(name, dict(zip(FIVE, row, strict=True)), 1950, [place % 5], table="h3")
        for place, (name, row) in enumerate(
            zip(["lab_short"] * 5 + ["rate_tables"] * 5, draws, strict=True)
        )
    ]
    h1, h3 = pd.concat(parts[:5]).drop(columns="table"), pd.concat(parts[5:])
    assert verdict("C3-order", final=h3, curves=h1) == INCONCLUSIVE


def test_sgd_is_in_no_order_under_h3(frame, found):
    curves = frame("lab_short", ORDER, 1950)
    ends = [frame("rate_tables", {**ORDER, "sgd": sgd}, 1950, table="h3") for sgd in (1.0, 9.0)]
    one, other = (found("C3-order", final=end, curves=curves)["measured"] for end in ends)
    assert one == other == 0.0
    # Nor is what H1 has no runs of.
    few = curves[curves["optimiser"] != "adam"]
    assert found("C3-order", final=ends[0], curves=few)["measured"] == 0.0


def test_sgd_counts_in_the_order_under_h2(frame, found):
    curves = frame("lab_short", ORDER, 1950)
    for sgd, tau in ((ORDER["sgd"], 0.0), (99.0, None)):
        h2 = frame("rate_tables", {**ORDER, "sgd": sgd}, 1950, table="h2")
        measured = found("C3-order-h2", final=h2, curves=curves)["measured"]
        assert measured == tau if tau is not None else measured < -0.2
    reverse = {name: 10.0 - level for name, level in ORDER.items()}
    h2 = frame("rate_tables", reverse, 1950, table="h2")
    row = found("C3-order-h2", final=h2, curves=curves)
    assert row["measured"] == -2.0 and row["verdict"] == REPLICATED


def test_two_that_train_alike_are_no_change_of_order(frame, found):
    swapped = {**ORDER, "adam": ORDER["amsgrad"], "amsgrad": ORDER["adam"]}
    h3 = frame("rate_tables", swapped, 1950, table="h3")
    row = found("C3-order", final=h3, curves=frame("lab_short", ORDER, 1950))
    assert row["measured"] == pytest.approx(-0.2) and row["verdict"] == NOT_REPLICATED


def test_a_scrambled_order_is_not_a_reversed_one(frame, verdict):
    """Four of six pairs are turned: a tau of −1/3, the same for every seed."""
    four = ("sgd", "momentum", "adagrad", "adam")
    ranks = dict(zip(four, (1.0, 2.0, 3.0, 4.0), strict=True))
    others = dict(zip(four, (3.0, 2.0, 4.0, 1.0), strict=True))
    curves = [
        frame(experiment, {name: {"test_loss": places[name]} for name in four}, step)
        for experiment, places in (("plain", ranks), ("lab_short", others))
        for step in (11310, 11700)
    ]
    assert verdict("C9-reversal", curves=pd.concat(curves)) == NOT_REPLICATED


def test_a_diverged_run_ranks_last_in_the_order(frame, found):
    h3 = frame("rate_tables", ORDER, 1950, table="h3")
    h3.loc[h3["optimiser"] == "momentum", "status"] = "diverged"
    curves = frame("lab_short", ORDER, 1950)
    # Momentum falls from the first place to the last: 4 of 10 pairs, for every seed.
    row = found("C3-order", final=h3, curves=curves)
    assert row["measured"] == pytest.approx(-0.8)
    # Lost before that step under H1 too, there is no difference left.
    last = curves["optimiser"] == "momentum"
    lost = pd.concat([curves[~last], curves[last].assign(step=390)])
    assert found("C3-order", final=h3, curves=lost)["measured"] == 0.0


@pytest.mark.parametrize("plain, wanted", [(BACKWARDS, REPLICATED), (ORDER, NOT_REPLICATED)])
def test_augmentation_reverses_an_order(frame, verdict, plain, wanted):
    four = ("sgd", "momentum", "adagrad", "adam")
    curves = [
        frame("plain", {name: {"test_loss": plain[name]} for name in four}, 11310),
        frame("lab_short", {name: {"test_loss": level} for name, level in ORDER.items()}, 11310),
    ]
    # The last look is at other images.
    curves += [part.assign(step=11700, test_loss=1.0 / part["test_loss"]) for part in curves[:1]]
    curves.append(curves[1].assign(step=11700))
    assert verdict("C9-reversal", curves=pd.concat(curves)) == wanted


def reversal(frame, found, plain, augmented, close=(), seeds=3):
    """C9-reversal of test losses of four by side; seeds of some pairs do not agree without."""
    four = ("sgd", "momentum", "adagrad", "adam")
    rows = {
        side: frame(side, {n: {"test_loss": v} for n, v in zip(four, values, strict=True)}, 11310)
        for side, values in (("plain", plain), ("lab_short", augmented))
    }
    for one, other in close:
        table = rows["plain"].set_index(["optimiser", "seed"])["test_loss"]
        for seed in range(3):
            table[(one, seed)] = table[(other, seed)] + (0.1 if seed == 1 else -0.1)
        rows["plain"]["test_loss"] = table.to_numpy()
    ends = [part.assign(step=11700) for part in rows.values()]
    return found("C9-reversal", curves=pd.concat([*rows.values(), *ends]).query("seed < @seeds"))


def test_a_reversal_but_for_one_pair_that_chance_decides_is_one(frame, found):
    """Its tau differs by seed, and by more than bounds over three of them could take."""
    row = reversal(frame, found, (4.0, 3.0, 2.0, 1.0), (1.0, 2.0, 3.0, 4.0))
    assert row["verdict"] == REPLICATED and (row["low"], row["high"]) == (-1.0, -1.0)
    close = [("sgd", "momentum")]
    row = reversal(frame, found, (4.0, 3.0, 2.0, 1.0), (1.0, 2.0, 3.0, 4.0), close)
    assert row["verdict"] == REPLICATED and row["high"] == pytest.approx(-2.0 / 3.0)
    close.append(("adagrad", "adam"))
    row = reversal(frame, found, (4.0, 3.0, 2.0, 1.0), (1.0, 2.0, 3.0, 4.0), close)
    assert row["verdict"] == INCONCLUSIVE and row["high"] == pytest.approx(-1.0 / 3.0)


def test_one_seed_gives_a_reversal_no_interval(frame, found):
    row = reversal(frame, found, (4.0, 3.0, 2.0, 1.0), (1.0, 2.0, 3.0, 4.0), seeds=1)
    assert row["verdict"] == INCONCLUSIVE and row["measured"] == -1.0 and np.isnan(row["high"])
    assert "one run gives no interval" in row["why"]


def test_two_pairs_that_are_surely_kept_refute_a_reversal(frame, found):
    row = reversal(frame, found, (4.0, 3.0, 2.0, 1.0), (2.0, 1.0, 4.0, 3.0))
    assert row["verdict"] == NOT_REPLICATED and row["low"] == pytest.approx(-1.0 / 3.0)
    row = reversal(frame, found, (4.0, 3.0, 2.0, 1.0), (2.0, 1.0, 3.0, 4.0))
    assert row["verdict"] == REPLICATED and row["measured"] == pytest.approx(-2.0 / 3.0)


@pytest.mark.parametrize("turned, wanted", [(1, NOT_REPLICATED), (2, REPLICATED)])
def test_a_pair_of_six_is_two_fifteenths_of_a_tau(frame, found, turned, wanted):
    places = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    for first in range(0, 2 * turned, 2):
        places[first : first + 2] = places[first + 1], places[first]
    h2 = frame("rate_tables", dict(zip(PAGE, places, strict=True)), 1950, table="h2")
    row = found("C3-order-h2", final=h2, curves=frame("lab_short", ORDER, 1950))
    assert row["measured"] == pytest.approx(-2.0 * turned / 15.0) and row["verdict"] == wanted
