"""Claims on the networks' quality, on planted courses of the pilot."""

import numpy as np
import pandas as pd

from saigen.claims import INCONCLUSIVE, NOT_TESTED, REPLICATED
from saigen.papers.critical_batch.claims import CLAIMS

RATE = next(each for each in CLAIMS if each.id == "A10-rate")


def pilot(least_at=(1000, 1000, 1000), status="finished"):
    """Two settings' courses to step 8000; the halved ones have their least at `least_at`."""
    steps = np.arange(100, 8001, 100)
    rows = []
    for setting, floor in (("dcgan", 1.0), ("dcgan_halved", 0.5)):
        for seed, best in enumerate(least_at):
            distance = floor + 0.01 * seed + 1e-4 * np.abs(steps - best)
            rows += [
                {"setting": setting, "reading": "fixed", "seed": seed, "step": step,
                 "status": status if (setting, seed) == ("dcgan_halved", 0) else "finished",
                 "distance": value}
                for step, value in zip(steps, distance, strict=True)
            ]  # fmt: skip
    return {"pilot": pd.DataFrame(rows)}


def test_smaller_rates_are_judged_by_their_least_distance():
    assert RATE(pilot()).verdict == REPLICATED


def test_runs_that_still_fall_have_no_least_yet():
    found = RATE(pilot(least_at=(7000, 7500, 1000)))
    assert found.verdict == NOT_TESTED and "7,000" in found.why
    assert RATE(pilot(least_at=(7000, 1000, 1000))).verdict == REPLICATED


def test_the_least_of_a_run_that_diverged_is_no_end():
    found = RATE(pilot(status="diverged"))
    assert found.verdict == INCONCLUSIVE and found.n == 3
