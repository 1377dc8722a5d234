"""Runs that ended before their target or diverged: what crossings, fits and claims make of them."""

import numpy as np
import pandas as pd
import pytest

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, NOT_TESTED, REPLICATED
from saigen.papers.critical_batch import tables
from saigen.papers.critical_batch.claims import CLAIMS
from saigen.papers.critical_batch.claims.reading import AT_LEAST, AT_MOST, EXACT, mean_rise

SIZES = [4, 8, 16, 32, 64, 128]


def claim(name):
    return next(each for each in CLAIMS if each.id == name)


def table(n, setting="adam", seeds=3, model="dcgan"):
    """Rows of `crossings` with N = n(size)."""
    rows = [
        {"model": model, "setting": setting, "reading": "fixed", "aim": "target", "seed": seed,
         "batch_size": size, "status": "finished", "steps": float(n(size)),
         "sfo": float(n(size) * size), "censored": False, "last_step": 2.0 * n(size),
         "bound": np.nan, "target": 1.0, "least": 0.5}
        for seed in range(seeds) for size in SIZES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def ended(frame, size, seed, bound):
    """The same where one run ended after `bound` steps and was never below its target."""
    at = (frame["batch_size"] == size) & (frame["seed"] == seed)
    frame = frame.copy()
    frame.loc[at, ["steps", "sfo"]] = np.nan
    frame.loc[at, "least"] = 2.0
    frame.loc[at, ["censored", "last_step", "bound"]] = True, min(bound, 9.0), bound
    return frame


def falling(size):
    return 1e5 / size


def course(distances, status="finished"):
    """The frame of one run with a look every 10 steps."""
    steps = 10 * np.arange(1, len(distances) + 1)
    given = {"frechet": distances, "target": [1.0] * len(steps), "stricter": [0.5] * len(steps)}
    parts = [
        pd.DataFrame(
            {"batch_size": 8, "variant": "batch_size8", "seed": 0, "status": status, "step": steps,
             "metric": metric, "value": values}
        )
        for metric, values in given.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def crossings(frame):
    pilot = course([2.0, 0.5]).assign(variant="dcgan")
    return tables.crossings({"pilot": pilot, "dcgan": frame}, {}).set_index("aim")


def test_a_run_that_diverged_lies_beyond_any_step_but_keeps_what_it_reached():
    found = crossings(course([4.0, 2.0, 0.9, 0.8], status="diverged"))
    assert np.isfinite(found.loc["target", "steps"]) and np.isnan(found.loc["target", "bound"])
    assert found.loc["stricter", "bound"] == np.inf and found.loc["stricter", "last_step"] == 40
    # One that was only cut off may yet arrive.
    assert crossings(course([4.0, 2.0, 0.9, 0.8])).loc["stricter", "bound"] == 40


def test_fits_count_the_diverged_and_stay_finite():
    frames = {"pilot": course([2.0, 0.5]).assign(variant="dcgan")}
    parts = [
        course([4.0] * int(100 / size) + [0.4, 0.4]).assign(batch_size=size) for size in SIZES[:-1]
    ]
    parts.append(course([4.0, 4.0], status="diverged").assign(batch_size=SIZES[-1]))
    found = tables.fits({**frames, "dcgan": pd.concat(parts, ignore_index=True)}, {}).iloc[0]
    assert (found["censored"], found["diverged"]) == (1, 1)
    assert np.isfinite(found[["law_aic", "noise_aic"]].astype(float)).all()


def test_a_small_batch_that_never_arrived_is_no_reason_to_forget_its_size():
    runs = table(falling)
    assert claim("A1")({"crossings": runs}).verdict == REPLICATED
    # N(4) = 25,000 is the largest of its seed.
    found = claim("A1")({"crossings": ended(runs, 4, 0, 30_000.0)})
    assert found.verdict == REPLICATED
    assert found.why.endswith(
        "1 of 18 runs, which rank last, ended without two looks running at the target"
    )


def test_runs_that_were_at_their_target_in_single_looks_are_told():
    runs = table(falling)
    for size, seed in ((4, 0), (4, 1), (8, 1)):
        runs = ended(runs, size, seed, 30_000.0)
    runs.loc[(runs["seed"] == 1) & runs["censored"], "least"] = 1.0
    assert "3 of 18 runs, which rank last," in (why := claim("A1")({"crossings": runs}).why)
    assert why.endswith("ended without two looks running at the target (2 had single ones)")


def test_large_batches_that_never_arrived_speak_against_falling_steps():
    runs = table(lambda size: 1000.0)
    for size in (32, 64, 128):
        for seed in range(3):
            runs = ended(runs, size, seed, 5000.0 if size < 128 else np.inf)
    assert claim("A1")({"crossings": runs}).verdict == NOT_REPLICATED


def test_a_run_cut_off_before_the_largest_n_has_no_rank():
    found = claim("A1")({"crossings": ended(table(falling), 128, 0, 20_000.0)})
    assert found.verdict == NOT_TESTED and "1 of 18" in found.why
    # One that diverged has: it never arrives.
    found = claim("A1")({"crossings": ended(table(falling), 128, 0, np.inf)})
    assert found.verdict == REPLICATED


def test_a_run_that_diverged_after_its_target_keeps_its_rank():
    runs = table(falling)
    runs.loc[runs["batch_size"] == 128, "status"] = "diverged"
    assert claim("A1")({"crossings": runs}).verdict == REPLICATED


@pytest.mark.parametrize(
    ("rises", "low"), [([1.0, 2.0, np.inf], 1.0), ([np.inf] * 3, np.inf), ([1.0, np.inf], -np.inf)]
)
def test_an_infinite_rise_opens_the_interval_above(rises, low):
    known = np.where(np.isfinite(rises), EXACT, AT_LEAST)
    found = mean_rise(pd.DataFrame({"rise": rises, "known": known}))
    assert found.high == np.inf and found.low <= low
    assert (found.low == low) == (not np.isfinite(low))


def test_a_bound_opens_the_interval_above_and_not_below():
    """As a run that diverged does: what it had spent in vain is a rise by so much at least."""
    known = [EXACT, EXACT, AT_LEAST]
    far = mean_rise(pd.DataFrame({"rise": [0.35, 0.43, 2.1], "known": known}))
    lost = mean_rise(pd.DataFrame({"rise": [0.35, 0.43, np.inf], "known": known}))
    assert far == lost and far.low > 0.0 and far.high == np.inf
    # A bound below the others is all that is known of that seed.
    near = mean_rise(pd.DataFrame({"rise": [0.35, 0.43, 0.1], "known": known}))
    assert near.low < far.low and near.high == np.inf
    none = mean_rise(pd.DataFrame({"rise": [2.1, 2.5, 3.0], "known": [AT_LEAST] * 3}))
    assert (none.low, none.high) == (2.1, np.inf)


@pytest.mark.parametrize(("bound", "mean"), [(-1.96, 0.487), (-np.inf, 1.14)])
def test_a_seed_that_arrived_away_from_b_alone_speaks_against_a_rise(bound, mean):
    rises = pd.DataFrame({"rise": [1.74, 1.68, bound], "known": [EXACT, EXACT, AT_MOST]})
    found = mean_rise(rises)
    assert found.value == pytest.approx(mean, abs=1e-3) and found.low == -np.inf
    assert 0.0 < found.high < np.inf and "1 of 3 seeds arrived away from b*" in found.note


@pytest.mark.parametrize("exponent", [0.3, 0.4, 0.5])
def test_a_cost_that_only_rises_is_not_said_to_rise_by_the_law(exponent):
    runs = {"crossings": table(lambda size: 20_000.0 * size**-exponent)}
    found = claim("A2")(runs)
    assert found.verdict == claim("A3")(runs).verdict == NOT_TESTED
    assert "below b*: b* is the grid's smallest size, or lies below, in 3 of 3 seeds" in found.why
    # One that rises less than any critical size allows refutes the law wherever it lies.
    flat = {"crossings": table(lambda size: 1e5 * size**-0.98)}
    assert claim("A3")(flat).verdict == NOT_REPLICATED


def test_a_cost_that_only_falls_has_no_minimum_within_either():
    found = claim("A2")({"crossings": table(lambda size: 1e6 * size**-1.5)})
    assert found.verdict == NOT_TESTED
    assert "beyond b*: b* is the grid's largest size, or lies beyond, in 3 of 3" in found.why


def test_one_seed_whose_b_is_the_grids_end_leaves_that_side_untested():
    """Those that are left would be one-sided: here each has its own least at the end."""
    runs = table(lambda size: (1000.0 + abs(np.log2(size) - 3.0) * 500.0) / size)
    first, smallest = runs["seed"] == 0, runs["batch_size"] == SIZES[0]
    assert claim("A2")({"crossings": runs}).verdict == REPLICATED
    # Seeds 1 and 2 choose what seed 0 and the other say: the end, once seed 0 lies far below.
    runs.loc[first & smallest, ["steps", "sfo"]] = [25.0, 100.0]
    found = claim("A2")({"crossings": runs})
    assert found.verdict == NOT_TESTED
    assert "smallest size, or lies below, in 2 of 3 seeds" in found.why


def law(wall):
    return lambda size: 100.0 * size / (size - wall) if size > wall else 1e6


def test_the_law_is_judged_where_no_seed_leaves_the_grid():
    runs = table(law(8.0))  # b* = 16, and eight times that is the last size
    assert claim("A3")({"crossings": runs}).verdict == REPLICATED
    # One seed arrives at 128 alone: with it the others of the other two choose 128.
    for size in SIZES[:-1]:
        runs = ended(runs, size, 0, np.inf)
    found = claim("A3")({"crossings": runs})
    assert found.verdict == NOT_TESTED and "2 b*: beyond the grid in 2 of 3 seeds" in found.why
    # One that arrives beyond b* alone says that costs fall, and not by how much.
    runs = ended(table(law(8.0)), 16, 0, np.inf)
    found = claim("A3")({"crossings": runs})
    assert found.verdict == NOT_TESTED and "2 b*: a run ended without" in found.why


def walled(bound, arrived=()):
    """b* at 32; runs at 4 to 16 ended after `bound` steps, but those of (seed, size) `arrived`."""
    runs = table(lambda size: 1000.0 + abs(np.log2(size) - 5.0) * 1e5 / size)
    for seed in range(3):
        for size in (4, 8, 16):
            if (seed, size) not in arrived:
                runs = ended(runs, size, seed, bound)
    keys = {"model": "dcgan", "setting": "adam", "reading": "fixed", "aim": "target"}
    fits = pd.DataFrame([{**keys, "seed": seed, "measured": 32.0} for seed in range(3)])
    return {"crossings": runs, "fits": fits}


def test_a_wall_is_judged_by_all_runs_below_it_or_not_at_all():
    assert claim("A4")(walled(np.inf)).verdict == REPLICATED
    # Four times K(b*) is 128,000 examples: 32,000 steps at 4.
    assert claim("A4")(walled(32_000.0)).verdict == REPLICATED
    assert claim("A4")(walled(31_000.0)).verdict == NOT_TESTED
    # Without those that ended, the runs that arrived would be all there are, and refute.
    found = claim("A4")(walled(100.0, arrived=[(0, 8), (1, 8), (2, 8)]))
    assert found.verdict == NOT_TESTED and "3 of 6 runs" in found.why
    # At half of the cheapest size, 16, the law lets runs arrive.
    assert claim("A4")(walled(np.inf, arrived=[(0, 16), (1, 16), (2, 16)])).verdict == REPLICATED
    lost = walled(np.inf)
    lost["fits"].loc[0, "measured"] = np.nan
    assert claim("A4")(lost).verdict == NOT_TESTED


def test_a_diverged_run_is_the_slower_of_two():
    two, one = table(falling), table(lambda size: 1.5 * falling(size), setting="equal")
    both = {"crossings": pd.concat([two, one], ignore_index=True)}
    assert claim("A9")(both).verdict == REPLICATED
    # Nine steps say nothing beside 800; divergence at two time scales does.
    cut = pd.concat([ended(two, 128, 0, 9.0), one], ignore_index=True)
    assert claim("A9")({"crossings": cut}).verdict == REPLICATED
    lost = pd.concat([ended(two, 128, 0, np.inf), one], ignore_index=True)
    found = claim("A9")({"crossings": lost})
    assert found.verdict == INCONCLUSIVE and found.high == np.inf


@pytest.mark.parametrize("optimiser", ["adabelief", "rmsprop"])
@pytest.mark.parametrize("number", ["A1", "A2", "A3"])
def test_every_optimiser_has_its_own_verdict(number, optimiser):
    mine, adam = table(law(8.0), setting=optimiser), table(lambda size: 100.0 * size)
    found = claim(f"{number}-{optimiser}")({"crossings": pd.concat([mine, adam])})
    assert found.verdict == REPLICATED
