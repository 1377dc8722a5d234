"""Claims of the conjugate-gradient paper: each can hold, and fails where its sentence does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from saigen.papers.cg_gan import tables as made
from saigen.papers.cg_gan.claims import CLAIMS
from saigen.papers.cg_gan.names import RULES

RATES = (5e-3, 1e-3, 5e-4)
WIDER = (2e-2, 1e-2, 2e-3, 1e-3)
SEEDS = 3
OPTIMISERS = ("sgd", "momentum5", "momentum9", "adam", *RULES)


def judge(claim_id, **tables):
    return next(claim for claim in CLAIMS if claim.id == claim_id)(tables)


def distance(rate_d, rate_g, gain=1.0):
    """Return a distance that falls with both rates: that of gradient descent for a gain of 1."""
    return (gain * rate_d * gain * rate_g) ** -0.3


def grid(factors, rates=RATES, optimisers=OPTIMISERS, sets=("digits", "clothes")):
    """Return the table of ends: gradient descent's distances times a factor by optimiser.

    A factor is a number, or a function of (data, rate of D, rate of G, seed).
    """
    draw = np.random.default_rng(0)
    rows = []
    for data, name, d, g, seed in product(sets, optimisers, rates, rates, range(SEEDS)):
        factor = factors.get(name, 1.0)
        factor = factor(data, d, g, seed) if callable(factor) else factor
        rows.append(
            {
                "data": data,
                "optimiser": name,
                "d_rate": d,
                "g_rate": g,
                "seed": seed,
                "status": "finished",
                "frechet": distance(d, g) * factor * np.exp(0.01 * draw.standard_normal()),
                "d_capped": 0.9,
                "g_capped": 0.8,
            }
        )
    return pd.DataFrame(rows)


def bests(runs, monkeypatch):
    monkeypatch.setattr(made, "grid", lambda *_: runs)
    return made.bests({}, {})


def edge(data, d, g, seed):
    """A factor that is low in the best cell alone, and high elsewhere."""
    return 0.5 if d == g == RATES[0] else 1.5


def test_b1_is_about_bests_and_b1_grid_about_equal_rates(monkeypatch):
    runs = grid({"fr": edge})
    assert judge("B1", bests=bests(runs, monkeypatch)).verdict == "replicated"
    assert judge("B1-grid", grid=runs).verdict == "not replicated"
    runs = grid({"fr": 0.8, "momentum9": lambda *cell: 0.7 * edge(*cell)})
    assert judge("B1", bests=bests(runs, monkeypatch)).verdict == "not replicated"
    assert judge("B1-grid", grid=grid({"fr": 0.8})).verdict == "replicated"


def test_a_logarithm_is_told_as_a_ratio(monkeypatch):
    found = judge("B2", bests=bests(grid({"fr": 0.25, "adam": 1.0}), monkeypatch))
    assert found.measured == pytest.approx(np.log(0.25), abs=0.1)
    assert "in logarithms: 0.2" in found.why and "times" in found.why


def test_b2_averages_the_best_two_fifths_and_b2_grid_all(monkeypatch):
    def adam(data, d, g, seed):
        return 0.5 if d > RATES[-1] and g > RATES[-1] else 100.0

    runs = grid({"adam": adam})
    assert judge("B2", bests=bests(runs, monkeypatch)).verdict == "not replicated"
    assert judge("B2-grid", grid=runs).verdict == "replicated"
    assert judge("B2", bests=bests(grid({"adam": 2.0}), monkeypatch)).verdict == "replicated"


@pytest.mark.parametrize(("adam", "verdict"), [(0.2, "replicated"), (5.0, "not replicated")])
def test_b2_best_can_be_told_at_three_seeds(adam, verdict, monkeypatch):
    found = judge("B2-best", bests=bests(grid({"adam": adam}), monkeypatch))
    assert (found.verdict, found.n) == (verdict, 6)


def test_b3_wants_every_rule_and_reads_digits_alone():
    lowest = {"fr": 0.8}
    assert judge("B3", grid=grid(lowest)).verdict == "replicated"
    for rival in ("hz", "fr_prp"):
        assert judge("B3", grid=grid({**lowest, rival: 0.5})).verdict == "not replicated"

    def on_clothes(data, *cell):
        return 0.5 if data == "clothes" else 1.0

    assert judge("B3", grid=grid({**lowest, "hz": on_clothes})).verdict == "replicated"


def test_b4_reads_the_spread_of_the_best_and_b4_grid_that_of_all(monkeypatch):
    def adam(data, d, g, seed):
        return 0.01 / distance(d, g) * (1.0 if d > RATES[-1] else 1e6)  # even, but for a third

    table = bests(grid({"adam": adam}), monkeypatch)
    assert judge("B4", bests=table).verdict == "not replicated"
    assert judge("B4-grid", bests=table).verdict == "replicated"


def test_b7_is_of_all_six_rules_at_equal_rates():
    better = dict.fromkeys(RULES, 0.9)
    assert judge("B7", grid=grid(better)).verdict == "replicated"
    assert judge("B7", grid=grid({**better, "hs_dy": 1.1})).verdict == "not replicated"


@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.0, "replicated"), (0.7, "not replicated"), (1.4, "not replicated")]
)
def test_b7_fr_finds_equivalence_and_a_difference_either_way(factor, verdict):
    assert judge("B7-fr", grid=grid({"fr": factor})).verdict == verdict


@pytest.mark.parametrize(
    ("gain", "verdict"), [(2.0, "replicated"), (1.0, "not replicated"), (4.0, "not replicated")]
)
def test_b8_finds_the_rate_that_fletcher_reeves_is_worth(gain, verdict):
    runs = grid({"fr": lambda data, d, g, seed: distance(d, g, gain) / distance(d, g)})
    wider = grid({}, WIDER, ("sgd",), ("digits",))
    found = judge("B8", grid=runs, wider_rates=wider)
    assert (found.verdict, found.n) == (verdict, len(RATES) ** 2)
    assert "lack" not in found.why


def test_b8_best_takes_as_many_trials_beyond_the_edge_as_the_grid_has():
    def low_at(rate):
        return lambda data, d, g, seed: 0.01 if d == rate or g == rate else 1.0

    def verdict(wider, **factors):
        return judge("B8-best", grid=grid(factors), wider_rates=wider).verdict

    wider = grid({}, WIDER, ("sgd",), ("digits",))
    assert verdict(wider) == "replicated"
    assert verdict(wider, fr=0.1) == "not replicated"
    # The fourth rate would be a tenth trial and more: it has no say.
    tenth = grid({"sgd": low_at(WIDER[-1])}, WIDER, ("sgd",), ("digits",))
    assert verdict(tenth, fr=0.1) == "not replicated"
    tenth.loc[tenth["d_rate"] == WIDER[0], "status"] = "diverged"
    assert verdict(tenth) == "replicated"


def test_b9_counts_a_diverged_run_against_the_sentence():
    runs = grid({})
    assert judge("B9", grid=runs).verdict == "replicated"
    runs.loc[(runs["optimiser"] == "fr") & (runs.index % 7 == 0), "status"] = "diverged"
    assert judge("B9", grid=runs).verdict == "inconclusive"
    assert judge("B9", grid=grid({}).assign(g_capped=0.4)).verdict == "not replicated"


def test_a_diverged_seed_makes_its_cell_the_worst():
    runs = grid({"fr": 0.8})
    lost = (runs["optimiser"] == "fr") & (runs["d_rate"] == RATES[0]) & (runs["seed"] == 1)
    runs.loc[lost, "status"] = "diverged"
    assert judge("B2-grid", grid=runs).verdict == "inconclusive"
    assert "fr diverged in 6 of 18" in judge("B2-grid", grid=runs).why


def test_b5_notebook_reads_only_what_takes_the_same_step():
    def ends(**turned):
        cells = product(("sgd", "momentum", "fr"), (1, 2), (1, 2), ("correct", "accumulated"))
        return pd.DataFrame(
            {"method": m, "rate_x": x, "rate_y": y, "gradients": kind,
             "y": -1.0 if kind == "accumulated" and turned.get(m) else 1.0}
            for m, x, y, kind in cells
        )  # fmt: skip

    assert judge("B5-notebook", toy_ends=ends(sgd=True)).verdict == "replicated"
    assert judge("B5-notebook", toy_ends=ends(fr=True)).verdict == "not replicated"
