"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

from math import nan

import numpy as np
import pandas as pd

from saigen.papers.critical_batch import caps as room
from saigen.papers.critical_batch import courses as reading
from saigen.papers.critical_batch import sizes
from saigen.papers.critical_batch.as_coded import counted_as_coded
from saigen.papers.critical_batch.courses import RUN, Frames
from saigen.papers.critical_batch.crossing import Crossing, crossing
from saigen.papers.critical_batch.estimators import relative
from saigen.papers.critical_batch.fits import (
    Runs,
    cheapest,
    fit_law,
    fit_noise_scale,
    straight_line,
)

#: Looks on either side whose noise scales are read with one.
ABOUT = 3
NETWORKS = ("discriminator", "generator")


def targets(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the targets of each model and reading, and their rule."""
    return reading.targets(runs)


def caps(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the caps that the pilot rule asks for, by model and reading."""
    return room.caps(runs)


def pilot(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return distances over steps of the pilot's runs, a row a run, reading and look."""
    return reading.pilot(runs)


def courses(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return distances over steps, a row a run, reading and look."""
    return reading.courses(runs)


def crossings(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return a row a run, reading and target.

    Returns:
      Columns of a run; aim (`target` or `stricter`), target (the distance), steps (N; empty where
      censored), sfo (N b), censored, last_step, bound (where censored, what N lies beyond: the last
      step, ∞ for a run that diverged and so never arrives), cadence (share of N between looks),
      least (the least distance of the course), and steps_as_coded and sfo_as_coded: N at the first
      look below, with looks at multiples of the released code's cadence (scaled where N is short).
    """
    aims = reading.targets(runs).set_index(["model", "reading", "aim"])
    looked = reading.courses(runs)
    rows = []
    for labels, course in looked.groupby(RUN, sort=False):
        course = course.sort_values("step")
        _, model, _, kind, batch, _ = labels
        status = course["status"].iloc[0]
        for aim in reading.AIMS:
            if (model, kind, aim) not in aims.index:
                continue
            target = float(aims.loc[(model, kind, aim), "value"])
            found = crossing(course["step"], course["distance"], target)
            rows.append(
                {
                    **dict(zip(RUN, labels, strict=True)),
                    "status": status,
                    "aim": aim,
                    "target": target,
                    "steps": found.steps,
                    "sfo": found.steps * batch,
                    "censored": found.censored,
                    "last_step": found.last,
                    "bound": _bound(found, status),
                    "cadence": found.cadence,
                    "least": course["distance"].min(),
                }
            )
    table = counted_as_coded(pd.DataFrame(rows), looked, aims.index)
    numbers = ["steps", "sfo", "steps_as_coded", "sfo_as_coded"]
    return table.assign(**table[numbers].replace([np.inf], nan))


def fits(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return a row an experiment, model, setting, reading, target and seed.

    Returns:
      runs, censored, and diverged (those censored that diverged); measured, place, critical, bare:
      as `Cheapest` has them; measured_as_coded, place_as_coded: the batch size with the least cost
      by the released code's count, and where it lies; line_floor, line_critical: E1's a and b*;
      line_rest: E1's b* without the smallest size that reached the target;
      law_floor, law_critical, law_aic and noise_floor, noise_scale, noise_aic: both laws by maximum
      likelihood; aic_gap: the law's minus its rival's, below 0 where the law is preferred.
    """
    table = crossings(runs, published)
    keys = ["experiment", "model", "setting", "reading", "aim", "seed"]
    rows = [
        {**dict(zip(keys, labels, strict=True)), **_fitted(part)}
        for labels, part in table.groupby(keys, sort=False)
    ]
    return pd.DataFrame(rows)


def critical_sizes(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return b* over seeds, with its interval and how many seeds were off the grid."""
    return sizes.critical_sizes(fits(runs, published))


def gradient_noise(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return gradient moments and preconditioners: a row an optimiser, seed, look and network."""
    frame = runs["gradient_noise"]
    parts = frame["metric"].str.partition("/")
    kept = frame.assign(quantity=parts[0], network=parts[2])[parts[2].isin(NETWORKS)]
    keys = ["optimiser", "seed", "status", "step", "network"]
    # A noise scale may be undefined at a look: the row stays.
    wide = kept.set_index([*keys, "quantity"])["value"].unstack("quantity")
    distance = frame[frame["metric"] == "frechet"].set_index(["optimiser", "seed", "step"])["value"]
    wide = wide.reset_index().rename_axis(columns=None)
    return wide.join(distance.rename("distance"), on=["optimiser", "seed", "step"])


def estimates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return estimates of b* beside the measured one: a row an optimiser, network and seed.

    Returns:
      measured, critical and bare (of the same seed; of the median seed where it has none) and E1;
      E2_least and E2_median: α σ² / ((1 − β₁)³ h ‖G‖²) with h the least and the median entry at the
      first look, and the moments about the target; E3: the simple noise scale there, the median of
      seven looks about the first at or below the target (of the last seven, where none is: reached
      says which); E4: E2's factor over Adam's, what the
      theory says of the ratio of critical sizes, and measured_ratio, that of the measured ones.
    """
    noise = gradient_noise(runs, published)
    swept = fits(runs, published)
    swept = swept[(swept["model"] == "dcgan") & (swept["aim"] == "target")]
    aims = reading.targets(runs).set_index(["model", "reading", "aim"])
    target = float(aims.loc[("dcgan", "fixed", "target"), "value"])
    rates = published["settings"].query("model == 'DCGAN'").set_index("optimiser")
    rows = []
    for (optimiser, network, seed), part in noise.groupby(["optimiser", "network", "seed"]):
        part = part.sort_values("step")
        there = part[part["distance"] <= target]
        scale = _noise_scale(part, there.index[0] if len(there) else part.index[-1])
        rate, beta1 = rates.loc[optimiser, f"{network}_rate"], rates.loc[optimiser, "beta1"]
        first = part.iloc[0]
        factors = {
            kind: float(relative(rate, beta1, beta1, first[kind])) for kind in ("least", "median")
        }
        chosen = sizes.fits_behind(swept, optimiser, seed)
        rows.append(
            {
                "optimiser": optimiser,
                "network": network,
                "seed": seed,
                "reached": bool(len(there)),
                "measured": chosen["measured"].median(),
                "critical": chosen["critical"].median(),
                "bare": bool(chosen["bare"].any()),
                "E1": chosen["line_critical"].median(),
                "E2_least": factors["least"] * scale,
                "E2_median": factors["median"] * scale,
                "E3": scale,
                "E4": factors["median"],
            }
        )
    return _over_adam(pd.DataFrame(rows))


def _noise_scale(looks: pd.DataFrame, at: int) -> float:
    """Return the median noise scale of up to `ABOUT` looks before a look and as many after it.

    One look alone says little: from one to the next it may jump tenfold and more. Where ‖G‖² is not
    told from 0 it is beyond all.
    """
    place = looks.index.get_loc(at)
    near = looks["noise_scale"].iloc[max(0, place - ABOUT) : place + ABOUT + 1]
    return float(near.fillna(np.inf).median())


def _over_adam(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with E4 and the measured size as ratios to Adam's of the same seed."""
    keys = ["network", "seed"]
    adam = table.loc[table["optimiser"] == "adam", [*keys, "E4", "critical"]]
    beside = table[keys].merge(adam, on=keys, how="left")
    ratios = table["E4"] / beside["E4"], table["critical"] / beside["critical"]
    return table.assign(E4=ratios[0], measured_ratio=ratios[1])


def settings(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the published settings."""
    return published["settings"]


def _bound(found: Crossing, status: str) -> float:
    """Return what N lies beyond; nan where it is known."""
    if not found.censored:
        return nan
    return np.inf if status == "diverged" else found.last


def _runs_of(table: pd.DataFrame, steps: str = "steps", bound: str = "bound") -> Runs:
    """Return rows of `crossings` (one model, setting, reading and target) for a fit."""
    lost = table[steps].isna()
    # A run that was never looked at says nothing of N beyond step 1.
    beyond = table[bound].fillna(table["last_step"]).clip(lower=1)
    return Runs.of(table["batch_size"], table[steps].where(~lost, beyond), lost)


def _without_smallest(runs: Runs) -> Runs:
    reached = runs.reached
    kept = reached.batch > reached.batch.min(initial=np.inf)
    return Runs(reached.batch[kept], reached.steps[kept], reached.censored[kept])


def _fitted(part: pd.DataFrame) -> dict[str, float | bool | str]:
    found = _runs_of(part)
    least, line = cheapest(found), straight_line(found)
    coded = cheapest(_runs_of(part, steps="steps_as_coded"))
    row: dict[str, float | bool | str] = {
        "runs": len(part),
        "censored": int(found.censored.sum()),
        "diverged": int(np.isinf(part["bound"]).sum()),
        "measured": least.batch,
        "place": least.place,
        "critical": least.critical,
        "bare": least.bare,
        "measured_as_coded": coded.batch,
        "place_as_coded": coded.place,
        "line_floor": line.floor,
        "line_critical": line.critical,
        "line_rest": straight_line(_without_smallest(found)).critical,
    }
    names = ("law_floor", "law_critical", "law_aic", "noise_floor", "noise_scale", "noise_aic")
    # Three parameters take four runs to be judged at all.
    if (~found.censored).sum() < 3 or len(part) < 4:
        return row | dict.fromkeys([*names, "aic_gap"], nan)
    # A run that never arrives has no likelihood under a law without a wall: one that diverged, by
    # a law of its own, would decide alone. Both laws see it as ended at its last look.
    ended = _runs_of(part, bound="last_step")
    law, rival = fit_law(ended), fit_noise_scale(ended)
    values = (
        law.law.floor, law.law.critical, law.aic, rival.law.floor, rival.law.scale, rival.aic,
    )  # fmt: skip
    return row | dict(zip(names, values, strict=True)) | {"aic_gap": law.aic - rival.aic}
