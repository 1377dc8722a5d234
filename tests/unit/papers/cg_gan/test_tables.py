"""Tables of bests and of trials, against what they must be where β has no effect."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from saigen.papers.cg_gan import figures, tables
from saigen.papers.cg_gan.claims import CLAIMS

RATES = (5e-3, 1e-3, 5e-4)


def runs(optimisers, seeds=3, **columns):
    """Return ends with distances that depend on learning rates and the seed alone."""
    return pd.DataFrame(
        {
            "data": "digits",
            "optimiser": name,
            "d_rate": d,
            "g_rate": g,
            "seed": seed,
            "status": "finished",
            "frechet": 1e-3 / d + 2e-4 / g + 0.01 * seed,
            **columns,
        }
        for name, d, g, seed in product(optimisers, RATES, RATES, range(seeds))
    )


@pytest.fixture
def selected(monkeypatch):
    """Return the table of trials by two functions of ends: the rules' distances are scaled."""

    def select(gain=1.0):
        plain = runs(["sgd", "fr", "prp"])
        scaled = pd.concat([runs(["fr", "prp"], scale=c) for c in (0.5, 0.75)])
        plain.loc[plain["optimiser"] != "sgd", "frechet"] *= gain
        monkeypatch.setattr(tables, "grid", lambda *_: plain)
        monkeypatch.setattr(tables, "coefficients", lambda *_: scaled.assign(
            frechet=scaled["frechet"] * gain))  # fmt: skip
        return tables.selection({}, {})

    return select


def test_what_has_no_effect_is_what_inert_says(selected):
    table = selected()
    assert len(table) == 6 and set(table["trials"]) == {27}
    assert np.allclose(table["equal_trials"], table["inert"])
    assert np.allclose(table["best_equal_trials"], table["inert_best"])
    # Drawn from a grid that stands there thrice, the best of it may be missed.
    assert (table["inert_best"] > table["sgd_best"]).all()
    assert (table["as_published"] < table["sgd"]).all()


@pytest.mark.parametrize("claim_id", ["B6", "B6-best"])
@pytest.mark.parametrize(
    ("gain", "verdict"), [(0.9, "replicated"), (1.0, "not replicated"), (1.1, "not replicated")]
)
def test_trials_alone_do_not_replicate_b6(claim_id, gain, verdict, selected):
    claim = next(claim for claim in CLAIMS if claim.id == claim_id)
    found = claim({"selection": selected(gain)})
    assert (found.verdict, found.n) == (verdict, 3)


def test_a_grid_with_a_diverged_run_has_a_best_but_no_mean(monkeypatch):
    table = runs(["adam"], seeds=2)
    table.loc[(table["seed"] == 0) & (table["d_rate"] == 5e-4), "status"] = "diverged"
    monkeypatch.setattr(tables, "grid", lambda *_: table)
    first, second = tables.bests({}, {}).to_dict("records")
    whole = table[table["seed"] == 1]["frechet"]
    assert first["diverged"] == 3 and np.isfinite(first["best_k"])
    assert np.isnan(first["mean"]) and np.isnan(first["spread"])
    assert second["spread"] == pytest.approx(whole.std(ddof=1))
    assert second["best_k_spread"] == pytest.approx(whole.nsmallest(4).std(ddof=1))


def test_inert_is_said_of_rules_alone():
    published = pd.DataFrame(
        {
            "schedule": "constant",
            "optimiser": ["adam", "sgd", "fr"],
            "trials": [25, 25, 75],
            "top1": [19.38, 30.34, 26.02],
            "top10": [51.16, 41.09, 29.63],
            "sd": [33.71, 8.13, 2.26],
        }
    )
    inert = tables.published_bests({}, {"cifar10_resnet": published})["if_inert"]
    assert inert.isna().tolist() == [True, True, False]
    assert inert.iloc[2] == pytest.approx(30.34 + (41.09 - 30.34) / 4.5 * 1.2, abs=0.01)


def test_the_bars_of_the_cap_are_of_the_set_that_every_rule_saw():
    rows = [("digits", "fr", 0.4), ("clothes", "fr", 1.0), ("digits", "hs", 0.6)]
    grid = pd.DataFrame(rows, columns=["data", "optimiser", "d_capped"])
    grid = grid.assign(**dict.fromkeys(["g_capped", "d_negative", "g_negative"], 0.1))
    figure = figures.capped({"grid": grid}, [])
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == pytest.approx([0.4, 0.6, 0.1, 0.1])
