"""Claims on random machines, on made-up tables: what passes, and what must not."""

import numpy as np
import pandas as pd
import pytest
from dbm_verdicts import CLAIMS, verdict

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, REPLICATED
from saigen.errors import SaigenError
from saigen.papers.dbm import tables


def counts(means, capped=0.0, count="gibbs"):
    """The table `toy`: five machines a size, with this mean of a count."""
    rows = [
        {"units": units, "law": "orthogonal", "seed": seed, "count": count, "status": "finished",
         "mean": mean * (1.0 + 0.02 * seed), "capped": capped if units == 256 else 0.0}
        for units, mean in means.items() for seed in range(5)
    ]  # fmt: skip
    return {"toy": pd.DataFrame(rows)}


def test_a_linear_rise_does_not_explode():
    exploding = {16: 3.1, 32: 4.2, 64: 7.7, 128: 43.0, 256: 1900.0}
    assert verdict("C3", counts(exploding, capped=0.9)) == REPLICATED
    assert verdict("C3", counts({n: float(n) for n in exploding}, capped=0.9)) == NOT_REPLICATED


def test_one_size_that_does_not_meet_at_once_is_not_lost_in_the_mean():
    tau = {16: 2.0, 64: 1.04, 128: 0.9, 256: 0.9}  # below 1 over the three largest
    assert verdict("C1", counts(tau, count="lmi")) == NOT_REPLICATED
    assert verdict("C1", counts({**tau, 64: 0.9}, count="lmi")) == REPLICATED


def test_one_long_search_of_one_run_refutes_that_searches_end():
    toy = pd.DataFrame({"count": ["search"] * 2, "law": ["orthogonal", "normal"], "largest": 20.0})
    longest = {f"longest_search_{phase}": [30.0, 40.0] for phase in ("positive", "negative")}
    runs = pd.DataFrame({"experiment": ["training", "anatomy"], **longest})
    found = CLAIMS["C5"]({"toy": toy, "readings": runs})
    assert found.verdict == REPLICATED and found.n == 2
    worse = runs.assign(longest_search_negative=[30.0, 501.0])
    assert verdict("C5", {"toy": toy, "readings": worse}) == NOT_REPLICATED
    # A run that diverged is not known to have ended its searches, nor not to.
    lost = runs.assign(**{name: [30.0, np.nan] for name in longest})
    found = CLAIMS["C5"]({"toy": toy, "readings": lost})
    assert found.verdict == REPLICATED and "1 runs diverged" in found.why
    late = toy.assign(largest=[20.0, 501.0])  # of a law other than that of training
    assert verdict("C5", {"toy": late, "readings": runs}) == NOT_REPLICATED


#: What the probe is made to say where a test asks about something else.
LIKE_OURS = {"gibbs": 8.0, "energy_mode": -96.0, "energy_initialised": -32.0}


def probed(ours, spread=0.1, machines=5, probe=3.95, longest=None, wide=None, **others):
    """The table `probes` of one size: `ours` sweeps a search, and what the probe has of each.

    `wide` is the scatter of coupled chains and energies where it is not that of searches.
    """
    draws = np.array([-1.0, 1.0, 0.5, -0.5, 0.0])[:machines] * spread
    scale = 1.0 if wide is None else wide / spread
    found = [
        {"units": 64, "law": "orthogonal", "variant": "v", "seed": seed, "status": "finished",
         "step": 1, "metric": metric, "value": value}
        for seed, draw in enumerate(draws)
        for metric, value in {"mean/search": ours + draw, "largest/search": 2 * ours,
                              "capped/search": 0.0, "mean/gibbs": 8.0 + scale * draw,
                              "largest/gibbs": 20.0, "capped/gibbs": 0.0,
                              "energy_mode": -96.0 - scale * draw,
                              "energy_initialised": -32.0 + scale * draw,
                              "energy_uniform": 0.0}.items()
    ]  # fmt: skip
    rows = [
        {"law": "orthogonal", "count": count, "units": 64, "probe": value,
         "rounding": 0.05, "models": 5}
        for count, value in {"search": probe, "longest": longest or 2 * ours,
                             **LIKE_OURS, **others}.items()
    ]  # fmt: skip
    return tables.probes({"toy": pd.DataFrame(found)}, {"probes": pd.DataFrame(rows)})


def test_the_toy_is_held_against_the_probe():
    table = probed(ours=3.95 + 0.25).query("count == 'search'")
    spread = 0.1 * np.sqrt(2.5 / 4.0)
    assert table["apart"].item() == pytest.approx(0.2 / (spread * np.sqrt(0.4)))
    assert verdict("toy-probe", {"probes": probed(ours=4.0)}) == REPLICATED
    assert verdict("toy-probe", {"probes": probed(ours=5.0)}) == NOT_REPLICATED
    # Scatter that no t-test sees through does not make T that of the probe.
    far = probed(ours=4.7, spread=0.8)
    assert far["p"].min() > 0.01
    assert verdict("toy-probe", {"probes": far}) == INCONCLUSIVE
    # Machines that are all alike: to the digits shown, or not.
    assert verdict("toy-probe", {"probes": probed(1.0, spread=0.0, probe=1.0)}) == REPLICATED
    assert verdict("toy-probe", {"probes": probed(1.1, spread=0.0, probe=1.0)}) == NOT_REPLICATED
    with pytest.raises(SaigenError, match="one machine"):
        CLAIMS["toy-probe"]({"probes": probed(ours=4.0, machines=1)})


def test_energies_and_the_slowest_search_too_are_held_against_the_probe():
    table = probed(4.0, longest=7.9, energy_mode=-96.6).set_index("count")
    assert table.loc["longest", "ours"] == 8.0 and table.loc["energy_mode", "ours"] == -96.0
    spread = 0.1 * np.sqrt(2.5 / 4.0)
    assert table.loc["energy_mode", "apart"] == pytest.approx(0.55 / (spread * np.sqrt(0.4)))
    assert verdict("toy-probe", {"probes": table.reset_index()}) == NOT_REPLICATED
    near = {"energy_mode": -96.05, "energy_initialised": -32.0, "energy_uniform": 0.0}
    # Slowest chains that are all alike are no certainty that they are others.
    table = probed(4.0, longest=7.9, **near)
    assert len(table) == 6 and verdict("toy-probe", {"probes": table}) == REPLICATED
    assert verdict("toy-probe", {"probes": probed(4.0, longest=7.0, **near)}) == NOT_REPLICATED


@pytest.mark.parametrize("count, near, far", [("gibbs", 7.5, 3.2), ("energy_mode", -95.0, -115.0),
                                              ("energy_initialised", -31.0, -25.0)])  # fmt: skip
def test_scatter_that_no_t_test_sees_through_hides_no_other_tau_or_energy(count, near, far):
    def judged(value, wide):
        scattered = probed(4.0, wide=wide, **{count: value}).query("count == @count")
        table = pd.concat([scattered, probed(4.0).query("count != @count")])
        return verdict("toy-probe", {"probes": table}), table["p"].min()

    for value, wide, expected in ((near, 1.0, True), (far, abs(far - near) / 1.3, False)):
        found, p = judged(value, wide)
        assert p > 0.01 and (found == REPLICATED) == expected
