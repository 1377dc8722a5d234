"""Fits and crossings against planted laws and courses."""

import numpy as np
import pytest

from saigen.papers.critical_batch.crossing import crossing, seen_every
from saigen.papers.critical_batch.fits import (
    EITHER,
    LARGE,
    NOWHERE,
    SMALL,
    WITHIN,
    Runs,
    cheapest,
    fit_law,
    fit_noise_scale,
    straight_line,
)
from saigen.papers.critical_batch.theory import Law, NoiseScale

BATCH = np.repeat(2.0 ** np.arange(2, 12), 3)


def planted(law, scatter=0.05, cap=1e7, seed=0):
    noise = np.random.default_rng(seed).normal(scale=scatter, size=BATCH.size)
    steps = law.steps(BATCH) * np.exp(noise)
    censored = steps > cap
    return Runs.of(BATCH, np.where(censored, cap, steps), censored)


def test_the_straight_line_finds_a_law_without_noise():
    found = straight_line(planted(Law(500.0, 20.0), scatter=0.0))
    assert (found.floor, found.wall) == (pytest.approx(500.0), pytest.approx(20.0))


def test_a_planted_law_is_found_and_preferred():
    runs = planted(Law(500.0, 20.0))
    law, rival = fit_law(runs), fit_noise_scale(runs)
    assert isinstance(law.law, Law)
    assert law.law.critical == pytest.approx(40.0, rel=0.05)
    assert law.aic < rival.aic - 10.0
    assert law.scatter == pytest.approx(0.05, rel=0.5)


def test_the_planted_rival_is_found_and_preferred():
    runs = planted(NoiseScale(500.0, 64.0))
    law, rival = fit_law(runs), fit_noise_scale(runs)
    assert isinstance(rival.law, NoiseScale)
    assert rival.law.scale == pytest.approx(64.0, rel=0.1)
    assert rival.aic < law.aic - 10.0


def test_runs_that_never_arrive_count_for_the_wall_and_against_the_rival():
    runs = planted(Law(500.0, 20.0))
    small = runs.batch <= 20.0
    assert runs.censored[small].all() and not runs.censored[~small].any()
    gap = fit_noise_scale(runs).aic - fit_law(runs).aic
    only = fit_noise_scale(runs.reached).aic - fit_law(runs.reached).aic
    assert gap > only


def test_no_scatter_and_no_runs():
    runs = planted(NoiseScale(500.0, 64.0), scatter=0.0)
    assert fit_noise_scale(runs).scatter == pytest.approx(0.01)
    none = Runs.of([4.0, 8.0], [100.0, 100.0], [True, True])
    assert np.isnan(cheapest(none).batch) and np.isnan(straight_line(none).wall)
    with pytest.raises(ValueError):
        fit_law(none)


def costing(*costs, lost=()):
    """One seed's runs of batch 4, 8, ... with these costs N b; those in `lost` never arrived."""
    batch = 2.0 ** np.arange(2, 2 + len(costs))
    return Runs.of(batch, np.array(costs) / batch, [place in lost for place in range(len(costs))])


def test_the_critical_size_lies_between_the_points_of_the_grid():
    law = Law(500.0, 28.0)  # b* = 56
    sizes = 2.0 ** np.arange(5, 9)
    found = cheapest(Runs.of(sizes, law.steps(sizes), np.zeros(4, bool)))
    assert (found.batch, found.place, found.bare) == (64.0, WITHIN, False)
    assert found.critical == pytest.approx(56.0, rel=0.35)
    # A parabola in logarithms is found exactly, wherever its vertex lies.
    cost = 2.0 ** (0.3 * (np.arange(2, 8) - 4.3) ** 2)
    assert cheapest(costing(*cost)).critical == pytest.approx(2.0**4.3)


def test_a_least_cost_at_an_end_or_beside_an_early_end_is_no_critical_size():
    assert cheapest(costing(1.0, 2.0, 3.0)).place == SMALL
    assert cheapest(costing(3.0, 2.0, 1.0)).place == LARGE
    assert np.isnan(cheapest(costing(3.0, 2.0, 1.0)).critical)
    # The run at 4 ended having spent less than the least cost: it may be the cheaper.
    assert cheapest(costing(1.0, 2.0, 3.0, lost=[0])).place == SMALL
    assert cheapest(costing(1.0, 2.0, 1.0, lost=[0, 2])).place == EITHER
    assert cheapest(costing(1.0, 2.0, 3.0, lost=[0, 1, 2])).place == NOWHERE
    found = cheapest(costing(9.0, 2.0, 3.0, lost=[0]))
    assert (found.place, found.critical, found.bare) == (WITHIN, 8.0, True)


def test_a_crossing_is_two_looks_long_and_interpolated():
    steps = [10, 20, 40, 80, 160]
    # The dip at 20 is one look long.
    found = crossing(steps, [8.0, 1.0, 8.0, 2.0, 1.0], 4.0)
    assert found.steps == pytest.approx(40.0 * 2.0**0.5)
    assert found.cadence == pytest.approx(40.0 / found.steps)
    assert not found.censored and found.last == 160


def test_a_course_that_ends_above_is_censored():
    for distances in ([8.0, 7.0, 3.0], [8.0, np.nan, np.inf], [5.0, 3.0, np.nan]):
        found = crossing([1, 2, 3], distances, 4.0)
        assert found.censored and found.last == 3 and np.isnan(found.cadence)
    assert crossing([], [], 1.0).censored


def test_a_coarse_cadence_rounds_up():
    steps = np.arange(10, 1010, 10)
    course = 1000.0 / steps  # reaches 4 at step 250
    assert crossing(steps, course, 4.0).steps == pytest.approx(250.0)
    assert seen_every(steps, course, 4.0, 100) == 300.0
    assert seen_every(steps, course, 4.0, 50) == 250.0
    assert seen_every(steps, course, 0.5, 100) == np.inf


def test_a_course_that_ended_at_the_target_is_there_at_the_next_coarse_look():
    steps = np.arange(10, 261, 10)
    course = 1000.0 / steps  # reaches 4 at step 250, and ends a look later
    assert seen_every(steps, course, 4.0, 200) == 400.0
    assert seen_every(steps, course, 4.0, 1000) == 1000.0
    # Not where it diverged, nor where but its last look is below, nor beyond a single look.
    assert seen_every(steps, course, 4.0, 200, goes_on=False) == np.inf
    assert seen_every(steps[:-1], course[:-1], 4.0, 200) == np.inf
    assert seen_every([10], [1.0], 4.0, 200) == np.inf


def test_a_run_that_never_arrives_costs_more_than_any():
    runs = Runs.of([4.0, 8.0, 16.0], [np.inf, 10.0, 10.0], [True, False, False])
    found = cheapest(runs)
    assert (found.place, found.critical, found.bare) == (WITHIN, 8.0, True)
