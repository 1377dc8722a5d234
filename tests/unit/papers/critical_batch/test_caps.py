"""The rule that sets how long runs may go on, on planted pilots and in paper.yaml."""

import numpy as np
import pandas as pd
import pytest

from saigen.config import load_config
from saigen.grid import experiment_runs
from saigen.paper import load_paper
from saigen.papers.critical_batch import tables

SWEEPS = ["dcgan", "dcgan_optimisers", "wgan_gp", "variants", "rates", "conditional", "cifar"]
STEPS = np.arange(10, 8001, 10)


def pilot(slowest=1.0, least=0.5):
    """Three seeds that fall as 500 / step to `least`, the last of them `slowest` times slower."""
    parts = []
    for seed, slow in enumerate((1.0, 1.0, slowest)):
        for metric, values in (
            ("frechet", np.maximum(slow * 500.0 / STEPS, least)),
            ("batch_size", np.full(len(STEPS), 64.0)),
        ):
            parts.append(
                pd.DataFrame(
                    {"variant": "dcgan", "seed": seed, "status": "finished", "step": STEPS,
                     "metric": metric, "value": values}
                )
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def swept(target, stricter):
    rows = [{"metric": "target", "value": target}, {"metric": "stricter", "value": stricter}]
    return pd.DataFrame(rows)


def test_caps_leave_room_beyond_the_pilots_own_steps():
    found = tables.caps({"pilot": pilot(), "dcgan": swept(2.0, 1.0)}, {}).iloc[0]
    # N is 250 to the target, 500 to the stricter one: 4 · 500, and 5 · 64 · 250 = 80,000.
    assert (found["steps"], found["stricter_steps"]) == (pytest.approx(250), pytest.approx(500))
    assert (found["least_steps"], found["images"]) == (2000.0, 80_000.0)
    # Rounded up to two digits: N is 222.2 and 454.5.
    found = tables.caps({"pilot": pilot(), "dcgan": swept(2.25, 1.1)}, {}).iloc[0]
    assert (found["least_steps"], found["images"]) == (1900.0, 72_000.0)


def test_one_seed_that_never_arrives_leaves_a_median_and_two_do_not():
    frames = {"pilot": pilot(slowest=1000.0), "dcgan": swept(2.0, 1.0)}
    assert tables.caps(frames, {}).iloc[0]["least_steps"] == 2000.0
    frames["pilot"] = pilot(least=1.5)
    found = tables.caps(frames, {}).iloc[0]
    assert np.isnan(found["least_steps"]) and found["images"] == 80_000.0


@pytest.mark.parametrize("experiment", SWEEPS)
def test_a_cap_on_steps_leaves_a_small_batch_its_images(experiment):
    """Of the sizes first swept all of them; of smaller ones what the middle size needs at least."""
    runs = experiment_runs(
        load_paper("critical_batch"), experiment, load_config({"scale": "standard"})
    )
    for run in runs:
        wanted = run.params["images"] / (1 if run.params["batch_size"] >= 8 else 5)
        assert run.params["steps"] * run.params["batch_size"] >= wanted
