"""Tables and claims on planted courses: they find what was planted, and refute what was not."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from saigen.claims import NOT_REPLICATED, REPLICATED
from saigen.papers.critical_batch import tables
from saigen.papers.critical_batch.claims import CLAIMS
from saigen.papers.critical_batch.claims.reading import cheapest_by_others, costs, rise
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


@cache
def built(law, name):
    """A table of runs that follow a law."""
    frames = {"dcgan": runs(law), "wgan_gp": runs(law, optimiser="adam")}
    return getattr(tables, name)(frames, {})


def judged(claim_id, law):
    found = next(each for each in CLAIMS if each.id == claim_id)
    return found({name: built(law, name) for name in found.tables}).verdict


LAW, RIVAL = Law(100.0, 20.0), NoiseScale(100.0, 64.0)


@pytest.mark.parametrize("claim_id", ["A2", "A3", "A4", "A4-law", "A7-line"])
def test_the_law_replicates_what_it_predicts(claim_id):
    assert judged(claim_id, LAW) == REPLICATED


@pytest.mark.parametrize("claim_id", ["A2", "A3", "A4-law"])
def test_its_rival_refutes_them(claim_id):
    assert judged(claim_id, RIVAL) == NOT_REPLICATED


@pytest.mark.parametrize("law", [LAW, RIVAL])
def test_steps_fall_under_either(law):
    assert judged("A1", law) == REPLICATED


def test_steps_that_rise_are_refused():
    class Rising:
        def steps(self, batch):
            return 100.0 * np.asarray(batch, float)

    assert judged("A1", Rising()) == NOT_REPLICATED


def test_crossings_are_the_planted_steps_and_know_the_coarse_count():
    frames = {"dcgan": runs(LAW, seeds=1, scatter=0.0, sizes=[64, 2048], last=40_000)}
    table = tables.crossings(frames, {}).query("aim == 'target'").set_index("batch_size")
    assert table.loc[64, "steps"] == pytest.approx(float(LAW.steps(64)), rel=1e-3)
    assert table.loc[64, "sfo"] == pytest.approx(64 * table.loc[64, "steps"])
    assert (table["steps_as_coded"] == 10_000).all()


def test_the_pilot_sets_targets_where_none_are_given():
    frame = runs(RIVAL, sizes=[8, 64, 512])
    frame.loc[frame["metric"].isin(["target", "stricter"]), "value"] = 0.0
    found = tables.targets({"dcgan": frame}, {}).set_index("aim")["value"]
    pilot = frame[(frame["batch_size"] == 64) & (frame["metric"] == "frechet")]
    start = pilot[pilot["step"] == pilot["step"].min()]["value"].median()
    # In logarithms: a fifth, and a tenth, of the way from the least, ½, to the start.
    assert np.log(found["target"] / 0.5) == pytest.approx(0.2 * np.log(start / 0.5))
    assert np.log(found["stricter"] / 0.5) == pytest.approx(0.1 * np.log(start / 0.5))


def test_a_seed_does_not_choose_where_it_is_measured():
    table = pd.DataFrame([[1.0, 5.0, 9.0], [5.0, 1.0, 9.0], [5.0, 1.0, 9.0]], columns=[8, 16, 32])
    assert cheapest_by_others(table).tolist() == [16, 8, 8]


def test_rises_about_the_critical_size_are_the_laws():
    frame = pd.DataFrame(
        [
            {"seed": seed, "batch_size": b, "sfo": float(LAW.cost(b)), "last_step": 1000.0}
            for seed in (0, 1)
            for b in SIZES
        ]
    ).replace(np.inf, np.nan)
    assert (costs(frame)[[4, 8, 16]] == np.inf).all(axis=None)
    found = rise(frame, 8.0)
    assert found.tolist() == pytest.approx([np.log2(LAW.cost(256.0) / LAW.cost(32.0))] * 2)
    # b* is known to half a grid step.
    assert abs(found[0] - np.log2(relative_cost(8.0))) < 0.5
    # 8,000 examples spent in vain at b = 8 show no rise above 8,533 at b = 32.
    assert (rise(frame, 0.25) == 0.0).all()
