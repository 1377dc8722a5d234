"""Tables and claims on planted courses: they find what was planted, and refute what was not."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.claims.runs import chosen_by_others
from saigen.papers.critical_batch import tables
from saigen.papers.critical_batch.claims import CLAIMS
from saigen.papers.critical_batch.claims.reading import (
    AT_LEAST,
    AT_MOST,
    EXACT,
    chosen_sizes,
    costs,
    rise,
)
from saigen.papers.critical_batch.theory import Law, NoiseScale, relative_cost

SIZES = [2**k for k in range(2, 12)]


def course(law, batch, seed, last, scatter):
    """Looks at a distance that falls to 1 at N, and to the floor ½ that no one passes."""
    noise = np.exp(np.random.default_rng([seed, batch]).normal(scale=scatter))
    steps = np.unique(np.geomspace(2, last, 150).astype(int))
    n = float(law.steps(batch)) * noise
    distance = np.full(len(steps), 50.0) if np.isinf(n) else np.maximum(n / steps, 0.5)
    return steps, distance


def runs(law, seeds=3, scatter=0.03, last=200_000, sizes=SIZES, **columns):
    parts = []
    for batch in sizes:
        for seed in range(seeds):
            steps, distance = course(law, batch, seed, last, scatter)
            for metric, values in (
                ("frechet", distance),
                ("target", np.ones(len(steps))),
                ("stricter", np.full(len(steps), 0.7)),
            ):
                parts.append(
                    pd.DataFrame(
                        {
                            "batch_size": batch, "variant": f"batch_size{batch}", "seed": seed,
                            "status": "finished", "step": steps, "metric": metric, "value": values,
                            **columns,
                        }
                    )
                )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def pilot(least=0.5, first=50.0):
    """Courses of every model that fall from `first` to `least`."""
    return piloted(("dcgan", "dcgan_halved", "wgan_gp", "conditional"), least, first)


def piloted(names, least=0.5, first=50.0):
    rows = [
        {"variant": name, "seed": seed, "status": "finished", "step": step,
         "metric": metric, "value": value}
        for name in names for seed in range(3) for step, value in ((10, first), (1000, least))
        for metric in ("frechet", "frechet_stretched")
    ]  # fmt: skip
    return pd.DataFrame(rows)


@cache
def built(law, name, **settings):
    """A table of runs that follow a law."""
    frames = {
        "pilot": pilot(),
        "pilot_cifar": piloted(["cifar"]),
        **{"dcgan": runs(law, **settings), "wgan_gp": runs(law, optimiser="adam", **settings)},
        "cifar": runs(law, **settings),
    }
    return getattr(tables, name)(frames, {})


def judged(claim_id, law, **settings):
    found = next(each for each in CLAIMS if each.id == claim_id)
    return found({name: built(law, name, **settings) for name in found.tables}).verdict


class Valley:
    """Costs with a least at one size, and no wall."""

    def __init__(self, critical):
        self.critical = critical

    def steps(self, batch):
        return 4000.0 / batch * (1.0 + np.log2(batch / self.critical) ** 2)


LAW, RIVAL = Law(100.0, 20.0), NoiseScale(100.0, 64.0)


@pytest.mark.parametrize(
    "claim_id",
    ["A2", "A2-wgan", "A2-cifar", "A3", "A3-cifar", "A4", "A4-law", "A4-law-cifar", "A7-line"],
)
def test_the_law_replicates_what_it_predicts(claim_id):
    assert judged(claim_id, LAW) == REPLICATED


@pytest.mark.parametrize(
    "claim_id",
    ["A3", "A3-cifar", "A4-law", "A4-law-wgan", "A4-law-cifar"],
)
def test_its_rival_refutes_them(claim_id):
    assert judged(claim_id, RIVAL) == NOT_REPLICATED


@pytest.mark.parametrize("claim_id", ["A2", "A2-wgan", "A2-cifar"])
def test_a_cost_that_is_least_at_the_smallest_size_does_not_say_where_it_is_least(claim_id):
    assert judged(claim_id, RIVAL) == NOT_TESTED


@pytest.mark.parametrize("law", [LAW, RIVAL])
@pytest.mark.parametrize("claim_id", ["A1", "A1-cifar"])
def test_steps_fall_under_either(law, claim_id):
    assert judged(claim_id, law) == REPLICATED


def test_steps_that_rise_are_refused():
    class Rising:
        def steps(self, batch):
            return 100.0 * np.asarray(batch, float)

    assert judged("A1", Rising()) == judged("A1-cifar", Rising()) == NOT_REPLICATED


def test_crossings_are_the_planted_steps_and_know_the_coarse_count():
    frames = {"pilot": pilot(), "dcgan": runs(LAW, seeds=1, scatter=0.0, sizes=[64, 2048])}
    table = tables.crossings(frames, {}).query("aim == 'target'").set_index("batch_size")
    n = float(LAW.steps(64))
    assert table.loc[64, "steps"] == pytest.approx(n, rel=1e-3)
    assert table.loc[64, "sfo"] == pytest.approx(64 * table.loc[64, "steps"])
    # N is 145 at the middle size and 101 at the other: looks at every two sevenths of the former.
    assert table.loc[64, "steps_as_coded"] == pytest.approx(8 / 7 * n, rel=1e-3)
    assert table.loc[2048, "steps_as_coded"] == pytest.approx(6 / 7 * n, rel=1e-3)


def test_the_pilot_sets_targets_where_none_are_given():
    frame = runs(RIVAL, sizes=[8, 64, 512])
    given = tables.targets({"pilot": pilot(), "dcgan": frame}, {})
    given = given.set_index(["reading", "aim"])
    assert given.loc[("fixed", "target"), "value"] == 1.0
    # The stretched reading's distances are on a scale of their own, and so are its targets.
    rule = given["by_rule"]
    assert given.loc[("stretched", "target"), "value"] == rule["stretched", "target"]
    own = frame[frame["metric"] == "target"].assign(metric="stretched_target", value=7.0)
    own = tables.targets({"pilot": pilot(), "dcgan": pd.concat([frame, own])}, {})
    own = own.set_index(["reading", "aim"])["value"]
    assert own.tolist() == [1.0, 0.7, 7.0, rule["stretched", "stricter"]]
    frame.loc[frame["metric"].isin(["target", "stricter"]), "value"] = 0.0
    found = tables.targets({"pilot": pilot(), "dcgan": frame}, {})
    assert found["value"].tolist() == found["by_rule"].tolist() == rule.tolist()
    found = found[found["reading"] == "fixed"].set_index("aim")["value"]
    # In logarithms: a fifth, and a tenth, of the way from the least, ½, to the first, 50.
    assert np.log(found["target"] / 0.5) == pytest.approx(0.2 * np.log(100.0))
    assert np.log(found["stricter"] / 0.5) == pytest.approx(0.1 * np.log(100.0))


def test_a_seed_whose_b_is_the_grids_end_says_nothing_of_what_lies_beyond():
    frame = pd.DataFrame(
        [
            {"seed": seed, "batch_size": b, "sfo": 8.0 * b, "bound": np.nan}
            for seed in (0, 1)
            for b in SIZES
        ]
    )
    assert rise(frame, 0.25).empty
    assert rise(frame, 4.0)["rise"].tolist() == [2.0, 2.0]
    # The second smallest has a smaller one below, which stands for a quarter of it.
    frame.loc[frame["batch_size"] == SIZES[0], "sfo"] = 128.0
    assert rise(frame, 0.25)["rise"].tolist() == [1.0, 1.0]


def test_a_seed_has_no_b_where_the_others_never_arrived():
    table = pd.DataFrame([[1.0, 5.0], [np.inf, np.inf]], columns=[8, 16])
    assert chosen_sizes(table).to_dict() == {1: 8}


def test_a_seed_does_not_choose_where_it_is_measured():
    table = pd.DataFrame([[1.0, 5.0, 9.0], [5.0, 1.0, 9.0], [5.0, 1.0, 9.0]], columns=[8, 16, 32])
    assert chosen_by_others(table, "median").tolist() == [16, 8, 8]


def test_rises_about_the_critical_size_are_the_laws():
    frame = pd.DataFrame(
        [
            {"seed": seed, "batch_size": b, "sfo": float(LAW.cost(b)), "bound": 1000.0}
            for seed in (0, 1)
            for b in SIZES
        ]
    ).replace(np.inf, np.nan)
    assert (costs(frame)[[4, 8, 16]] == np.inf).all(axis=None)
    found = rise(frame, 8.0)
    assert found["rise"].tolist() == pytest.approx([np.log2(LAW.cost(256.0) / LAW.cost(32.0))] * 2)
    assert (found["known"] == EXACT).all()
    # b* is known to half a grid step.
    assert abs(found["rise"][0] - np.log2(relative_cost(8.0))) < 0.5
    # 8,000 examples spent in vain at b = 8 say nothing beside 8,533 at b = 32; 80,000 do.
    assert rise(frame, 0.25).empty
    found = rise(frame.assign(bound=10_000.0), 0.25)
    assert found["rise"].tolist() == pytest.approx([np.log2(80_000.0 / LAW.cost(32.0))] * 2)
    assert (found["known"] == AT_LEAST).all()
    # A run that diverged never arrives.
    found = rise(frame.assign(bound=np.inf), 0.25)
    assert np.isposinf(found["rise"]).all() and (found["known"] == AT_LEAST).all()
    # One seed with an N a quarter below b*, and none there: its costs fall by so much at least.
    own, away = frame["seed"] == 0, frame["batch_size"] == 8
    frame.loc[own & away, "sfo"], frame.loc[own & (frame["batch_size"] == 32), "sfo"] = 4e3, np.nan
    found = rise(frame.assign(bound=500.0), 0.25)
    assert found["known"].tolist() == [AT_MOST] and found["rise"].tolist() == [-2.0]


@pytest.mark.parametrize("claim_id", ["A2", "A3", "A4"])
def test_runs_cut_short_settle_nothing(claim_id):
    # All below 64 and the large ones end before their N.
    verdict = judged(claim_id, LAW, last=150)
    assert verdict not in (REPLICATED, NOT_REPLICATED)


def test_a_cut_at_small_sizes_is_no_wall():
    # With N = 3000 (1 + 64 / b) no batch is too small; at 4 and 8 the runs end too early to tell.
    assert judged("A4", NoiseScale(3000.0, 64.0), last=12_000) != REPLICATED


def test_settings_are_compared_where_the_size_lies_within():
    found = next(each for each in CLAIMS if each.id == "A6-rate")

    def frames(published, halved):
        halved = runs(halved, sizes=SIZES[:8]).assign(
            variant=lambda frame: "halved-" + frame["variant"]
        )
        return {"pilot": pilot(), "dcgan": runs(published), "rates": halved}

    fits = tables.fits(frames(Valley(40.0), Valley(20.0)), {})
    assert found({"fits": fits}).verdict == REPLICATED
    # Beside a wall both sizes are bare points of the grid, a step apart or none or two.
    frames = frames(LAW, Law(200.0, 10.0))
    assert found({"fits": tables.fits(frames, {})}).verdict == INCONCLUSIVE
    # A grid that ends at the least says nothing of where it lies.
    short = runs(Law(200.0, 10.0), sizes=SIZES[2:]).assign(
        variant=lambda frame: "halved-" + frame["variant"]
    )
    fits = tables.fits({**frames, "rates": short}, {})
    assert found({"fits": fits}).verdict == NOT_TESTED
