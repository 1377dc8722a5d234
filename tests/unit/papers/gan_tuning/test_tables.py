"""Tables of the tuning guide from logs that are known."""

import numpy as np
import pandas as pd
import pytest

from saigen.papers.gan_tuning import tables

STEPS = np.arange(1, 401)


def run(metrics, **labels):
    """Return the tidy rows of one run: a value a step, or one for all."""
    parts = [
        pd.DataFrame(
            {**labels, "variant": "v", "status": "finished", "step": STEPS, "metric": name}
        ).assign(value=np.broadcast_to(value, STEPS.shape))
        for name, value in metrics.items()
    ]
    return pd.concat(parts, ignore_index=True)


def log(d_loss=0.69, accuracy=0.5, g_loss=0.7, d_slope=2.0, impossible=0.0, accuracy_fake=None):
    on_fakes = accuracy if accuracy_fake is None else accuracy_fake
    return {"accuracy_fake": on_fakes, "frechet": 9.0, "d_loss": d_loss, "accuracy": accuracy,
            "g_loss": g_loss, "d_slope": d_slope, "impossible": impossible}  # fmt: skip


def test_unsteadiness_is_the_noise_and_not_the_drift():
    noise = np.random.default_rng(0).normal(0.0, 0.1, STEPS.size)
    frames = [
        run(
            log(d_loss=5.0 - 0.01 * STEPS + noise, d_slope=4.0 + 2.0 * noise), batch_size=8, seed=0
        ),
        run(log(d_loss=5.0 - 0.01 * STEPS), batch_size=32, seed=0),
    ]
    found = tables.batches({"batches": pd.concat(frames)}, {}).set_index("batch_size")
    assert found.loc[8, "unsteadiness"] == pytest.approx(0.1, rel=0.15)
    assert found.loc[8, "slope_unsteadiness"] == pytest.approx(0.05, rel=0.15)
    assert found.loc[32, "unsteadiness"] == pytest.approx(0.0, abs=1e-9)


def test_the_deviation_of_the_distance_is_over_seeds():
    frames = [
        run({**log(), "frechet": distance}, batch_size=8, seed=seed)
        for seed, distance in enumerate((1.0, 2.0, 6.0))
    ]
    found = tables.batches({"batches": pd.concat(frames)}, {})
    assert list(found["frechet_deviation"]) == [pytest.approx(7.0**0.5)] * 3


def planted():
    """Runs that D always wins with a loss now and then too low, never wins, and loses at once."""
    wired = log(accuracy=1.0, g_loss=0.01, impossible=(STEPS % 4 == 0).astype(float))
    lost = log(d_loss=np.nan, accuracy=np.nan, g_loss=np.nan)
    logs_of = {"unfrozen": wired, "none": log(), "strong": lost}
    return pd.concat([run(metrics, fault=name, seed=0) for name, metrics in logs_of.items()])


def test_the_confusion_has_rules_by_log_and_the_lost():
    found = tables.faults({"faults": planted()}, {}).set_index("fault")
    assert found["fires"].to_dict() == {"unfrozen": "R3", "none": "R2", "strong": "lost"}
    cells = tables.confusion({"faults": planted()}, {}).set_index("fault")
    assert cells.loc["unfrozen", ["R3", "none", "logs", "impossible"]].tolist() == [1, 0, 1, 0.25]
    assert cells["lost"].to_dict() == {"unfrozen": 0, "none": 0, "strong": 1}
    # Every log has its place.
    assert (cells.drop(columns=["logs", "impossible"]).sum(axis=1) == cells["logs"]).all()


def test_impossible_is_a_share_of_the_steps_in_which_all_fakes_are_rejected():
    half = (STEPS % 2 == 0).astype(float)
    wired = log(accuracy=0.9, accuracy_fake=half, impossible=(STEPS % 8 == 0).astype(float))
    frame = pd.concat([run(wired, fault="unfrozen", seed=0), run(log(), fault="weak", seed=0)])
    found = tables.faults({"faults": frame}, {}).set_index("fault")["impossible"]
    assert found["unfrozen"] == 0.25 and np.isnan(found["weak"])
