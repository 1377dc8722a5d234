"""Courses of all experiments in one frame, and the targets that they are read against."""

from collections.abc import Mapping

import pandas as pd

Frames = Mapping[str, pd.DataFrame]

#: The model that an experiment trains; those of one model share targets.
MODELS = {
    "dcgan": "dcgan",
    "dcgan_optimisers": "dcgan",
    "rates": "dcgan",
    "wgan_gp": "wgan_gp",
    "variants": "wgan_gp",
    "conditional": "conditional",
    "cifar": "cifar",
}
#: The sweep with Adam of each model, and what its pilot calls that model.
SWEEPS = ("dcgan", "wgan_gp", "conditional", "cifar")
PILOTS = ("pilot", "pilot_cifar")
#: The pilot rule: a target lies this share of the way, in logarithms, back from the least distance
#: that the pilot reached to that of its first look.
AIMS = {"target": 0.2, "stricter": 0.1}
#: Readings of a course: images in their fixed range, or each stretched as in the released code.
READINGS = {"fixed": "frechet", "stretched": "frechet_stretched"}
#: How a reading's own targets are called: its distances lie on a scale of their own.
PREFIXES = {"fixed": "", "stretched": "stretched_"}

RUN = ["experiment", "model", "setting", "reading", "batch_size", "seed"]
COURSE = [*RUN, "status", "step", "distance"]


def courses(runs: Frames) -> pd.DataFrame:
    """Return a row a run, reading and look, with the columns `COURSE`.

    setting: the optimiser at its published rates and as specified, or the variant's name. A run
    that was never looked at (it diverged first) has one row, at step 0, without a distance.
    """
    parts = []
    for experiment, frame in runs.items():
        if experiment not in MODELS:
            continue
        for reading, metric in READINGS.items():
            looks = frame[frame["metric"] == metric]
            if reading == "fixed":
                looks = pd.concat([looks, _unseen(frame, looks)])
            setting = _setting(experiment, looks)
            found = looks.assign(
                experiment=experiment, model=MODELS[experiment], reading=reading, setting=setting
            )
            parts.append(found.rename(columns={"value": "distance"})[COURSE])
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def pilot(runs: Frames) -> pd.DataFrame:
    """Return the pilots' courses, a row a run, reading and look: `setting` is the pilot's name."""
    pilots = [runs[name].assign(experiment=name) for name in PILOTS if name in runs]
    frame = pd.concat(pilots, ignore_index=True)
    parts = [
        frame[frame["metric"] == metric].assign(reading=reading, setting=frame["variant"])
        for reading, metric in READINGS.items()
    ]
    found = pd.concat(parts).rename(columns={"value": "distance"})
    return found[["experiment", "setting", "reading", "seed", "status", "step", "distance"]]


def targets(runs: Frames) -> pd.DataFrame:
    """Return the target and the stricter one of every model and reading.

    Returns:
      Columns model, reading, aim; value, the target that N is read against: what the runs were set
      for that reading, else by_rule, which is least · (first / least)^share with first and least,
      the medians over the pilot's seeds of its first look and of its least distance: never above
      its first look.
    """
    courses = pilot(runs)
    rows = []
    for model in SWEEPS:
        if model not in runs:
            continue
        for reading, part in courses[courses["setting"] == model].groupby("reading", sort=False):
            seeds = part.sort_values("step").groupby("seed")["distance"]
            least, first = seeds.min().median(), seeds.first().median()
            for aim, share in AIMS.items():
                by_rule = least ** (1.0 - share) * first**share
                row = {"model": model, "reading": reading, "aim": aim}
                row["value"] = given(runs[model], PREFIXES[reading] + aim) or by_rule
                rows.append(row | {"by_rule": by_rule, "first": first, "least": least})
    return pd.DataFrame(rows)


def given(frame: pd.DataFrame, setting: str) -> float:
    """Return a setting that the runs tell with every look, a target say; 0 for none."""
    values = frame.loc[frame["metric"] == setting, "value"]
    return float(values.iloc[0]) if len(values) else 0.0


def _setting(experiment: str, looks: pd.DataFrame) -> pd.Series:
    if experiment in ("variants", "rates"):
        return looks["variant"].str.replace(r"-batch_size\d+$", "", regex=True)
    if "optimiser" in looks:
        return looks["optimiser"]
    return pd.Series("adam", index=looks.index)


def _unseen(frame: pd.DataFrame, looks: pd.DataFrame) -> pd.DataFrame:
    """Return a row without a value for each run that has no look."""
    keys = ["variant", "seed"]
    everyone = frame.drop_duplicates(keys)
    seen = pd.MultiIndex.from_frame(looks[keys])
    lost = everyone[~pd.MultiIndex.from_frame(everyone[keys]).isin(seen)]
    return lost.assign(metric="frechet", step=0, value=float("nan"))
